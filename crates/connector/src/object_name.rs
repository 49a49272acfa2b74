//! The names of objects: from what identifies one to its key, and back. Frozen: readers and every retry depend on it.
//! Knows nothing of what an object holds.

use std::fmt;
use std::str::FromStr;

use bucketline_format::EventType;
use bucketline_sink::ObjectKey;
use bucketline_spool::{Hour, PartitionId, Position};

use crate::{ConnectorId, FolderPath, Label};

/// The name of one data object, in the layout that Currents has:
///
/// ```text
/// <folder>/dataexport.<cluster>.S3.integration.<connector>/event_type=<type>/date=<YYYY-MM-DD-HH>/<schema>/<zone>/
///     dataexport.<cluster>.S3.integration.<connector>+<partition>+<first>.avro
/// ```
///
/// `first` has at least ten digits; compare it as a number, never as text. `Display` writes the key and `FromStr` reads
/// it; a text that this type would not write is refused.
///
/// ```
/// use bucketline_connector::ObjectName;
///
/// let key = "currents/dataexport.prod-01.S3.integration.5f1e0c2ab7d94e00a1b2c3d4/event_type=users.messages.email.Open/\
///            date=2026-11-23-18/7/a/dataexport.prod-01.S3.integration.5f1e0c2ab7d94e00a1b2c3d4+12345+0000000042.avro";
/// let name: ObjectName = key.parse()?;
/// assert_eq!(name.first, 42);
/// assert_eq!(name.event_type.as_str(), "users.messages.email.Open");
/// assert_eq!(name.to_string(), key);
/// # Ok::<(), bucketline_connector::InvalidObjectName>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_structs,
    reason = "the layout is frozen: a new part would be another layout"
)]
pub struct ObjectName {
    /// The connector's folder.
    pub folder: FolderPath,
    /// The vendor's cluster.
    pub cluster: Label,
    /// The connector.
    pub connector: ConnectorId,
    /// The type of every event in it.
    pub event_type: EventType,
    /// The UTC hour in which its events were queued.
    pub hour: Hour,
    /// The schema that its events are written in.
    pub schema: u32,
    /// The vendor's zone.
    pub zone: Label,
    /// The partition of its events.
    pub partition: PartitionId,
    /// The first position of its range.
    pub first: Position,
    /// What its format's names end with, without the dot: one of [`bucketline_format::extensions`].
    pub extension: &'static str,
}

impl ObjectName {
    /// How many bytes the longest key has that a connector with these settings can come to: 128 bytes of event type, and
    /// the most digits of schema, partition and position. S3 allows 1,024
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html>).
    pub fn longest_key(folder: &FolderPath, cluster: &Label, zone: &Label) -> usize {
        let integration =
            "dataexport.".len() + cluster.as_str().len() + ".S3.integration.".len() + ConnectorId::LENGTH;
        let directory = integration
            + "/event_type=".len()
            + EventType::MAX_LEN
            + "/date=0000-00-00-00/".len()
            + digits(u64::from(u32::MAX))
            + "/".len()
            + zone.as_str().len();
        let extension = bucketline_format::extensions().map(str::len).max().unwrap_or(0);
        let file = integration
            + "+".len()
            + digits(u64::from(PartitionId::MAX.get()))
            + "+".len()
            + digits(u64::MAX);
        folder.as_str().len() + "/".len() + directory + "/".len() + file + ".".len() + extension
    }

    /// Where all objects of a connector lie, without a slash at its end: below it, `event_type=<type>/date=<hour>/<schema>/<zone>/`.
    pub fn integration_folder(folder: &FolderPath, cluster: &Label, connector: &ConnectorId) -> String {
        format!("{folder}/dataexport.{cluster}.S3.integration.{connector}")
    }

    /// The key to put it under.
    ///
    /// # Errors
    ///
    /// [`InvalidObjectName`] if it is longer than a key may be; a configuration whose
    /// [`longest_key`](Self::longest_key) fits never sees it.
    pub fn key(&self) -> Result<ObjectKey, InvalidObjectName> {
        ObjectKey::parse(self.to_string()).map_err(|_| InvalidObjectName { part: "key" })
    }
}

