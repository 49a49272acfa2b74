//! Group commit: many groups of records, one write and one fsync, and who is told what when that fails. Blocks on the log it is
//! given; knows no threads and no clocks.

use bucketline_spool::{Group, Log, Record, SpoolTime};

use super::Landed;
use crate::error::{Error, is_harmless};
use crate::tickets::Ticket;

/// Appends what the engine commands.
///
/// Once a batch of events could not be written, no later one is either, until a new start: a source is read in order, and a
/// batch accepted after one that was lost would be taken for the sign that both are in.
#[derive(Debug, Default)]
pub struct Appender {
    refused: Option<Error>,
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
            match self.refused.as_ref().filter(|_| has_events(&request.records)) {
                Some(error) => answers.push((request.ticket, Err(error.clone()))),
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
                    answers.extend(self.append(
                        log,
                        vec![Request {
                            ticket,
                            records: group.into_records(),
                        }],
                        now,
                    ));
                }
            }
            Err(error) => {
                let error = Error::from(error);
                if groups.iter().any(|group| has_events(group.records())) {
                    self.refused = Some(error.clone());
                }
                answers.extend(tickets.into_iter().map(|ticket| (ticket, Err(error.clone()))));
            }
        }
        answers
    }
}

fn has_events(records: &[Record]) -> bool {
    records.iter().any(|record| matches!(record, Record::Events(_)))
}
