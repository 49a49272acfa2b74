//! The sections `[[segment]]`: whose users programs may ask for.

use std::collections::BTreeSet;

use bucketline_connector::WorkspaceId;
use bucketline_export::SegmentId;

use super::super::raw;
use super::{Checker, Declared};
use crate::model::{Segment, Workspace};

impl Checker<'_> {
    pub(super) fn segments(
        &mut self,
        segments: Vec<raw::Segment>,
        workspaces: &Declared<Workspace>,
    ) -> Vec<Segment> {
        let (mut checked, mut taken) = (Vec::new(), BTreeSet::new());
        for segment in segments {
            self.refers(workspaces, &segment.workspace, "workspace");
            let id = self.parse::<SegmentId>(&segment.id, "id", "");
            let workspace = segment.workspace.get_ref().clone();
            if !taken.insert((workspace.clone(), segment.id.get_ref().clone())) {
                let what = format!(
                    "a second segment `{}` of workspace `{workspace}`",
                    segment.id.get_ref()
                );
                self.problem(&segment.id.span(), what, "rename or remove one of them");
            }
            let span = segment.rows.span();
            let rows = match segment.rows.into_inner().resolve(self.source.folder()) {
                Ok(rows) => Some(rows),
                Err(why) => {
                    self.problem(&span, why, "");
                    None
                }
            };
            // One that is not there was told of.
            if let (Some(id), Some(rows), Ok(workspace)) = (id, rows, workspace.parse::<WorkspaceId>()) {
                checked.push(Segment { workspace, id, rows });
            }
        }
        checked
    }
}
