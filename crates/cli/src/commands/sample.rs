//! `bucketline sample`: writes generated events.

use std::io;

use bucketline_format::sample::Generator;

use crate::command_line::Sample;
use crate::exit::Exit;
use crate::failure::Outcome;
use crate::report::written;

/// Bytes that are gathered before they are written.
const WRITE_BYTES: usize = 262_144;

pub(crate) fn run(options: &Sample) -> Outcome<Exit> {
    written(write(options, &mut io::stdout().lock()).map(|()| Exit::Done))
}

fn write(options: &Sample, out: &mut impl io::Write) -> io::Result<()> {
    let mut events = Generator::new(options.seed);
    let mut lines = String::with_capacity(WRITE_BYTES + 4_096);
    for _ in 0..options.events {
        events.write_line(&mut lines);
        if lines.len() >= WRITE_BYTES {
            out.write_all(lines.as_bytes())?;
            lines.clear();
        }
    }
    out.write_all(lines.as_bytes())?;
    out.flush()
}
