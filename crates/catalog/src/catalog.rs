//! All services together, each read when it is first asked for. Knows nothing of the forms of its data.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::{Error, Service, Text, packed};

/// The services that are known, by their prefix (`s3`).
///
/// ```
/// # #[cfg(feature = "embedded")] {
/// use bucketline_iam_catalog::{AccessLevel, Catalog};
///
/// let s3 = Catalog::built_in().service("s3").expect("s3 is listed");
/// let put = s3.action("putobject").expect("names match in any case");
/// assert_eq!(put.name(), "PutObject");
/// assert!(put.has_access(AccessLevel::Write));
/// assert!(put.resources().iter().any(|r| r.name() == "object"));
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    date: Text,
    source: Text,
    complete: bool,
    services: BTreeMap<Text, Slot>,
}

/// A service, or the text that it is read from.
#[derive(Clone, Debug)]
struct Slot {
    prefix: Text,
    /// The services in the ARNs of its resources, parted by commas.
    arn_services: Text,
    text: &'static str,
    service: OnceLock<Service>,
}

impl Catalog {
    /// The data that came with this version of the crate: all services.
    #[cfg(feature = "embedded")]
    #[must_use]
    pub fn built_in() -> &'static Self {
        crate::built_in::catalog()
    }

    /// Reads data of the JSON form that the README describes, for instance newer data than this crate's.
    ///
    /// # Errors
    /// [`ErrorKind::Json`](crate::ErrorKind::Json) where the text is not JSON of that form, with the line.
    #[cfg(feature = "json")]
    pub fn from_json(text: &str) -> Result<Self, Error> {
        crate::json::parse(text)
    }

    /// Reads what [`to_packed`](Self::to_packed) wrote, all of it at once.
    ///
    /// # Errors
    /// [`ErrorKind::Packed`](crate::ErrorKind::Packed) where the text is of another form, with the line.
    pub fn from_packed(text: &str) -> Result<Self, Error> {
        packed::read(text)
    }

    /// The compact text in which the crate keeps its own data.
    #[must_use]
    pub fn to_packed(&self) -> String {
        packed::print(self)
    }

    /// The day of the data, `2026-09-26`; empty where nobody said it.
    #[must_use]
    pub fn date(&self) -> &str {
        &self.date
    }

    /// Where the data is from, with its licence; empty where nobody said it.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether it lists every service that AWS had on its day, so that one which is not here is newer or does not exist.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// The service of this prefix, in any case.
    #[must_use]
    pub fn service(&self, prefix: &str) -> Option<&Service> {
        let slot = if prefix.bytes().any(|b| b.is_ascii_uppercase()) {
            self.services.get(prefix.to_ascii_lowercase().as_str())
        } else {
            self.services.get(prefix)
        };
        slot.map(Slot::service)
    }

    /// The prefixes of all services, without reading what is known of them.
    pub fn prefixes(&self) -> impl Iterator<Item = &str> {
        self.services.values().map(|slot| &*slot.prefix)
    }

    /// All services, by prefix. Reads each of them.
    pub fn services(&self) -> impl Iterator<Item = &Service> {
        self.services.values().map(Slot::service)
    }

    /// The services that have resources with ARNs of this service, `arn:aws:es:...`: mostly one, and not always the one
    /// of this prefix. Reads only these.
    pub fn with_arns_of(&self, service: &str) -> impl Iterator<Item = &Service> {
        let slots = self.services.values();
        let found = slots.filter(move |slot| slot.arn_services.split(',').any(|known| known == service));
        found.map(Slot::service)
    }

    pub(crate) fn new(date: Text, source: Text, complete: bool) -> Self {
        Self {
            date,
            source,
            complete,
            services: BTreeMap::new(),
        }
    }

    pub(crate) fn insert(&mut self, service: Service) {
        let slot = Slot {
            prefix: service.prefix_text(),
            arn_services: Text::Owned(service.arn_services().join(",")),
            text: "",
            service: OnceLock::from(service),
        };
        self.add(slot);
    }

    /// A service that is read when it is asked for.
    #[cfg(feature = "embedded")]
    pub(crate) fn insert_text(
        &mut self,
        prefix: &'static str,
        arn_services: &'static str,
        text: &'static str,
    ) {
        self.add(Slot {
            prefix: Text::Borrowed(prefix),
            arn_services: Text::Borrowed(arn_services),
            text,
            service: OnceLock::new(),
        });
    }

    fn add(&mut self, slot: Slot) {
        let key = if slot.prefix.bytes().any(|b| b.is_ascii_uppercase()) {
            Text::Owned(slot.prefix.to_ascii_lowercase())
        } else {
            slot.prefix.clone()
        };
        self.services.insert(key, slot);
    }
}

impl Slot {
    fn service(&self) -> &Service {
        // INVARIANT: a test reads the embedded text whole and finds nothing wrong, so the default is never taken.
        self.service
            .get_or_init(|| packed::read_service(self.text).unwrap_or_default())
    }
}
