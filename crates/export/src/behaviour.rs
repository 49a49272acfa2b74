//! What becomes of an export: who gets a link, what lies where. One table, pure.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Who asked for an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "every decision is made for every origin")]
pub enum Origin {
    /// A program, by the API.
    Api,
    /// A user, in the dashboard.
    Dashboard,
}

/// Whether the workspace has a data export integration: a bucket of the customer's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "there is one, or there is none")]
pub enum Storage {
    /// There is one.
    Customers,
    /// There is none.
    None,
}

/// Where a download link leads to: always into the product's own store, never into the customer's bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "a closed list that callers match on")]
pub enum Link {
    /// Nobody gets a link: the file is fetched from the customer's bucket.
    None,
    /// The answer to the request, and the callback, hold a link that ends after a while.
    InAnswer,
    /// The user gets a link that ends after a while, by e-mail.
    ByMail,
}

/// What becomes of an export.
///
/// ```
/// use bucketline_export::{Delivery, Link, Origin, Storage};
///
/// // An export that a program asked for is fetched from the customer's own bucket: there is no link.
/// let delivery = Delivery::decide(Origin::Api, Storage::Customers);
/// assert_eq!((delivery.link, delivery.in_customers_bucket, delivery.in_own_store), (Link::None, true, false));
///
/// // A report is mailed, and backed up.
/// let delivery = Delivery::decide(Origin::Dashboard, Storage::Customers);
/// assert_eq!((delivery.link, delivery.in_customers_bucket, delivery.in_own_store), (Link::ByMail, true, true));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Delivery {
    /// Who gets a link.
    pub link: Link,
    /// Whether the files go into the customer's bucket.
    pub in_customers_bucket: bool,
    /// Whether the files go into the product's own store, which links lead to.
    pub in_own_store: bool,
}

impl Delivery {
    /// The decision.
    #[must_use]
    pub fn decide(origin: Origin, storage: Storage) -> Self {
        let link = match (origin, storage) {
            (Origin::Api, Storage::Customers) => Link::None,
            (Origin::Api, Storage::None) => Link::InAnswer,
            (Origin::Dashboard, _) => Link::ByMail,
        };
        Self {
            link,
            in_customers_bucket: storage == Storage::Customers,
            in_own_store: link != Link::None,
        }
    }
}

/// What an export is, in the words that `bucketline export behaviour` prints.
impl fmt::Display for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match (self.link, self.in_customers_bucket) {
            (Link::None, _) => {
                "the files are written into the customer's storage, and fetched from there; the answer and the callback \
                 name the place, and no download link is given"
            }
            (Link::InAnswer, _) => {
                "the file is written into the product's own store; the answer and the callback hold a download link that \
                 ends after a while"
            }
            (Link::ByMail, true) => {
                "the file is e-mailed to the user as a download link that ends after a while, and leads to the product's own \
                 store; a backup is written into the customer's storage"
            }
            (Link::ByMail, false) => {
                "the file is e-mailed to the user as a download link that ends after a while, and leads to the product's own \
                 store"
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_table() {
        let table = [
            (Origin::Api, Storage::Customers, Link::None, true, false),
            (Origin::Api, Storage::None, Link::InAnswer, false, true),
            (Origin::Dashboard, Storage::Customers, Link::ByMail, true, true),
            (Origin::Dashboard, Storage::None, Link::ByMail, false, true),
        ];
        for (origin, storage, link, customers, own) in table {
            let delivery = Delivery::decide(origin, storage);
            let expected = Delivery {
                link,
                in_customers_bucket: customers,
                in_own_store: own,
            };
            assert_eq!(delivery, expected, "{origin:?} {storage:?}");
        }
    }
}
