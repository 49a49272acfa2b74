//! Pages of lists: `MaxItems`, `Marker`, `IsTruncated`.
//!
//! Source: "Pagination" of the List operations, IAM API reference: 100 items unless asked for 1 to 1,000.

use s3s::S3Result;

use crate::query_protocol::{Asked, Xml, violated};

/// One page.
#[derive(Debug)]
pub(super) struct Page<T> {
    pub(super) items: Vec<T>,
    next: Option<String>,
}

impl<T> Page<T> {
    /// The page that is asked for, of all there is; `key` says where an item stands.
    pub(super) fn of(asked: &Asked<'_>, mut all: Vec<T>, key: impl Fn(&T) -> &str) -> S3Result<Self> {
        let most = match asked.parameters.get("MaxItems") {
            None => 100,
            Some(text) => match text.parse() {
                Ok(most @ 1..=1000) => most,
                _ => {
                    let constraint = "Member must have value between 1 and 1000";
                    return Err(violated("maxItems", text, constraint));
                }
            },
        };
        all.sort_by(|a, b| key(a).cmp(key(b)));
        if let Some(marker) = asked.parameters.get("Marker") {
            all.retain(|item| key(item) > marker);
        }
        let truncated = all.len() > most;
        all.truncate(most);
        let last = all.last().filter(|_| truncated);
        Ok(Self {
            next: last.map(|item| key(item).to_owned()),
            items: all,
        })
    }

    /// The page as an answer ends.
    pub(super) fn end(&self, answer: Xml) -> Xml {
        answer
            .text("IsTruncated", self.next.is_some().to_string())
            .maybe("Marker", self.next.as_ref())
    }
}
