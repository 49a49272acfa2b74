//! Prints what a spool holds, one line per frame, without touching it: `cargo run --example dump -- DIR`.
//!
//! It may run beside the program that writes the spool. Events are told by their number and place, never by content.
#![expect(clippy::print_stdout, reason = "its result is what it prints")]

use std::ops::ControlFlow;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use bucketline_spool::{Error, Log, Lsn, OpenOptions, OsDisk, Record, Spool};

fn main() -> ExitCode {
    let Some(dir) = std::env::args_os().nth(1) else {
        eprintln!("usage: dump DIR");
        return ExitCode::FAILURE;
    };
    match dump(dir.as_ref()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn dump(dir: &Path) -> Result<(), Error> {
    let (mut spool, recovered) = Spool::open(Arc::new(OsDisk::new()), dir, OpenOptions::read_only())?;
    for gap in &recovered.gaps {
        println!("cannot be read: {gap:?}");
    }
    if recovered.torn_tail_bytes > 0 {
        println!("unfinished: the last {} bytes", recovered.torn_tail_bytes);
    }
    spool.read(Lsn::ZERO, &mut |frame| {
        let (time, name) = (frame.time.as_millis(), frame.record.name());
        print!("{:>20} {time:>12} ms {name:<10} ", frame.lsn);
        match frame.record {
            Record::Events(batch) => println!(
                "partition {}, positions {}..{}, {} events of {} types, {:?}",
                batch.partition,
                batch.first,
                batch.end(),
                batch.events.len(),
                batch.event_types.len(),
                batch.sequence,
            ),
            Record::Rejects(rejects) => println!("{} lines of `{}`", rejects.lines.len(), rejects.input),
            other => println!("{other:?}"),
        }
        ControlFlow::Continue(())
    })?;
    println!("{:?}", spool.usage());
    Ok(())
}
