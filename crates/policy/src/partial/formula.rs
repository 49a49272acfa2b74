//! A short formula for a table of truth (the method of Quine and McCluskey). Knows nothing of what its variables mean.

use std::collections::BTreeSet;

/// Variables that have to be true or false; all others may be either.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Term {
    /// The variables that matter.
    cares: u32,
    /// What they have to be.
    values: u32,
}

impl Term {
    /// What a variable has to be, if it matters.
    pub(super) fn demands(self, variable: usize) -> Option<bool> {
        let bit = 1 << variable;
        (self.cares & bit != 0).then_some(self.values & bit != 0)
    }

    fn covers(self, row: u32) -> bool {
        row & self.cares == self.values
    }
}

/// Terms that together cover all rows of `on` and none of `off`; rows in neither are as they come.
pub(super) fn shortest(variables: usize, on: &[u32], off: &[u32]) -> Vec<Term> {
    let all = (1_u32 << variables) - 1;
    let off: BTreeSet<u32> = off.iter().copied().collect();
    let mut layer: BTreeSet<Term> = (0..=all)
        .filter(|row| !off.contains(row))
        .map(|row| Term {
            cares: all,
            values: row,
        })
        .collect();
    let mut primes = Vec::new();
    while !layer.is_empty() {
        let mut next = BTreeSet::new();
        for term in &layer {
            let mut is_prime = true;
            for bit in (0..variables)
                .map(|at| 1 << at)
                .filter(|bit| term.cares & bit != 0)
            {
                let twin = Term {
                    values: term.values ^ bit,
                    ..*term
                };
                if layer.contains(&twin) {
                    is_prime = false;
                    next.insert(Term {
                        cares: term.cares & !bit,
                        values: term.values & !bit,
                    });
                }
            }
            if is_prime {
                primes.push(*term);
            }
        }
        layer = next;
    }
    cover(&primes, on)
}

/// Few of the terms that cover all rows: always the one that covers most of what is left, the shorter first.
fn cover(primes: &[Term], on: &[u32]) -> Vec<Term> {
    let mut left: Vec<u32> = on.to_vec();
    let mut chosen = Vec::new();
    while !left.is_empty() {
        let worth = |term: &Term| {
            let covered = left.iter().filter(|row| term.covers(**row)).count();
            // What has to hold is told before what has not to.
            (
                covered,
                u32::MAX - term.cares.count_ones(),
                term.values.count_ones(),
                u32::MAX - term.cares,
            )
        };
        let Some(best) = primes.iter().max_by_key(|term| worth(term)) else {
            break;
        };
        if worth(best).0 == 0 {
            break;
        }
        left.retain(|row| !best.covers(*row));
        chosen.push(*best);
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::shortest;

    #[test]
    fn every_table_of_three_variables_is_covered_exactly() {
        for table in 0_u32..256 {
            let (on, off): (Vec<u32>, Vec<u32>) = (0..8).partition(|row| table & (1 << row) != 0);
            let terms = shortest(3, &on, &off);
            for row in 0..8 {
                let covered = terms.iter().any(|term| term.covers(row));
                assert_eq!(covered, on.contains(&row), "table {table:#b}, row {row}");
            }
        }
    }

    #[test]
    fn what_does_not_matter_is_left_out() {
        // a, whatever b is; b alone never happens.
        let terms = shortest(2, &[0b01, 0b11], &[0b00]);
        assert_eq!(terms.len(), 1);
        let either = shortest(2, &[0b01, 0b10, 0b11], &[0b00]);
        assert_eq!(
            either
                .iter()
                .map(|term| term.cares.count_ones())
                .collect::<Vec<_>>(),
            [1, 1]
        );
    }
}
