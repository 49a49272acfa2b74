//! Settings: of one connector, and of the multiplexer as a whole. Plain data; sinks, clocks and the log go on the builder.

use std::time::Duration;

use bucketline_format::transform::Transforms;
use bucketline_format::{Encoder, EventSelection};
use bucketline_sink::Encryption;

use crate::{Backoff, ConnectorId, Destination, Label, Quota, WorkspaceId};

/// One configured delivery of a workspace's events into one folder of one bucket.
///
/// ```
/// use bucketline_connector::{ConnectorConfig, Destination};
///
/// let config = ConnectorConfig::new(
///     "5f1e0c2ab7d94e00a1b2c3d4".parse()?,
///     "acme".parse()?,
///     Destination::bucket("acme-events", "", "currents".parse()?),
///     "prod-01".parse()?,
///     "a".parse()?,
/// )
/// .name("Acme Currents");
/// assert_eq!(config.name, "Acme Currents");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ConnectorConfig {
    /// Its id, part of every key.
    pub id: ConnectorId,
    /// Its name, for people.
    pub name: String,
    /// The workspace whose events it takes.
    pub workspace: WorkspaceId,
    /// The name of the grant it uses, for the record; empty where there is none.
    pub grant: String,
    /// Where it delivers.
    pub destination: Destination,
    /// The event types it takes; default: all.
    pub events: EventSelection,
    /// The encryption to ask for, and to insist on; default: the bucket's own.
    pub encryption: Encryption,
    /// The most that is held for it; default: no bound of its own.
    pub quota: Option<Quota>,
    /// What makes objects of its events; default: Avro, not compressed, as Currents has it.
    pub encoder: &'static dyn Encoder,
    /// What is removed, hashed or dropped from its events before they are stored; default: nothing.
    pub transforms: Transforms,
    /// The vendor's cluster, part of every key.
    pub cluster: Label,
    /// The vendor's zone, part of every key.
    pub zone: Label,
}

impl ConnectorConfig {
    /// A connector that takes all events of `workspace`, with its id as name.
    pub fn new(
        id: ConnectorId,
        workspace: WorkspaceId,
        destination: Destination,
        cluster: Label,
        zone: Label,
    ) -> Self {
        Self {
            name: id.to_string(),
            id,
            workspace,
            grant: String::new(),
            destination,
            events: EventSelection::all(),
            encryption: Encryption::BucketDefault,
            quota: None,
            encoder: bucketline_format::default_encoder(),
            transforms: Transforms::default(),
            cluster,
            zone,
        }
    }

    /// Sets the name for people.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Sets the name of the grant.
    #[must_use]
    pub fn grant(mut self, grant: impl Into<String>) -> Self {
        self.grant = grant.into();
        self
    }

    /// Sets the event types to take.
    #[must_use]
    pub fn events(mut self, events: EventSelection) -> Self {
        self.events = events;
        self
    }

    /// Sets what makes objects of its events. Events that were accepted before keep the one of then.
    #[must_use]
    pub fn encoder(mut self, encoder: &'static dyn Encoder) -> Self {
        self.encoder = encoder;
        self
    }

    /// Sets what is removed, hashed or dropped from its events before they are stored. Events that were accepted before stay as they
    /// were stored.
    #[must_use]
    pub fn transforms(mut self, transforms: Transforms) -> Self {
        self.transforms = transforms;
        self
    }

    /// Sets the most that is held for it.
    #[must_use]
    pub fn quota(mut self, quota: Quota) -> Self {
        self.quota = Some(quota);
        self
    }

    /// Sets the encryption to ask for.
    #[must_use]
    pub fn encryption(mut self, encryption: Encryption) -> Self {
        self.encryption = encryption;
        self
    }
}

