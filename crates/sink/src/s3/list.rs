//! `ListObjectsV2`. It must not go on to the next page by itself.

use aws_sdk_s3::types::EncodingType;
use percent_encoding::percent_decode_str;

use crate::s3::S3Sink;
use crate::s3::attempt::unusable;
use crate::{ETag, Error, ErrorKind, ListPage, ListToken, Listed, Operation};

pub(super) async fn page(sink: &S3Sink, prefix: &str, after: Option<&ListToken>) -> Result<ListPage, Error> {
    let connection = sink.connection().await?;
    let call = sink.call(Operation::List, prefix);
    let request = connection
        .client
        .list_objects_v2()
        .bucket(sink.bucket().as_str())
        .prefix(prefix)
        // XML cannot hold every character of a key.
        .encoding_type(EncodingType::Url)
        .set_continuation_token(after.map(|token| token.as_str().to_owned()))
        .set_expected_bucket_owner(sink.owner())
        .send();
    let answer = match sink.attempt(&call, request).await {
        Ok(answer) => answer,
        Err(refusal) => return Err(sink.explain(&call, &connection.region, refusal).await),
    };
    if answer.is_truncated().is_none() {
        let what = "the list does not say whether it goes on";
        return Err(unusable(sink, &call, ErrorKind::NotTheStore, what).with_status(200));
    }
    let next = answer.next_continuation_token().map(ListToken::new);
    if answer.is_truncated() == Some(true) && next.is_none() {
        return Err(unusable(
            sink,
            &call,
            ErrorKind::Unexpected,
            "the list goes on, but the answer does not say where",
        ));
    }
    let mut objects = Vec::new();
    for line in answer.contents() {
        let (Some(key), Some(size)) = (line.key(), line.size().and_then(|size| u64::try_from(size).ok()))
        else {
            return Err(unusable(
                sink,
                &call,
                ErrorKind::Unexpected,
                "a line of the list lacks its key or size",
            ));
        };
        let key = if answer.encoding_type() == Some(&EncodingType::Url) {
            decoded(key)
        } else {
            key.to_owned()
        };
        let mut listed = Listed::new(key, size);
        listed.etag = line.e_tag().map(ETag::new);
        objects.push(listed);
    }
    Ok(ListPage::new(
        objects,
        next.filter(|_| answer.is_truncated() == Some(true)),
    ))
}

/// As in the query of a URL: a plus sign is a space. What is no UTF-8 was named by somebody else; it is shown, though it
/// cannot be addressed.
fn decoded(key: &str) -> String {
    percent_decode_str(&key.replace('+', " "))
        .decode_utf8_lossy()
        .into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_back_as_they_were_put() {
        for (said, key) in [
            ("a%2Bb%3Dc/d", "a+b=c/d"),
            ("a+b", "a b"),
            ("%C3%A9%0A", "é\n"),
            ("%FF%", "\u{fffd}%"),
        ] {
            assert_eq!(decoded(said), key);
        }
    }
}
