//! Group commit: many groups of records, one write and one fsync, and who is told what when that fails. Blocks on the log it is
//! given; knows no threads and no clocks.

use std::collections::HashMap;

use bucketline_spool::{Group, Log, Record, Sequence, SourceId, SpoolTime};

use super::Landed;
use crate::error::{Error, is_harmless};
use crate::tickets::Ticket;

/// Appends what the engine commands.
///
/// A source is read in order, and several of its batches may be on their way when one of them cannot be written. Those behind it are
/// refused with it, and so is every later one of that source, until one comes that begins where the failed one did: a batch that was
/// accepted over a lost one would be taken for the sign that both are in. Other sources are not concerned.
#[derive(Debug, Default)]
pub struct Appender {
    /// Sources that lost a batch: where it began, and why.
    lost: HashMap<SourceId, (u64, Error)>,
}

/// One group to be appended.
#[derive(Debug)]
#[expect(
    clippy::exhaustive_structs,
    reason = "what an append is: who asks, and what is written"
)]
pub struct Request {
    /// Who is to be told.
    pub ticket: Ticket,
    /// The group.
    pub records: Vec<Record>,
}

impl Appender {
    /// Appends all groups, in order, with as few fsyncs as can be: one, unless something fails.
    pub fn append(
        &mut self,
        log: &mut dyn Log,
        requests: Vec<Request>,
        now: SpoolTime,
    ) -> Vec<(Ticket, Result<Landed, Error>)> {
        let (mut answers, mut tickets, mut groups) = (Vec::new(), Vec::new(), Vec::new());
        for request in requests {
            match self.why_not(&request.records) {
                Some(error) => answers.push((request.ticket, Err(error))),
                None => {
                    tickets.push(request.ticket);
                    groups.push(Group::new(request.records));
                }
            }
        }
        if groups.is_empty() {
            return answers;
        }
        match log.append(&groups, now) {
            Ok(places) => {
                let landed = places
                    .into_iter()
                    .zip(groups)
                    .map(|(place, group)| Ok(Landed::new(place, group.into_records())));
                answers.extend(tickets.into_iter().zip(landed));
            }
            // Nothing was written. One group was at fault, or events took the room that seals and commits may still use.
            Err(error) if is_harmless(error.kind()) && groups.len() > 1 => {
                for (ticket, group) in tickets.into_iter().zip(groups) {
                    let records = group.into_records();
                    answers.extend(self.append(log, vec![Request { ticket, records }], now));
                }
            }
            Err(error) => {
                let error = Error::from(error);
                for group in &groups {
                    if let Some((source, start)) = place_of(group.records()) {
                        self.lost.entry(source).or_insert((start, error.clone()));
                    }
                }
                answers.extend(tickets.into_iter().map(|ticket| (ticket, Err(error.clone()))));
            }
        }
        answers
    }

    /// Why a group is not to be written: it stands behind a batch of its source that is not there. One that begins where that began
    /// takes its place.
    fn why_not(&mut self, records: &[Record]) -> Option<Error> {
        let (source, start) = place_of(records)?;
        if bent!(AcceptanceOverALostBatch) {
            return None;
        }
        let (lost, error) = self.lost.get(&source)?;
        if start == *lost {
            self.lost.remove(&source);
            return None;
        }
        Some(error.clone())
    }
}

/// The source of a batch and where it begins there, if it has an order.
fn place_of(records: &[Record]) -> Option<(SourceId, u64)> {
    records.iter().find_map(|record| match record {
        Record::Events(events) if events.admitted.is_none() => match events.sequence {
            Sequence::Offset { start, end, .. } if start < end => Some((events.source, start)),
            _ => None,
        },
        _ => None,
    })
}
