//! Whose turn it is: deficit round robin over connectors, by bytes, so that one with a flood of data gets its share and
//! no more. Knows connectors as numbers, and nothing of what they deliver.
//!
//! Deficit round robin: Shreedhar and Varghese, "Efficient Fair Queuing using Deficit Round Robin", SIGCOMM 1995.

use std::collections::{BTreeMap, VecDeque};

/// Work waiting for a slot, per connector, each piece with its cost.
#[derive(Debug)]
pub(crate) struct Turns<T> {
    quantum: u64,
    /// Connectors with work, the next one in front.
    round: VecDeque<usize>,
    queues: BTreeMap<usize, Queue<T>>,
}

#[derive(Debug)]
struct Queue<T> {
    deficit: u64,
    work: VecDeque<T>,
}

impl<T> Turns<T> {
    /// `quantum` is what each connector may spend per round.
    pub(crate) fn new(quantum: u64) -> Self {
        Self {
            quantum: quantum.max(1),
            round: VecDeque::new(),
            queues: BTreeMap::new(),
        }
    }

    /// Adds work at the end of its connector's queue.
    pub(crate) fn push(&mut self, connector: usize, work: T) {
        let queue = self.queues.entry(connector).or_insert_with(|| {
            self.round.push_back(connector);
            Queue {
                deficit: 0,
                work: VecDeque::new(),
            }
        });
        queue.work.push_back(work);
    }

    /// Takes all work of one connector out.
    pub(crate) fn take(&mut self, connector: usize) -> VecDeque<T> {
        self.round.retain(|other| *other != connector);
        self.queues
            .remove(&connector)
            .map(|queue| queue.work)
            .unwrap_or_default()
    }

    /// The next piece of work of a connector that `may_run`, or nothing if there is none.
    ///
    /// `cost` is asked when a piece reaches the front of its queue, since it may have grown meanwhile.
    pub(crate) fn next(
        &mut self,
        may_run: impl Fn(usize) -> bool,
        cost: impl Fn(&T) -> u64,
    ) -> Option<(usize, T)> {
        let mut runnable = self.round.iter().any(|connector| may_run(*connector));
        while runnable {
            let connector = self.round.pop_front()?;
            if !may_run(connector) {
                self.round.push_back(connector);
                continue;
            }
            let Some(queue) = self.queues.get_mut(&connector) else {
                continue;
            };
            let price = queue.work.front().map_or(0, &cost);
            if queue.deficit < price {
                queue.deficit = queue.deficit.saturating_add(self.quantum);
                self.round.push_back(connector);
                continue;
            }
            queue.deficit -= price;
            let work = queue.work.pop_front();
            if queue.work.is_empty() {
                self.queues.remove(&connector);
            } else {
                self.round.push_front(connector);
            }
            match work {
                Some(work) => return Some((connector, work)),
                None => runnable = self.round.iter().any(|connector| may_run(*connector)),
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(turns: &mut Turns<u64>) -> Vec<usize> {
        std::iter::from_fn(|| turns.next(|_| true, |cost| *cost))
            .map(|(connector, _)| connector)
            .collect()
    }

    #[test]
    fn a_flood_does_not_delay_a_trickle() {
        let mut turns = Turns::new(10);
        for _ in 0..100 {
            turns.push(0, 10);
        }
        turns.push(1, 10);
        let served = order(&mut turns);
        assert_eq!(served.len(), 101);
        assert!(
            served.iter().position(|connector| *connector == 1).unwrap() <= 2,
            "{served:?}"
        );
    }

    #[test]
    fn shares_are_by_cost_and_not_by_pieces() {
        let mut turns = Turns::new(10);
        for _ in 0..20 {
            turns.push(0, 30);
            turns.push(1, 10);
        }
        let first: Vec<_> = order(&mut turns).into_iter().take(20).collect();
        let heavy = first.iter().filter(|connector| **connector == 0).count();
        assert!((4..=6).contains(&heavy), "{first:?}");
    }

    #[test]
    fn who_may_not_run_is_passed_over_and_kept() {
        let mut turns = Turns::new(10);
        turns.push(0, 1);
        turns.push(1, 1);
        assert_eq!(turns.next(|connector| connector == 1, |_| 1), Some((1, 1)));
        assert_eq!(turns.next(|connector| connector == 1, |_| 1), None);
        assert_eq!(turns.next(|_| true, |_| 1), Some((0, 1)));
        assert_eq!(turns.next(|_| true, |_| 1), None);
    }

    #[test]
    fn work_dearer_than_the_quantum_is_served_at_last() {
        let mut turns = Turns::new(10);
        turns.push(0, 1_000);
        assert_eq!(turns.next(|_| true, |cost| *cost), Some((0, 1_000)));
    }
}
