//! ListObjectsV2: pages of keys, by prefix and delimiter.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use s3s::dto::{
    CommonPrefix, ETag, EncodingType, ListObjectsV2Input, ListObjectsV2Output, Object, ObjectStorageClass,
    Owner, Timestamp,
};
use s3s::{S3Result, s3_error};

use super::Store;
use crate::query;
use crate::world::{ListQuery, Marker};

/// The most keys in a page.
const PAGE: usize = 1000;

impl Store {
    pub(super) fn list(&self, input: ListObjectsV2Input) -> S3Result<ListObjectsV2Output> {
        let bucket = self.bucket(&input.bucket)?;
        let asked = input.max_keys.unwrap_or(1000);
        let max_keys = usize::try_from(asked).map_err(|_| {
            s3_error!(
                InvalidArgument,
                "Argument maxKeys must be an integer between 0 and 2147483647"
            )
        })?;
        let url = match input.encoding_type.as_ref().map(EncodingType::as_str) {
            None => false,
            Some(EncodingType::URL) => true,
            Some(_) => {
                return Err(s3_error!(
                    InvalidArgument,
                    "Invalid Encoding Method specified in Request"
                ));
            }
        };
        let after =
            match &input.continuation_token {
                Some(token) => Some(read_token(token).ok_or_else(|| {
                    s3_error!(InvalidArgument, "The continuation token provided is incorrect")
                })?),
                None => input
                    .start_after
                    .clone()
                    .filter(|key| !key.is_empty())
                    .map(Marker::Key),
            };
        let listing = bucket.list(&ListQuery {
            prefix: input.prefix.as_deref().unwrap_or_default(),
            delimiter: input
                .delimiter
                .as_deref()
                .filter(|delimiter| !delimiter.is_empty()),
            after,
            max_keys: max_keys.min(PAGE),
        });

        let name = |text: &str| if url { query::encode(text) } else { text.to_owned() };
        let owner = input.fetch_owner.unwrap_or_default().then(|| Owner {
            display_name: None,
            id: Some(bucket.account().to_owned()),
        });
        let key_count = i32::try_from(listing.objects.len() + listing.prefixes.len()).ok();
        let contents = listing.objects.into_iter().map(|(key, object)| Object {
            key: Some(name(&key)),
            size: i64::try_from(object.body.len()).ok(),
            e_tag: Some(ETag::Strong(object.etag.clone())),
            last_modified: Some(Timestamp::from(object.last_modified)),
            storage_class: Some(ObjectStorageClass::from_static(ObjectStorageClass::STANDARD)),
            owner: owner.clone(),
            ..Object::default()
        });
        let prefixes = listing.prefixes.iter().map(|prefix| CommonPrefix {
            prefix: Some(name(prefix)),
        });
        Ok(ListObjectsV2Output {
            name: Some(input.bucket),
            prefix: Some(input.prefix.as_deref().map(name).unwrap_or_default()),
            delimiter: input.delimiter.as_deref().map(name),
            start_after: input.start_after.as_deref().map(name),
            max_keys: Some(asked.min(1000)),
            key_count,
            is_truncated: Some(listing.next.is_some()),
            continuation_token: input.continuation_token,
            next_continuation_token: listing.next.as_ref().map(write_token),
            contents: Some(contents.collect()),
            common_prefixes: Some(prefixes.collect()),
            encoding_type: input.encoding_type,
            ..ListObjectsV2Output::default()
        })
    }
}

/// Opaque, as AWS's is: nobody can build one from a key.
fn write_token(marker: &Marker) -> String {
    let (kind, text) = match marker {
        Marker::Key(key) => ('k', key),
        Marker::Prefix(prefix) => ('p', prefix),
    };
    URL_SAFE_NO_PAD.encode(format!("{kind}{text}"))
}

fn read_token(token: &str) -> Option<Marker> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    if let Some(key) = text.strip_prefix('k') {
        return Some(Marker::Key(key.to_owned()));
    }
    text.strip_prefix('p')
        .map(|prefix| Marker::Prefix(prefix.to_owned()))
}