impl fmt::Display for ObjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            folder,
            cluster,
            connector,
            event_type,
            hour,
            schema,
            zone,
            partition,
            first,
            extension,
        } = self;
        let integration = Self::integration_folder(folder, cluster, connector);
        write!(f, "{integration}/event_type={event_type}/")?;
        write!(f, "date={hour}/{schema}/{zone}/")?;
        write!(
            f,
            "dataexport.{cluster}.S3.integration.{connector}+{partition}+{first:010}.{extension}"
        )
    }
}

impl FromStr for ObjectName {
    type Err = InvalidObjectName;

    fn from_str(key: &str) -> Result<Self, InvalidObjectName> {
        let bad = |part| InvalidObjectName { part };
        // From the right, since a folder has any number of segments.
        let mut parts = key.rsplitn(7, '/');
        let mut part = || parts.next().unwrap_or_default();
        let (file, zone, schema, date, event_type, integration, folder) =
            (part(), part(), part(), part(), part(), part(), part());

        let (cluster, connector) = integration
            .strip_prefix("dataexport.")
            .and_then(|rest| rest.split_once(".S3.integration."))
            .ok_or(bad("integration"))?;
        // One may end as another does: the longest is meant.
        let (stem, extension) = bucketline_format::extensions()
            .filter_map(|extension| Some((file.strip_suffix(extension)?.strip_suffix('.')?, extension)))
            .min_by_key(|(stem, _)| stem.len())
            .ok_or(bad("file name"))?;
        let mut numbers = stem.rsplitn(3, '+');
        let first = numbers
            .next()
            .and_then(|text| text.parse().ok())
            .ok_or(bad("first position"))?;
        let partition = numbers
            .next()
            .and_then(|text| text.parse().ok())
            .and_then(PartitionId::new);
        let date = date.strip_prefix("date=").ok_or(bad("date"))?;
        let event_type = event_type.strip_prefix("event_type=").ok_or(bad("event type"))?;
        let name = Self {
            folder: folder.parse().map_err(|_| bad("folder"))?,
            cluster: cluster.parse().map_err(|_| bad("cluster"))?,
            connector: connector.parse().map_err(|_| bad("connector"))?,
            event_type: event_type.parse().map_err(|_| bad("event type"))?,
            hour: date.parse().map_err(|_| bad("date"))?,
            schema: schema.parse().map_err(|_| bad("schema"))?,
            zone: zone.parse().map_err(|_| bad("zone"))?,
            partition: partition.ok_or(bad("partition"))?,
            first,
            extension,
        };
        // Signs, leading zeros, a file name of another integration: only what would be written is read.
        if name.to_string() == key {
            Ok(name)
        } else {
            Err(bad("form"))
        }
    }
}

/// A key that is not of the layout of [`ObjectName`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the key of a data object: its {part} is not as it should be")]
pub struct InvalidObjectName {
    part: &'static str,
}

fn digits(mut number: u64) -> usize {
    let mut digits = 1;
    while number >= 10 {
        number /= 10;
        digits += 1;
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_key_is_as_long_as_the_longest_name() {
        let zone: Label = "z".repeat(63).parse().unwrap();
        let cluster: Label = "c".repeat(63).parse().unwrap();
        let folder: FolderPath = "f".repeat(512).parse().unwrap();
        let name = ObjectName {
            folder: folder.clone(),
            cluster: cluster.clone(),
            connector: "0".repeat(24).parse().unwrap(),
            event_type: "e".repeat(EventType::MAX_LEN).parse().unwrap(),
            hour: "2026-11-23-18".parse().unwrap(),
            schema: u32::MAX,
            zone: zone.clone(),
            partition: PartitionId::MAX,
            first: u64::MAX,
            extension: "guarded.csv.zst",
        };
        assert_eq!(
            name.to_string().len(),
            ObjectName::longest_key(&folder, &cluster, &zone)
        );
        assert!(
            name.key().is_ok(),
            "the limits of the parts keep every key within S3's"
        );
    }
}
