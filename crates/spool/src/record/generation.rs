//! `Generation`: one immutable version of where and how a connector delivers.

use crate::GenerationId;
use crate::wire::wire_fields;

/// One immutable version of a connector's destination and format. Changing any setting makes a new one; what was
/// routed to the old one goes to the old one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generation {
    /// A hash of the settings and the counter.
    pub id: GenerationId,
    /// Ordinal among the generations of this connector, from 0.
    pub counter: u64,
    /// The connector's id.
    pub connector: String,
    /// The workspace whose events it takes.
    pub workspace: String,
    /// The grant whose credentials it uses; empty for a local directory.
    pub grant: String,
    /// The bucket, or the directory of a local destination.
    pub bucket: String,
    /// The endpoint; empty for AWS itself.
    pub endpoint: String,
    /// The folder path in canonical form.
    pub folder: String,
    /// The cluster in the objects' names.
    pub cluster: String,
    /// The zone in the objects' names.
    pub zone: String,
    /// The format, as the configuration names it.
    pub format: String,
    /// The codec, as the configuration names it.
    pub codec: String,
    /// The encryption asked for, as the configuration names it.
    pub encryption: String,
    /// The transforms, in a canonical text; empty for none.
    pub transforms: String,
}

wire_fields!(Generation {
    id: GenerationId,
    counter: u64,
    connector: String,
    workspace: String,
    grant: String,
    bucket: String,
    endpoint: String,
    folder: String,
    cluster: String,
    zone: String,
    format: String,
    codec: String,
    encryption: String,
    transforms: String,
});
