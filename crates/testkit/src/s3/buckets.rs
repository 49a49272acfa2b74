//! ListBuckets, CreateBucket, HeadBucket, GetBucketLocation.

use s3s::dto::{
    BucketLocationConstraint, CreateBucketInput, CreateBucketOutput, GetBucketLocationInput,
    GetBucketLocationOutput, HeadBucketInput, HeadBucketOutput, ListBucketsInput, ListBucketsOutput, Owner,
    Timestamp,
};
use s3s::{S3Error, S3ErrorCode, S3Request, S3Result, s3_error};

use super::{Store, caller};
use crate::world::Bucket;

const GLOBAL: &str = "us-east-1";

impl Store {
    /// The buckets of the caller's account, all on one page.
    pub(super) fn list_all(&self, req: &S3Request<ListBucketsInput>) -> ListBucketsOutput {
        let caller = caller(req);
        let (input, world) = (&req.input, &self.gate.world);
        let mut buckets: Vec<s3s::dto::Bucket> = Vec::new();
        for bucket in world.buckets().iter().filter_map(|name| world.bucket(name)) {
            let in_region = input
                .bucket_region
                .as_deref()
                .is_none_or(|region| region == bucket.region());
            let in_prefix = input
                .prefix
                .as_deref()
                .is_none_or(|prefix| bucket.name().starts_with(prefix));
            if in_region && in_prefix && Some(bucket.account()) == caller.account() {
                buckets.push(s3s::dto::Bucket {
                    name: Some(bucket.name().to_owned()),
                    bucket_region: Some(bucket.region().to_owned()),
                    creation_date: Some(Timestamp::from(bucket.created())),
                });
            }
        }
        let owner = Owner {
            id: caller.account().map(str::to_owned),
            display_name: None,
        };
        ListBucketsOutput {
            buckets: Some(buckets),
            owner: Some(owner),
            prefix: input.prefix.clone(),
            continuation_token: None,
        }
    }

    pub(super) fn create(&self, req: &S3Request<CreateBucketInput>) -> S3Result<CreateBucketOutput> {
        let name = &req.input.bucket;
        let signed_for = req.region.as_ref().map_or(GLOBAL, |region| region.as_str());
        let constraint = req.input.create_bucket_configuration.as_ref();
        let constraint = constraint
            .and_then(|config| config.location_constraint.as_ref())
            .map(|region| region.as_str());
        let region = match constraint.filter(|region| !region.is_empty()).unwrap_or(GLOBAL) {
            "EU" => "eu-west-1",
            region => region,
        };
        // A regional endpoint makes buckets in its own region only; us-east-1's makes them anywhere.
        if signed_for != GLOBAL && signed_for != region {
            let what = constraint.unwrap_or("unspecified");
            let message = format!(
                "The {what} location constraint is incompatible for the region specific endpoint this request was sent to."
            );
            return Err(S3Error::with_message(
                S3ErrorCode::IllegalLocationConstraintException,
                message,
            ));
        }
        let caller = caller(req);
        let Some(account) = caller.account() else {
            return Err(s3_error!(AccessDenied, "Access Denied"));
        };
        let output = CreateBucketOutput {
            location: Some(format!("/{name}")),
        };
        match self
            .gate
            .world
            .create_bucket(Bucket::new(name, account, region, self.gate.world.clock().now()))
        {
            Ok(()) => Ok(output),
            // For compatibility, us-east-1 answers 200 to an owner who asks again.
            Err(taken) if taken.account() == account && taken.region() == GLOBAL && region == GLOBAL => {
                Ok(output)
            }
            Err(taken) if taken.account() == account => Err(s3_error!(
                BucketAlreadyOwnedByYou,
                "Your previous request to create the named bucket succeeded and you already own it."
            )),
            Err(_) => Err(s3_error!(
                BucketAlreadyExists,
                "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again."
            )),
        }
    }

    pub(super) fn head(&self, input: &HeadBucketInput) -> S3Result<HeadBucketOutput> {
        let bucket = self.bucket(&input.bucket)?;
        Ok(HeadBucketOutput {
            bucket_region: Some(bucket.region().to_owned()),
            ..HeadBucketOutput::default()
        })
    }

    pub(super) fn location(&self, input: &GetBucketLocationInput) -> S3Result<GetBucketLocationOutput> {
        let bucket = self.bucket(&input.bucket)?;
        // A bucket in us-east-1 has a constraint of null.
        let constraint = Some(bucket.region()).filter(|region| *region != GLOBAL);
        let location_constraint = constraint.map(|region| BucketLocationConstraint::from(region.to_owned()));
        Ok(GetBucketLocationOutput { location_constraint })
    }
}
