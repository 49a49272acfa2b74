//! The ARN in a `Resource` or `Principal`, as far as it goes.

use crate::pattern::{Syntax, split_fields};

/// Up to six fields; colons inside `${...}` do not part them.
#[derive(Clone, Debug)]
pub(in crate::lint) struct ArnFields<'a>(Vec<&'a str>);

impl<'a> ArnFields<'a> {
    pub(in crate::lint) fn of(text: &'a str) -> Self {
        let syntax = Syntax {
            wildcards: true,
            variables: true,
        };
        Self(split_fields(text, 6, syntax))
    }

    pub(in crate::lint) fn is_complete(&self) -> bool {
        self.0.len() == 6
    }

    fn field(&self, index: usize) -> &'a str {
        self.0.get(index).copied().unwrap_or_default()
    }

    pub(in crate::lint) fn prefix(&self) -> &'a str {
        self.field(0)
    }

    pub(in crate::lint) fn partition(&self) -> &'a str {
        self.field(1)
    }

    pub(in crate::lint) fn service(&self) -> &'a str {
        self.field(2)
    }

    pub(in crate::lint) fn region(&self) -> &'a str {
        self.field(3)
    }

    pub(in crate::lint) fn account(&self) -> &'a str {
        self.field(4)
    }

    pub(in crate::lint) fn resource(&self) -> &'a str {
        self.field(5)
    }
}

/// Whether wildcards or variables leave open what a field holds.
pub(in crate::lint) fn is_open(field: &str) -> bool {
    field.contains(['*', '?']) || field.contains("${")
}
