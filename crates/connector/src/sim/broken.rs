//! Ways to break the protocol around the engine, by a driver or a store that does not keep to its contract. Those within it are in
//! `crate::mutant`.

/// A contract that is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Broken {
    /// A seal counts as durable before it is: no fsync before the put.
    NoFsyncBeforeThePut,
    /// A put replaces what is there.
    OverwriteInsteadOfCreate,
    /// Another attempt sends another range under the same seal.
    RetryWithAnotherRange,
    /// A put counts as answered when it is sent.
    CommitBeforeTheAnswer,
}

impl Broken {
    pub(super) const ALL: [Self; 4] = [
        Self::NoFsyncBeforeThePut,
        Self::OverwriteInsteadOfCreate,
        Self::RetryWithAnotherRange,
        Self::CommitBeforeTheAnswer,
    ];
}
