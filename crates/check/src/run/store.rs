//! What the credentials may do in the bucket, asked with production's own sink. Nothing is left in the folder.

use bucketline_policy::denied::Denial;
use bucketline_sink::probe::{Protection, protection, tag_of_nothing};
use bucketline_sink::{
    Encryption, Error, ErrorKind, ObjectKey, PutMode, PutOptions, PutOutcome, Receipt, S3Sink, Sink as _,
};

use super::{Run, owner};
use crate::cause::{Cause, chain};
use crate::paste::{Paste, PasteKind};
use crate::report::{ReportKind, Step, StepName, Verdict};
use crate::target::{Place, Reach};

/// Where the test object lies: in the bucket's root, below what is ours.
pub(crate) const CHECK_KEY: &str = "_bucketline/check";
const BODY: &str = "bucketline check\n";

pub(super) async fn look(run: &mut Run<'_>, place: &Place, known: bool) {
    if !known {
        return skip_all(run, "the credentials are not good");
    }
    let mut region = place.region.clone();
    let found = run.step_with(StepName::BucketRegion, bucket_region(place)).await;
    if let Some(found) = found {
        region = Some(found);
    } else if run.ended_by(&[
        Cause::NoSuchBucket,
        Cause::UnknownKey,
        Cause::WrongSecret,
        Cause::OurCredentials,
    ]) {
        return skip_all(run, "the bucket cannot be reached");
    }
    let sink = match place.stores.open(region.as_deref(), Reach::Production) {
        Ok(sink) => sink,
        Err(error) => {
            let step = refused(StepName::BucketOwner, place, &error, "s3:ListBucket", "");
            run.step(StepName::BucketOwner, async { step }).await;
            return skip_all(run, "the bucket cannot be opened");
        }
    };
    let listed = sink.list(&below(place, ""), None).await.map(drop);
    let caller = run.caller;
    let mut found = None;
    let owned = run
        .step(
            StepName::BucketOwner,
            owner::look(place, caller, region.as_deref(), &listed, &mut found),
        )
        .await;
    run.report.owner = found;
    if !owned && run.ended_by(&[Cause::ForeignOwner]) {
        return skip_all(run, "the bucket belongs to another account");
    }
    let step = match &listed {
        Ok(()) => Step::new(StepName::List, Verdict::Pass, "the folder may be listed"),
        Err(error) => refused(StepName::List, place, error, "s3:ListBucket", ""),
    };
    run.step(StepName::List, async { step }).await;
    let receipt = run.step_with(StepName::Put, put(place, &sink)).await.flatten();
    match &receipt {
        Some(receipt) => {
            run.step(StepName::ReadBack, read_back(place, &sink)).await;
            let step = encryption(place, receipt);
            run.step(StepName::Encryption, async { step }).await;
        }
        None => {
            run.skip(StepName::ReadBack, "nothing was written");
            run.skip(StepName::Encryption, "nothing was written");
        }
    }
    run.skip(StepName::Multipart, "uploads in parts are not used");
    if run.target.kind == ReportKind::DataExport && receipt.is_some() {
        run.step(StepName::Delete, delete(place, &sink)).await;
    } else {
        run.skip(StepName::Delete, "nothing is ever deleted");
    }
    run.step(StepName::Scope, scope(place, region.as_deref())).await;
    if place.custom_endpoint && receipt.is_some() && run.target.kind != ReportKind::DataExport {
        run.step(StepName::ConditionalWrite, conditional_write(place, &sink))
            .await;
    } else {
        run.skip(
            StepName::ConditionalWrite,
            "asked of custom endpoints that were written to",
        );
    }
}

fn skip_all(run: &mut Run<'_>, why: &str) {
    for name in [
        StepName::BucketRegion,
        StepName::BucketOwner,
        StepName::List,
        StepName::Put,
        StepName::ReadBack,
        StepName::Encryption,
        StepName::Multipart,
        StepName::Delete,
        StepName::Scope,
        StepName::ConditionalWrite,
    ] {
        if run.report.step(name).is_none() {
            run.skip(name, why);
        }
    }
}

impl Run<'_> {
    /// A step that brings something along.
    async fn step_with<T>(
        &mut self,
        name: StepName,
        taken: impl Future<Output = (Step, Option<T>)>,
    ) -> Option<T> {
        let mut brought = None;
        self.step(name, async {
            let (step, with) = taken.await;
            brought = with;
            step
        })
        .await;
        brought
    }

    /// Whether the last step failed for one of these.
    fn ended_by(&self, causes: &[Cause]) -> bool {
        let last = self.report.steps.last();
        last.is_some_and(|step| {
            step.verdict == Verdict::Fail && step.cause.is_some_and(|cause| causes.contains(&cause))
        })
    }
}

