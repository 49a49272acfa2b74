//! STS's operations over the state. The query protocol has found out who asks.

mod assume_role;
mod parameters;
mod web_identity;

pub(crate) use assume_role::assume_role;
pub(crate) use parameters::SessionTag;
pub(crate) use web_identity::with_web_identity;

use crate::query_protocol::Xml;
use crate::world::Caller;

/// Needs no permission: AWS answers it even to a caller who is explicitly denied it.
///
/// Source: GetCallerIdentity, STS API reference.
pub(crate) fn caller_identity(caller: &Caller) -> Xml {
    Xml::new()
        .text("Arn", caller.arn())
        .text("UserId", caller.user_id().unwrap_or_default())
        .text("Account", caller.account().unwrap_or_default())
}
