//! Sessions of roles, as AssumeRole makes them.

use std::time::SystemTime;

use super::{RoleView, Secret};
use crate::authorize::Policy;
use crate::sts::SessionTag;

/// Temporary credentials that were given out.
///
/// An expired session is kept: AWS tells an expired token from an unknown one.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) secret: Secret,
    pub(crate) token: Secret,
    pub(crate) issued: SystemTime,
    pub(crate) expires: SystemTime,
    pub(crate) role: RoleView,
    pub(crate) session_name: String,
    pub(crate) policy: Option<Policy>,
    pub(crate) tags: Vec<SessionTag>,
    pub(crate) source_identity: Option<String>,
}

/// What AssumeRole asks the state to remember.
#[derive(Debug)]
pub(crate) struct NewSession {
    pub(crate) access_key_id: String,
    pub(crate) session: Session,
}
