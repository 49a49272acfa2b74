//! What can be told without asking anyone.

use crate::cause::Cause;
use crate::report::{Step, StepName, Verdict};
use crate::target::{Access, Target};

/// The shortest external ID that nobody guesses: 16 characters of letters and digits are 95 bits.
const UNGUESSABLE: usize = 16;

pub(super) fn look(target: &Target) -> Step {
    if let Access::Role(role) = &target.access {
        if role.vendor == Some(role.role.account()) {
            let what = format!("the role `{}` is in the vendor's own account", role.role);
            return Step::because(StepName::Offline, Verdict::Fail, Cause::OwnAccount, what);
        }
        let length = role.external_id.as_str().len();
        if length < UNGUESSABLE {
            let what = format!("the external ID has {length} characters, and may be guessed");
            return Step::because(StepName::Offline, Verdict::Warn, Cause::WeakExternalId, what);
        }
    }
    Step::new(StepName::Offline, Verdict::Pass, "the settings are sound")
}
