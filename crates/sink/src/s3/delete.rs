//! `DeleteObject`. It must not ask whether there is anything to delete.

use crate::s3::S3Sink;
use crate::{Error, ErrorKind, ObjectKey, Operation};

pub(super) async fn delete(sink: &S3Sink, key: &ObjectKey) -> Result<(), Error> {
    let connection = sink.connection().await?;
    let call = sink.call(Operation::Delete, key.as_str());
    let request = connection
        .client
        .delete_object()
        .bucket(sink.bucket().as_str())
        .key(key.as_str())
        .set_expected_bucket_owner(sink.owner())
        .send();
    match sink.attempt(&call, request).await {
        Ok(_) => Ok(()),
        Err(refusal) => {
            let error = sink.explain(&call, &connection.region, refusal).await;
            // AWS answers 204 for an absent object; not every store does.
            if *error.kind() == ErrorKind::NotFound {
                Ok(())
            } else {
                Err(error)
            }
        }
    }
}
