//! AWS's one-or-many: a list that remembers whether it was written as a single value. Knows no element.

/// Values of an element that AWS lets be written as one value or as an array.
///
/// Two lists are equal when their values are; the written form is for printing alone.
#[derive(Clone, Debug)]
pub struct List<T> {
    items: Vec<T>,
    single: bool,
}

impl<T> List<T> {
    /// A list written as a plain value.
    pub fn one(item: T) -> Self {
        Self {
            items: vec![item],
            single: true,
        }
    }

    /// A list written as an array, of any length.
    pub fn many(items: impl IntoIterator<Item = T>) -> Self {
        Self {
            items: items.into_iter().collect(),
            single: false,
        }
    }

    /// The values as a slice.
    pub fn as_slice(&self) -> &[T] {
        &self.items
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there is no value at all, `[]`.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The values in order.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.items.iter()
    }

    /// Whether the list is written as a plain value rather than an array.
    pub fn is_single(&self) -> bool {
        self.single && self.items.len() == 1
    }
}

impl<T: Ord> List<T> {
    /// Sorted, without repeats, and as a plain value where one is left.
    pub(crate) fn canonical(mut self) -> Self {
        self.items.sort();
        self.items.dedup();
        self.single = true;
        self
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            single: false,
        }
    }
}

impl<T: PartialEq> PartialEq for List<T> {
    fn eq(&self, other: &Self) -> bool {
        self.items == other.items
    }
}

impl<T: Eq> Eq for List<T> {}

impl<T> From<Vec<T>> for List<T> {
    fn from(items: Vec<T>) -> Self {
        Self::many(items)
    }
}

impl<'a, T> IntoIterator for &'a List<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
