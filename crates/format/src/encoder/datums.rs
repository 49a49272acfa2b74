//! The events of an object that somebody else may have written, while they are read: as many as memory is meant for. A few bytes can
//! be packed events by the million.

use bytes::Bytes;

use crate::error::{Error, ErrorKind};

/// The most memory that the events of one object may take, in bytes: 1 GiB.
const MAX_MEMORY: usize = 1 << 30;

/// The datums that were read so far.
#[derive(Debug)]
pub(super) struct Datums {
    all: Vec<Bytes>,
    /// What may still be taken.
    left: usize,
}

impl Datums {
    /// None yet.
    pub(super) const fn new() -> Self {
        Self::within(MAX_MEMORY)
    }

    pub(super) const fn within(memory: usize) -> Self {
        Self {
            all: Vec::new(),
            left: memory,
        }
    }

    /// Takes the next one.
    ///
    /// # Errors
    /// `InvalidObject` where it is one too many.
    pub(super) fn push(&mut self, datum: Bytes) -> Result<(), Error> {
        let cost = datum.len() + size_of::<Bytes>();
        self.left = self.left.checked_sub(cost).ok_or_else(|| {
            Error::new(
                ErrorKind::InvalidObject,
                format!(
                    "its events take more than 1 GiB of memory; {} were read",
                    self.all.len()
                ),
            )
        })?;
        self.all.push(datum);
        Ok(())
    }

    /// Takes those that lie one after the other in `bytes` and end there.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    #[cfg(feature = "parquet")]
    pub(super) fn push_all(&mut self, bytes: Vec<u8>, ends: &mut Vec<usize>) -> Result<(), Error> {
        let bytes = Bytes::from(bytes);
        let mut start = 0;
        for end in ends.drain(..) {
            self.push(bytes.slice(start..end))?;
            start = end;
        }
        Ok(())
    }

    /// How many bytes may still be taken.
    #[cfg(feature = "parquet")]
    pub(super) const fn left(&self) -> usize {
        self.left
    }

    pub(super) fn into_vec(self) -> Vec<Bytes> {
        self.all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_small_events_cost_as_few_large_ones_do() {
        let each = |length: usize| {
            let mut datums = Datums::within(10_000);
            let datum = Bytes::from(vec![0; length]);
            while datums.push(datum.clone()).is_ok() {}
            datums.into_vec().len()
        };
        assert_eq!(each(968), 10);
        assert_eq!(each(0), 10_000 / size_of::<Bytes>());
    }
}