async fn bucket_region(place: &Place) -> (Step, Option<String>) {
    const NAME: StepName = StepName::BucketRegion;
    let asked = |error: &Error| refused(NAME, place, error, "s3:GetBucketLocation", "");
    let sink = match place.stores.open(place.region.as_deref(), Reach::AnyOwner) {
        Ok(sink) => sink,
        Err(error) => return (asked(&error), None),
    };
    let found = match sink.location().await {
        Ok(found) => found.to_string(),
        // Asked in the wrong region, S3 names the right one.
        Err(error) => match error.kind() {
            ErrorKind::WrongRegion { region: Some(region) } => region.clone(),
            _ => return (asked(&error), None),
        },
    };
    match &place.region {
        Some(configured) if *configured != found && !place.custom_endpoint => {
            let what =
                format!("the bucket is in `{found}`, configured is `{configured}`: checked on in `{found}`");
            (
                Step::because(NAME, Verdict::Warn, Cause::WrongRegion, what),
                Some(found),
            )
        }
        _ => {
            let what = format!("the bucket is in `{found}`");
            (Step::new(NAME, Verdict::Pass, what), Some(found))
        }
    }
}

/// A key, or a prefix, in the folder; a data export may have the whole bucket.
pub(super) fn below(place: &Place, name: &str) -> String {
    if place.folder.is_empty() {
        name.to_owned()
    } else {
        format!("{}/{name}", place.folder)
    }
}

/// Inside the folder by a write that cannot be carried out; then, where it is ours, to the test object.
async fn put(place: &Place, sink: &S3Sink) -> (Step, Option<Option<Receipt>>) {
    const NAME: StepName = StepName::Put;
    let inside = below(place, "bucketline-check");
    let asked = |error: &Error, key: &str| refused(NAME, place, error, "s3:PutObject", key);
    let options = PutOptions::if_match(tag_of_nothing()).encryption(place.encryption.clone());
    if let Err(error) = write(sink, &inside, &options).await
        && !is_unmet(&error)
    {
        return (asked(&error, &inside), None);
    }
    if !place.claims {
        let step = Step::new(
            NAME,
            Verdict::Pass,
            "objects may be put below the folder; none was",
        );
        return (step, Some(None));
    }
    match replace(place, sink).await {
        Ok(receipt) => {
            let what = format!("objects may be put; the test object is `{CHECK_KEY}`");
            (Step::new(NAME, Verdict::Pass, what), Some(receipt))
        }
        Err(error) => (asked(&error, CHECK_KEY), None),
    }
}

/// The test object is created once, and then replaced by its tag: whatever else lies there is left alone.
async fn replace(place: &Place, sink: &S3Sink) -> Result<Option<Receipt>, Error> {
    let create = PutOptions::create().encryption(place.encryption.clone());
    if let PutOutcome::Created(receipt) = write(sink, CHECK_KEY, &create).await? {
        return Ok(Some(receipt));
    }
    let key = ObjectKey::parse(CHECK_KEY)?;
    let info = sink.head(&key).await?;
    let mut again = create;
    again.mode = match info.etag {
        Some(tag) => PutMode::IfMatch(tag),
        None => PutMode::Overwrite,
    };
    match write(sink, CHECK_KEY, &again).await? {
        PutOutcome::Created(receipt) => Ok(Some(receipt)),
        // Another check was quicker.
        PutOutcome::PreconditionFailed => Ok(None),
    }
}

async fn write(sink: &S3Sink, key: &str, options: &PutOptions) -> Result<PutOutcome, Error> {
    sink.put(&ObjectKey::parse(key)?, BODY.into(), options).await
}

/// A condition that does not hold, or an object that is not there to hold it: the policies have let it pass.
fn is_unmet(error: &Error) -> bool {
    *error.kind() == ErrorKind::NotFound
}

async fn read_back(place: &Place, sink: &S3Sink) -> Step {
    const NAME: StepName = StepName::ReadBack;
    let read = async { sink.get(&ObjectKey::parse(CHECK_KEY)?).await };
    match read.await {
        Ok(object) if object.payload == BODY.as_bytes() => {
            Step::new(NAME, Verdict::Pass, "the test object came back as it was put")
        }
        Ok(_) => {
            let what = "what came back is not what was put";
            Step::because(NAME, Verdict::Fail, Cause::Proxy, what)
        }
        Err(error) => refused(NAME, place, &error, "s3:GetObject", CHECK_KEY),
    }
}

