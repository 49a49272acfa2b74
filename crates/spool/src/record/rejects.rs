//! `Rejects`: the refused lines of a batch; their text only where it was asked for.

use bytes::Bytes;

use crate::wire::wire_fields;
use crate::{Sequence, SourceId};

/// The refused lines of a batch, in one group with its [`Events`](super::Events).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejects {
    /// Where the batch came from.
    pub source: SourceId,
    /// Its place there.
    pub sequence: Sequence,
    /// The input's name, for people.
    pub input: String,
    /// The lines, in order.
    pub lines: Vec<RejectedLine>,
}

/// A refused line: where it stands and why it was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedLine {
    /// The line's number in its input, from 1.
    pub number: u64,
    /// The byte at which it begins in its input.
    pub offset: u64,
    /// The workspace that it was counted under, where it named a known one.
    pub workspace: Option<String>,
    /// The code of the reason.
    pub reason: String,
    /// The path of the field at fault; empty where it is the whole line.
    pub path: String,
    /// What stood there, without its line break: where it was asked for, and was not too long to be read.
    pub text: Option<Bytes>,
}

wire_fields!(Rejects {
    source: SourceId,
    sequence: Sequence,
    input: String,
    lines: Vec<RejectedLine>,
});

wire_fields!(RejectedLine {
    number: u64,
    offset: u64,
    workspace: Option<String>,
    reason: String,
    path: String,
} + {
    text: Option<Bytes> = None,
});
