//! How much may be held for one connector, and what is given up beyond that. Plain data.

/// The most that is held for a connector. What is over it is given up, and the ledger says so; whatever else the log has room for, one
/// customer's trouble takes no more of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Quota {
    /// Events.
    pub events: u64,
    /// Bytes of their stored bodies.
    pub bytes: u64,
    /// What goes when there are more.
    pub gives_up: GivesUp,
}

/// Which of the events that are held go first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a queue has two ends")]
pub enum GivesUp {
    /// Those that were accepted first.
    #[default]
    Oldest,
    /// Those that were accepted last.
    Newest,
}

impl Quota {
    /// At most this many events, the newest.
    #[must_use]
    pub const fn of_events(events: u64) -> Self {
        Self {
            events,
            bytes: u64::MAX,
            gives_up: GivesUp::Oldest,
        }
    }

    /// At most this many bytes, of the newest events.
    #[must_use]
    pub const fn of_bytes(bytes: u64) -> Self {
        Self {
            events: u64::MAX,
            bytes,
            gives_up: GivesUp::Oldest,
        }
    }

    /// Sets [`events`](Self::events).
    #[must_use]
    pub const fn events(mut self, events: u64) -> Self {
        self.events = events;
        self
    }

    /// Sets [`gives_up`](Self::gives_up).
    #[must_use]
    pub const fn gives_up(mut self, gives_up: GivesUp) -> Self {
        self.gives_up = gives_up;
        self
    }
}
