//! Ways to break the protocol, each of which the checker has to notice. They are made around the engine, by a driver or a store that
//! does not keep to its contract, so that the product carries no switch for them.

/// A broken promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mutant {
    /// A seal counts as durable before it is: no fsync before the put.
    NoFsyncBeforeThePut,
    /// A put replaces what is there.
    OverwriteInsteadOfCreate,
    /// Another attempt sends another range under the same seal.
    RetryWithAnotherRange,
    /// A put counts as answered when it is sent.
    CommitBeforeTheAnswer,
    /// What lies at a taken key is believed to be ours, whatever its digest.
    AdoptWithoutTheDigest,
    /// A restart forgets the unsettled seals, and seals the lanes again.
    TwoSealsPerLane,
}

impl Mutant {
    pub(crate) const ALL: [Self; 6] = [
        Self::NoFsyncBeforeThePut,
        Self::OverwriteInsteadOfCreate,
        Self::RetryWithAnotherRange,
        Self::CommitBeforeTheAnswer,
        Self::AdoptWithoutTheDigest,
        Self::TwoSealsPerLane,
    ];
}
