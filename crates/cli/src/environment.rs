//! The one module that reads environment variables. Everything else is handed values, so that it can be tested.

use bucketline_service::Variables;

/// The process's environment, as it is now.
pub(crate) fn variables() -> Variables {
    Variables::from_pairs(std::env::vars_os())
}
