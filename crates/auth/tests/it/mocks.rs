//! The mocks of the ports, used as a crate would that depends on this one.

use std::sync::Arc;

use bucketline_auth::iam::{Iam, IamName, MockIam};
use bucketline_auth::{AssumeRole, Error, ErrorKind, MockSts};

#[tokio::test]
async fn a_mocked_sts_serves_a_provider() {
    let mut sts = MockSts::new();
    sts.expect_assume_role()
        .withf(|request| request.external_id().is_some())
        .times(1)
        .returning(|_| Err(Error::new(ErrorKind::Throttled, "too many calls")));
    let role = "arn:aws:iam::111122223333:role/export".parse().unwrap();
    let provider = AssumeRole::new(Arc::new(sts), role, "bl-1".parse().unwrap());
    assert_eq!(provider.session().await.unwrap_err().kind(), ErrorKind::Throttled);
}

#[tokio::test]
async fn a_mocked_iam_is_one_behind_a_pointer_too() {
    let mut iam = MockIam::new();
    iam.expect_get_role()
        .returning(|_| Err(Error::new(ErrorKind::NotFound, "it does not exist")));
    let iam: Arc<dyn Iam> = Arc::new(iam);
    let name: IamName = "export".parse().unwrap();
    assert_eq!(iam.get_role(&name).await.unwrap_err().kind(), ErrorKind::NotFound);
}