fn encryption(place: &Place, receipt: &Receipt) -> Step {
    const NAME: StepName = StepName::Encryption;
    if receipt.encryption.satisfies(&place.encryption) {
        let what = match &place.encryption {
            Encryption::BucketDefault => "the bucket's own setting holds",
            _ => "the store encrypted as it was asked to",
        };
        return Step::new(NAME, Verdict::Pass, what);
    }
    let what = "the store took the object and did not say that it encrypted it as asked";
    Step::because(NAME, Verdict::Fail, Cause::EncryptionIgnored, what)
}

async fn delete(place: &Place, sink: &S3Sink) -> Step {
    const NAME: StepName = StepName::Delete;
    let deleted = async { sink.delete(&ObjectKey::parse(CHECK_KEY)?).await };
    match deleted.await {
        Ok(()) => Step::new(NAME, Verdict::Pass, "the test object was deleted"),
        Err(error) => refused(NAME, place, &error, "s3:DeleteObject", CHECK_KEY),
    }
}

/// Outside the folder and without the session policy, by a write that cannot be carried out.
async fn scope(place: &Place, region: Option<&str>) -> Step {
    const NAME: StepName = StepName::Scope;
    const OUTSIDE: &str = "bucketline-scope-probe/none";
    if place.folder.is_empty() {
        return Step::new(
            NAME,
            Verdict::Skipped,
            "no folder is set: the whole bucket is meant",
        );
    }
    let tried = async {
        let sink = place.stores.open(region, Reach::Unboxed)?;
        let options = PutOptions::if_match(tag_of_nothing()).encryption(place.encryption.clone());
        write(&sink, OUTSIDE, &options).await
    };
    match tried.await {
        Err(error) if *error.kind() == ErrorKind::AccessDenied => {
            Step::new(NAME, Verdict::Pass, "nothing can be written outside the folder")
        }
        Err(error) if !is_unmet(&error) => {
            let mut step = refused(NAME, place, &error, "s3:PutObject", OUTSIDE);
            step.verdict = Verdict::Inconclusive;
            step
        }
        _ => {
            let what = "the policies allow writing outside the folder; sessions of a role are boxed in, keys are not";
            let mut step = Step::because(NAME, Verdict::Warn, Cause::ReachesTooFar, what);
            step.action = Some("s3:PutObject".to_owned());
            step.paste = policy(place);
            step
        }
    }
}

async fn conditional_write(place: &Place, sink: &S3Sink) -> Step {
    const NAME: StepName = StepName::ConditionalWrite;
    let options = PutOptions::create().encryption(place.encryption.clone());
    let asked = async { protection(sink, &ObjectKey::parse(CHECK_KEY)?, &options).await };
    match asked.await {
        Ok(Protection::Kept) => Step::new(NAME, Verdict::Pass, "a key that exists is not overwritten"),
        Ok(Protection::Missing) => {
            let what = "no protection against a second writer: the store overwrote a key that exists";
            Step::because(NAME, Verdict::Warn, Cause::NoWriteProtection, what)
        }
        Err(error) => refused(NAME, place, &error, "s3:PutObject", CHECK_KEY),
    }
}

/// A refusal as a step: what AWS named, else what was tried.
fn refused(name: StepName, place: &Place, error: &Error, action: &str, key: &str) -> Step {
    let cause = Cause::of_sink(error);
    let verdict = if cause.is_open() {
        Verdict::Inconclusive
    } else {
        Verdict::Fail
    };
    let words = error.message().map_or_else(|| chain(error), str::to_owned);
    let denial = Denial::parse(&words);
    let named = denial.as_ref();
    let tried = match key {
        "" => format!("arn:aws:s3:::{}", place.bucket),
        key => format!("arn:aws:s3:::{}/{key}", place.bucket),
    };
    let mut step = Step::because(name, verdict, cause, words);
    step.code = error.code().map(str::to_owned);
    step.request_id = error.request_id().map(str::to_owned);
    step.action = Some(
        named
            .and_then(Denial::action)
            .map_or_else(|| action.to_owned(), ToString::to_string),
    );
    step.resource = Some(named.and_then(Denial::resource).map_or(tried, str::to_owned));
    if matches!(cause, Cause::Denied | Cause::KeyDenied) {
        step.paste = policy(place);
    }
    step
}

fn policy(place: &Place) -> Vec<Paste> {
    let document = place.policy.clone();
    document
        .map(|document| Paste::new(PasteKind::Policy, document))
        .into_iter()
        .collect()
}
