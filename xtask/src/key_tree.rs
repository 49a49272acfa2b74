//! The keys of a bucket as a tree: folders once, a folder with one thing in it on the line of that thing.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::error::Error;

/// A folder of keys, or an object.
#[derive(Debug, Default)]
pub(crate) struct KeyTree {
    children: BTreeMap<String, Self>,
    /// The size in bytes, of an object.
    size: Option<u64>,
}

impl KeyTree {
    /// The buckets and their trees, from the testkit's `/_testkit/objects`.
    pub(crate) fn of_listing(listing: &str) -> Result<Vec<(String, Self)>, Error> {
        let listing: Value =
            serde_json::from_str(listing).map_err(|e| Error::failed(format!("the listing: {e}")))?;
        let buckets = listing.get("buckets").and_then(Value::as_object);
        let buckets = buckets.ok_or_else(|| Error::failed("the listing names no buckets"))?;
        let trees = buckets.iter().map(|(bucket, objects)| {
            let mut tree = Self::default();
            for object in objects.as_array().into_iter().flatten() {
                let key = object.get("key").and_then(Value::as_str).unwrap_or_default();
                tree.insert(
                    key,
                    object.get("size").and_then(Value::as_u64).unwrap_or_default(),
                );
            }
            (bucket.clone(), tree)
        });
        Ok(trees.collect())
    }

    fn insert(&mut self, key: &str, size: u64) {
        let mut place = self;
        for segment in key.split('/') {
            place = place.children.entry(segment.to_owned()).or_default();
        }
        place.size = Some(size);
    }

    /// The tree as lines, each behind `margin`.
    pub(crate) fn print(&self, margin: &str) -> String {
        let mut text = String::new();
        self.print_children(margin, &mut text);
        text
    }

    fn print_children(&self, margin: &str, text: &mut String) {
        let last = self.children.len().saturating_sub(1);
        for (place, (name, child)) in self.children.iter().enumerate() {
            let (mut name, mut child) = (name.clone(), child);
            while let Some((only, grandchild)) = child.only_child() {
                name = format!("{name}/{only}");
                child = grandchild;
            }
            let (branch, below) = if place == last {
                ("└─ ", "   ")
            } else {
                ("├─ ", "│  ")
            };
            match child.size {
                Some(size) => text.push_str(&format!("{margin}{branch}{name}  {}\n", kilobytes(size))),
                None => text.push_str(&format!("{margin}{branch}{name}/\n")),
            }
            child.print_children(&format!("{margin}{below}"), text);
        }
    }

    fn only_child(&self) -> Option<(&String, &Self)> {
        self.children
            .iter()
            .next()
            .filter(|_| self.children.len() == 1 && self.size.is_none())
    }
}

fn kilobytes(size: u64) -> String {
    format!("{}.{} kB", size / 1000, size % 1000 / 100)
}

#[cfg(test)]
mod tests {
    use super::KeyTree;

    #[test]
    fn folders_with_one_thing_in_them_share_its_line() {
        let mut tree = KeyTree::default();
        tree.insert("currents/a/x.avro", 1234);
        tree.insert("currents/a/y.avro", 99);
        tree.insert("currents/b/1/z.avro", 5);
        let expected = "└─ currents/\n   ├─ a/\n   │  ├─ x.avro  1.2 kB\n   │  └─ y.avro  0.0 kB\n   └─ b/1/z.avro  0.0 kB\n";
        assert_eq!(tree.print(""), expected);
    }
}
