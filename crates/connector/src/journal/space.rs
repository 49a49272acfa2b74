//! Making room in a log: copies in the cold log, the checkpoint, and what is freed after it. Blocks on the log; decides nothing.

use bucketline_spool::{Carry, ErrorKind, Log, Lsn, Moved, MovedRange};

use crate::error::Error;

/// Copies frames to the cold log; what is to be appended once the copies are durable. A frame that cannot be read any more stays where
/// it is.
///
/// # Errors
///
/// `Spool`: nothing was copied that anything relies on.
pub fn relocate(log: &mut dyn Log, mut ranges: Vec<MovedRange>) -> Result<Moved, Error> {
    let frames: Vec<Lsn> = ranges.iter().map(|range| range.from).collect();
    match log.keep_cold(&frames) {
        Ok(places) => {
            for (range, to) in ranges.iter_mut().zip(places) {
                range.to = to;
            }
            Ok(Moved { ranges })
        }
        Err(error) if error.kind() == ErrorKind::Damaged => {
            let mut moved = Vec::new();
            for range in ranges {
                match log.keep_cold(&[range.from]) {
                    Ok(places) => moved.extend(places.into_iter().map(|to| MovedRange { to, ..range })),
                    Err(error) if error.kind() == ErrorKind::Damaged => {}
                    Err(error) => return Err(error.into()),
                }
            }
            Ok(Moved { ranges: moved })
        }
        Err(error) => Err(error.into()),
    }
}

/// Writes the checkpoint and frees what stands before `free`, and of the cold log what is not in `cold`. `carry` is durable in the log
/// itself, so nothing is lost if any of this fails: it is done with the next carry.
pub fn make_room(log: &mut dyn Log, carry: &Carry, free: Lsn, cold: Option<&[Lsn]>) {
    // On a full disk there is no room for a checkpoint until something was freed. An older one is not used then.
    let _ = log.write_checkpoint(carry);
    let _ = log.trim(free);
    if let Some(needed) = cold {
        let _ = log.trim_cold(needed);
    }
}
