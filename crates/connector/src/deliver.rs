//! The pace of deliveries: how long to wait after a failure. The decisions themselves are in `reconcile` and `engine`.

pub(crate) mod backoff;
