//! How a history ends: nothing goes wrong any more, and everything that is held has to be delivered.

use crate::engine::Input;

use super::replica::{Process, Replica};
use super::world::World;

/// Steps after which a history counts as stuck.
const PATIENCE: usize = 20_000;

impl World {
    /// No more faults: everything that is late arrives, everything that is down starts, everything is drained: first where the connectors
    /// deliver for good, then where some of it was sealed for while they delivered elsewhere, then the first once more.
    pub(super) fn heal(&mut self) {
        self.note("heals");
        self.healed = true;
        for key in std::mem::take(&mut self.store.spoilt) {
            // Whoever looks after the bucket takes away what a broken upload left there.
            self.store.objects.remove(&key);
        }
        if self.wakes {
            self.revoke_and_return();
            self.wait_for_all();
        }
        for round in 0..3 {
            if self.outcome.violation.is_some() {
                return;
            }
            self.moved = round == 1;
            self.drain_all();
            self.let_it_settle();
        }
    }

    /// Our permissions are taken away until everybody is tried as seldom as can be; then they are back, at any moment between two probes.
    fn revoke_and_return(&mut self) {
        self.revoked = true;
        for _ in 0..70 + self.random.below(40) {
            for replica in 0..self.replicas.len() {
                if self.replicas[replica].up.is_none() {
                    self.restart(replica);
                }
                self.input(replica, Input::Tick);
                for _ in 0..4 {
                    self.task(replica);
                    self.flush(replica);
                }
            }
            self.now += 20_000;
        }
        self.revoked = false;
    }

    /// Without a restart and without a drain: whoever is down starts, everybody is told that the stores work again, and what is held is
    /// delivered within the age of a seal and a few attempts.
    fn wait_for_all(&mut self) {
        for replica in 0..self.replicas.len() {
            self.input(replica, Input::Wake { connector: None });
        }
        let begun = self.now;
        for _ in 0..PATIENCE {
            // A fault that was planned for its disk may yet strike.
            for replica in 0..self.replicas.len() {
                if self.replicas[replica].up.is_none() {
                    self.restart(replica);
                }
                self.input(replica, Input::Tick);
            }
            let busy = |process: &Process| !process.tasks.is_empty() || !process.appends.is_empty();
            let up = |replica: &Replica| replica.up.as_ref().is_some_and(busy);
            if let Some(replica) = self.replicas.iter().position(up) {
                self.task(replica);
                self.flush(replica);
                continue;
            }
            let held = self.replicas.iter().filter_map(|replica| replica.up.as_ref());
            let held: u64 = held.map(|process| process.held()).sum();
            if held == 0 || self.outcome.violation.is_some() {
                return;
            }
            if self.now > begun + 480_000 {
                self.tell_who_is_stuck();
                return self.violated(format!(
                    "{held} events are held on, though everything works again"
                ));
            }
            let next = self
                .replicas
                .iter()
                .filter_map(|replica| replica.up.as_ref()?.next_timeout());
            self.now = next.min().unwrap_or(self.now + 60_000).max(self.now);
        }
        self.violated("it does not come to rest");
    }

    /// What was given up in doubt is looked for until nothing that was sent can arrive any more.
    fn let_it_settle(&mut self) {
        let quiet = u64::try_from(self.installation.settings.quiet.as_millis()).unwrap();
        for replica in 0..self.replicas.len() {
            let end = self.now + quiet + 1_000;
            for _ in 0..PATIENCE {
                let Some(process) = &self.replicas[replica].up else {
                    return;
                };
                if !process.tasks.is_empty() {
                    self.task(replica);
                } else if !process.appends.is_empty() {
                    self.flush(replica);
                } else if self.now < end && process.next_timeout().is_some() {
                    let next = process.next_timeout().map_or(end, |next| next.min(end));
                    self.now = self.now.max(next);
                    self.input(replica, Input::Tick);
                } else {
                    break;
                }
            }
        }
    }

    fn drain_all(&mut self) {
        for replica in 0..self.replicas.len() {
            // Whatever was planned for its disk and has not struck yet goes with this copy of it.
            let disk = self.replicas[replica].disk.clone();
            self.end(replica);
            disk.kill();
            let seed = self.random.next();
            self.replicas[replica].disk = disk.fork(seed);
            self.restart(replica);
            let id = self.request_id();
            self.input(replica, Input::Drain { id });
        }
        while !self.late.is_empty() {
            self.late_arrival();
        }
        for _ in 0..PATIENCE {
            if self.outcome.violation.is_some() {
                return;
            }
            let busy = |replica: &Replica| {
                replica
                    .up
                    .as_ref()
                    .is_none_or(|process| !process.drained || !process.appends.is_empty())
            };
            let Some(replica) = self.replicas.iter().position(busy) else {
                return;
            };
            let Some(process) = &self.replicas[replica].up else {
                return self.violated("it does not stay up");
            };
            if !process.tasks.is_empty() {
                self.task(replica);
            } else if !process.appends.is_empty() {
                self.flush(replica);
            } else {
                self.pass_time(replica);
            }
        }
        self.tell_who_is_stuck();
        self.violated("it does not come to an end");
    }
}
