//! Which folders of which store are taken: a trie of segments that refuses overlap. Decides inside one process; knows
//! nothing of the register in the bucket that decides across processes.

use std::collections::BTreeMap;
use std::fmt;

use super::FolderPath;

/// The folders taken so far, per store.
///
/// Two folders of one store conflict when one equals or contains the other, also when only the case of letters tells
/// them apart: readers on case-insensitive disks merge those.
///
/// ```
/// use bucketline_connector::FolderRegistry;
///
/// let mut taken = FolderRegistry::new();
/// taken.claim("s3://events", &"a/b".parse()?, "first")?;
/// taken.claim("s3://events", &"a/bc".parse()?, "second")?;
/// taken.claim("s3://other", &"a/b".parse()?, "third")?;
/// let conflict = taken.claim("s3://events", &"a".parse()?, "fourth").unwrap_err();
/// assert_eq!(conflict.holder(), "first");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct FolderRegistry {
    stores: BTreeMap<String, Node>,
}

/// A folder that cannot be had, because another one overlaps with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("folder `{folder}` {overlap} folder `{other}` of `{holder}` in the same bucket")]
pub struct FolderConflict {
    folder: FolderPath,
    other: FolderPath,
    holder: String,
    overlap: Overlap,
}

/// How two folders overlap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Overlap {
    /// They are the same.
    Equal,
    /// The one asked for contains the one taken.
    Contains,
    /// The one asked for lies in the one taken.
    Inside,
    /// They would be equal, or one inside the other, if case did not count.
    CaseOnly,
}

#[derive(Debug, Clone, Default)]
struct Node {
    /// The folder that ends here, and who holds it. A node with a holder has no children.
    holder: Option<(FolderPath, String)>,
    /// By lower-case segment.
    children: BTreeMap<String, Self>,
}

impl FolderRegistry {
    /// A registry with nothing taken.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes `folder` of `store` for `holder`, a name to be shown to people.
    ///
    /// # Errors
    ///
    /// [`FolderConflict`], naming the folder in the way and its holder; nothing is changed then.
    pub fn claim(&mut self, store: &str, folder: &FolderPath, holder: &str) -> Result<(), FolderConflict> {
        if let Some((other, other_holder)) = self.stores.get(store).and_then(|root| root.overlapping(folder))
        {
            return Err(FolderConflict {
                folder: folder.clone(),
                other: other.clone(),
                holder: other_holder.clone(),
                overlap: Overlap::of(folder, other),
            });
        }
        let mut node = self.stores.entry(store.to_owned()).or_default();
        for segment in folder.segments() {
            node = node.children.entry(segment.to_ascii_lowercase()).or_default();
        }
        node.holder = Some((folder.clone(), holder.to_owned()));
        Ok(())
    }
}

impl FolderConflict {
    /// Who holds the folder in the way.
    pub fn holder(&self) -> &str {
        &self.holder
    }

    /// The folder in the way.
    pub fn other(&self) -> &FolderPath {
        &self.other
    }

    /// How the two overlap.
    pub fn overlap(&self) -> Overlap {
        self.overlap
    }
}

impl Overlap {
    fn of(asked: &FolderPath, taken: &FolderPath) -> Self {
        let mut asked_segments = asked.segments();
        let mut taken_segments = taken.segments();
        loop {
            match (asked_segments.next(), taken_segments.next()) {
                (None, None) => return Self::Equal,
                (None, Some(_)) => return Self::Contains,
                (Some(_), None) => return Self::Inside,
                (Some(a), Some(b)) if a == b => {}
                (Some(_), Some(_)) => return Self::CaseOnly,
            }
        }
    }
}

impl fmt::Display for Overlap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Equal => "is the same as",
            Self::Contains => "contains",
            Self::Inside => "lies inside",
            Self::CaseOnly => "overlaps, but for the case of letters, with",
        })
    }
}

impl Node {
    fn overlapping(&self, folder: &FolderPath) -> Option<&(FolderPath, String)> {
        let mut node = self;
        for segment in folder.segments() {
            if let Some(holder) = &node.holder {
                return Some(holder);
            }
            node = node.children.get(&segment.to_ascii_lowercase())?;
        }
        node.any_holder()
    }

    fn any_holder(&self) -> Option<&(FolderPath, String)> {
        self.holder
            .as_ref()
            .or_else(|| self.children.values().find_map(Self::any_holder))
    }
}
