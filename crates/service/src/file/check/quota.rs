//! `quota` of a connector: how much may be held for it, and what goes when there is more.

use bucketline_connector::{GivesUp, Quota};
use toml::Spanned;

use super::{Checker, raw};
use crate::file::byte_size;

const ADVICE: &str = "write a size, as in `quota = \"5GB\"`, or `quota = { bytes = \"5GB\", events = 1000000, policy = \"drop_oldest\" }`";

impl Checker<'_> {
    /// Nothing where something is wrong with it.
    pub(super) fn quota(&mut self, quota: Option<&Spanned<raw::Quota>>) -> Option<Option<Quota>> {
        let Some(quota) = quota else {
            return Some(None);
        };
        match read(quota.get_ref()) {
            Ok(read) => Some(Some(read)),
            Err(what) => {
                self.problem(&quota.span(), format!("`quota` cannot be used: {what}"), ADVICE);
                None
            }
        }
    }
}

fn read(quota: &raw::Quota) -> Result<Quota, String> {
    let size = |text: &str| byte_size::parse(text).map_err(|error| format!("`{text}` is {error}"));
    let (bytes, events, policy) = match quota {
        raw::Quota::Bytes(text) => (Some(size(text)?), None, None),
        raw::Quota::Limits(limits) => (
            limits.bytes.as_deref().map(size).transpose()?,
            limits.events,
            limits.policy.as_deref(),
        ),
    };
    if bytes.is_none() && events.is_none() {
        return Err("it says neither `bytes` nor `events`".to_owned());
    }
    if bytes == Some(0) || events == Some(0) {
        return Err("nothing at all would be held".to_owned());
    }
    let gives_up = match policy {
        None | Some("drop_oldest") => GivesUp::Oldest,
        Some("drop_newest") => GivesUp::Newest,
        Some(other) => return Err(format!("`{other}` is neither `drop_oldest` nor `drop_newest`")),
    };
    let quota = Quota::of_bytes(bytes.unwrap_or(u64::MAX)).events(events.unwrap_or(u64::MAX));
    Ok(quota.gives_up(gives_up))
}
