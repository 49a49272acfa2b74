//! Whose the bucket is: whether it belongs to the account that it should, and where nobody said which, whether to the key's.

use bucketline_auth::AccountId;
use bucketline_sink::{Error, ErrorKind, Sink as _};

use super::store::below;
use crate::cause::Cause;
use crate::report::{Step, StepName, Verdict};
use crate::target::{Place, Reach};

/// An account that AWS gave to nobody.
const NOBODY: &str = "000000000000";

/// `listed` is how the folder was listed as production does it; `found` becomes the owner that nobody had said.
pub(super) async fn look(
    place: &Place,
    caller: Option<AccountId>,
    region: Option<&str>,
    listed: &Result<(), Error>,
    found: &mut Option<AccountId>,
) -> Step {
    match (&place.owner, caller) {
        (Some(owner), _) => demanded(place, owner, region, listed).await,
        (None, Some(caller)) => found_out(place, caller, region, listed, found).await,
        (None, None) => Step::new(StepName::BucketOwner, Verdict::Skipped, "no owner is configured"),
    }
}

/// AWS refuses a bucket of another owner with the words that it has for a missing right; asking without the owner tells
/// the two apart.
async fn demanded(
    place: &Place,
    owner: &AccountId,
    region: Option<&str>,
    listed: &Result<(), Error>,
) -> Step {
    const NAME: StepName = StepName::BucketOwner;
    match listed {
        Ok(()) => return Step::new(NAME, Verdict::Pass, format!("the bucket belongs to `{owner}`")),
        Err(error) if *error.kind() != ErrorKind::AccessDenied => {
            return Step::new(NAME, Verdict::Skipped, "the bucket could not be listed");
        }
        Err(_) => {}
    }
    if may_list(place, region, Reach::AnyOwner).await {
        return foreign(place, owner);
    }
    Step::new(
        NAME,
        Verdict::Skipped,
        "the right to list is missing, which has to come first",
    )
}

/// Where nobody said whose the bucket is: most belong to the account of the key, and then it is demanded from now on, so
/// that a bucket of the same name that somebody else makes later is not delivered into.
async fn found_out(
    place: &Place,
    caller: AccountId,
    region: Option<&str>,
    listed: &Result<(), Error>,
    found: &mut Option<AccountId>,
) -> Step {
    const NAME: StepName = StepName::BucketOwner;
    if listed.is_err() {
        return Step::new(NAME, Verdict::Skipped, "the bucket could not be listed");
    }
    // A store that passes over the demand would say yes to every account.
    if place.custom_endpoint
        && let Ok(nobody) = NOBODY.parse()
        && may_list(place, region, Reach::OwnedBy(nobody)).await
    {
        return Step::new(
            NAME,
            Verdict::Skipped,
            "the store does not look at whose a bucket is",
        );
    }
    match list(place, region, Reach::OwnedBy(caller)).await {
        Ok(()) => {
            *found = Some(caller);
            let what = format!("the bucket belongs to the key's own account `{caller}`");
            return Step::new(NAME, Verdict::Pass, what);
        }
        // Only a refusal says that it is another's.
        Err(error) if *error.kind() != ErrorKind::AccessDenied => {
            return Step::new(
                NAME,
                Verdict::Inconclusive,
                "whose the bucket is could not be asked",
            );
        }
        Err(_) => {}
    }
    let what = format!("the bucket belongs to another account than the key, which is of `{caller}`");
    let mut step = Step::because(NAME, Verdict::Warn, Cause::OwnerUnknown, what);
    step.resource = Some(format!("arn:aws:s3:::{}", place.bucket));
    step
}

async fn may_list(place: &Place, region: Option<&str>, reach: Reach) -> bool {
    list(place, region, reach).await.is_ok()
}

async fn list(place: &Place, region: Option<&str>, reach: Reach) -> Result<(), Error> {
    let sink = place.stores.open(region, reach)?;
    sink.list(&below(place, ""), None).await.map(drop)
}

fn foreign(place: &Place, owner: &AccountId) -> Step {
    let what = format!("this bucket belongs to another account than `{owner}`");
    let mut step = Step::because(StepName::BucketOwner, Verdict::Fail, Cause::ForeignOwner, what);
    step.code = Some("AccessDenied".to_owned());
    step.resource = Some(format!("arn:aws:s3:::{}", place.bucket));
    step
}
