//! A permissions boundary: the most that an exporter may ever have, whoever attaches policies to it later.

use super::ExportScope;
use super::reach::{Listing, Reach, Uploads};
use crate::document::Document;
use crate::{Error, PolicyKind};

/// The permissions boundary of an exporter: as [`least_privilege`](super::least_privilege), uploads in parts included, so
/// that turning these on later needs no new boundary. A boundary grants nothing by itself.
///
/// # Errors
/// As [`least_privilege`](super::least_privilege).
pub fn boundary(scope: &ExportScope) -> Result<Document, Error> {
    let reach = Reach {
        uploads: Uploads::InParts,
        ..scope.0.clone()
    };
    let document = Document::new(reach.statements(Listing::Familiar)?);
    PolicyKind::Managed.check(&document)?;
    Ok(document)
}