/// Settings of the multiplexer. The defaults are the documented behaviour of Currents.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Settings {
    /// A lane is sealed when it holds this many events. Default 15,000.
    pub seal_count: u64,
    /// A lane is sealed when its oldest event is this old, or up to a tenth sooner, by a hash of the lane, so that the puts of
    /// many lanes are spread. Default 5 minutes.
    pub seal_age: Duration,
    /// The most events in an object; a lane that has to wait grows to this. Default 100,000.
    pub max_count: u64,
    /// The most stored bytes of events in an object, though one event always fits. Default 64 MiB.
    pub max_bytes: u64,
    /// How many bytes of undelivered batches are kept in memory; what is over it is read back from the log when it is due.
    /// Default 1 GB.
    pub memory: u64,
    /// How long an event is held that cannot be delivered, counted in time in which the program runs; then it is given up, and the ledger
    /// says so. Default 48 hours.
    pub retention: Duration,
    /// How long a request may take to arrive: an object that is not there this long after it was last tried is not there. Default 20
    /// minutes, as the conditions of delivery say.
    pub quiet: Duration,
    /// How many bytes a log may grow before what it means is written as a checkpoint, and before what nothing needs any more is
    /// freed. Default 64 MiB, a segment of the log.
    pub checkpoint_every: u64,
    /// When the oldest frame that is needed lies this many bytes behind the end of its log, what blocked connectors hold is
    /// moved to the cold log, so that it holds up nobody's disk. Default 256 MiB.
    pub cold_after: u64,
    /// How many objects may be built and put at a time, over all connectors, each of which is in memory meanwhile. At least 1;
    /// default 16.
    pub put_slots: usize,
    /// How many of them for one connector. At least 1; default 4.
    pub put_slots_per_connector: usize,
    /// How many of the objects of connectors in trouble may be tried at a time; apart from `put_slots`, so that the
    /// time-outs of some never delay the others. At least 1; default 8.
    pub trouble_slots: usize,
    /// How many bytes of objects may be under way at a time, over all connectors; a quarter of it is for those in trouble. One object
    /// always may, however large it is. Default 512 MB.
    pub in_flight_bytes: u64,
    /// When a call has taken this long, it goes on in one of the slots for connectors in trouble; where none of these is free, or its
    /// connector has one already, it is broken off and tried again later. So a store that hangs holds up nobody. Default 10 s.
    pub slow_after: Duration,
    /// Delays after failures that pass by themselves. Default 0.5 s to 60 s.
    pub retry: Backoff,
    /// Delays between the probes of a blocked connector. Default 5 s to 10 min.
    pub probe: Backoff,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            seal_count: 15_000,
            seal_age: Duration::from_secs(5 * 60),
            max_count: 100_000,
            max_bytes: 64 << 20,
            memory: 1_000_000_000,
            retention: Duration::from_secs(48 * 3_600),
            quiet: Duration::from_secs(20 * 60),
            checkpoint_every: 64 << 20,
            cold_after: 256 << 20,
            put_slots: 16,
            put_slots_per_connector: 4,
            trouble_slots: 8,
            in_flight_bytes: 512_000_000,
            slow_after: Duration::from_secs(10),
            retry: Backoff::new(Duration::from_millis(500), Duration::from_secs(60)),
            probe: Backoff::new(Duration::from_secs(5), Duration::from_secs(600)),
        }
    }
}

impl Settings {
    /// The same, with nothing that would stop everything.
    pub(crate) fn workable(mut self) -> Self {
        for slots in [
            &mut self.put_slots,
            &mut self.put_slots_per_connector,
            &mut self.trouble_slots,
        ] {
            *slots = (*slots).max(1);
        }
        self
    }

    /// Sets [`seal_count`](Self::seal_count).
    #[must_use]
    pub fn seal_count(mut self, events: u64) -> Self {
        self.seal_count = events;
        self
    }

    /// Sets [`seal_age`](Self::seal_age).
    #[must_use]
    pub fn seal_age(mut self, age: Duration) -> Self {
        self.seal_age = age;
        self
    }

    /// Sets [`max_count`](Self::max_count).
    #[must_use]
    pub fn max_count(mut self, events: u64) -> Self {
        self.max_count = events;
        self
    }

    /// Sets [`max_bytes`](Self::max_bytes).
    #[must_use]
    pub fn max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = bytes;
        self
    }

    /// Sets [`checkpoint_every`](Self::checkpoint_every).
    #[must_use]
    pub fn checkpoint_every(mut self, bytes: u64) -> Self {
        self.checkpoint_every = bytes;
        self
    }

    /// Sets [`cold_after`](Self::cold_after).
    #[must_use]
    pub fn cold_after(mut self, bytes: u64) -> Self {
        self.cold_after = bytes;
        self
    }

    /// Sets [`memory`](Self::memory).
    #[must_use]
    pub fn memory(mut self, bytes: u64) -> Self {
        self.memory = bytes;
        self
    }

    /// Sets [`retention`](Self::retention).
    #[must_use]
    pub fn retention(mut self, retention: Duration) -> Self {
        self.retention = retention;
        self
    }

    /// Sets [`quiet`](Self::quiet).
    #[must_use]
    pub fn quiet(mut self, quiet: Duration) -> Self {
        self.quiet = quiet;
        self
    }

    /// Sets [`put_slots`](Self::put_slots).
    #[must_use]
    pub fn put_slots(mut self, slots: usize) -> Self {
        self.put_slots = slots;
        self
    }

    /// Sets [`put_slots_per_connector`](Self::put_slots_per_connector).
    #[must_use]
    pub fn put_slots_per_connector(mut self, slots: usize) -> Self {
        self.put_slots_per_connector = slots;
        self
    }

    /// Sets [`trouble_slots`](Self::trouble_slots).
    #[must_use]
    pub fn trouble_slots(mut self, slots: usize) -> Self {
        self.trouble_slots = slots;
        self
    }

    /// Sets [`in_flight_bytes`](Self::in_flight_bytes).
    #[must_use]
    pub fn in_flight_bytes(mut self, bytes: u64) -> Self {
        self.in_flight_bytes = bytes;
        self
    }

    /// Sets [`slow_after`](Self::slow_after).
    #[must_use]
    pub fn slow_after(mut self, patience: Duration) -> Self {
        self.slow_after = patience;
        self
    }

    /// Sets [`retry`](Self::retry).
    #[must_use]
    pub fn retry(mut self, retry: Backoff) -> Self {
        self.retry = retry;
        self
    }

    /// Sets [`probe`](Self::probe).
    #[must_use]
    pub fn probe(mut self, probe: Backoff) -> Self {
        self.probe = probe;
        self
    }
}
