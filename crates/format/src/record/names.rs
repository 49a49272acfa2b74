//! Finding a field by its name: a small open-addressing table, built once per record.
//! Knows indexes and hashes, not fields: the caller compares the names.

/// From names to indexes.
#[derive(Debug, Clone)]
pub(super) struct Names {
    /// A power of two of places, at most a quarter taken; [`EMPTY`] ends a search.
    places: Box<[u32]>,
}

const EMPTY: u32 = u32::MAX;

impl Names {
    pub(super) fn new<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> Self {
        let mut places = vec![EMPTY; (names.len() * 4).next_power_of_two()].into_boxed_slice();
        for (index, name) in (0u32..).zip(names) {
            let start = hash(name.as_bytes());
            for step in 0..places.len() {
                let at = start.wrapping_add(step) & (places.len() - 1);
                if let Some(place) = places.get_mut(at)
                    && *place == EMPTY
                {
                    *place = index;
                    break;
                }
            }
        }
        Self { places }
    }

    /// The index that `is_it` accepts, of those whose names may be `name`.
    pub(super) fn find(&self, name: &[u8], is_it: impl Fn(usize) -> bool) -> Option<usize> {
        let start = hash(name);
        for step in 0..self.places.len() {
            let at = start.wrapping_add(step) & (self.places.len() - 1);
            match self.places.get(at).copied() {
                None | Some(EMPTY) => return None,
                Some(index) if is_it(index as usize) => return Some(index as usize),
                Some(_) => {}
            }
        }
        None
    }
}

/// The table is fixed by the schema and three quarters empty, so a sender's choice of names cannot make searches long.
fn hash(name: &[u8]) -> usize {
    const MIX: u64 = 0x9e37_79b9_7f4a_7c15;
    let (words, tail) = name.as_chunks::<8>();
    let mut hash = name.len() as u64;
    for word in words {
        hash = (hash ^ u64::from_le_bytes(*word)).wrapping_mul(MIX);
        hash ^= hash >> 32;
    }
    let last = tail.iter().fold(0u64, |last, &byte| last << 8 | u64::from(byte));
    hash = (hash ^ last).wrapping_mul(MIX);
    (hash >> 40) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found_and_no_other() {
        let names: Vec<String> = (0..300)
            .map(|n| format!("{}{n}", "field_".repeat(n % 4)))
            .collect();
        let table = Names::new(names.iter().map(String::as_str));
        for (index, name) in names.iter().enumerate() {
            let found = table.find(name.as_bytes(), |index| names.get(index) == Some(name));
            assert_eq!(found, Some(index));
        }
        assert_eq!(
            table.find(b"other", |index| names
                .get(index)
                .is_some_and(|name| name == "other")),
            None
        );
    }
}
