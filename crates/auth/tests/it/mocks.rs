//! The mock of the port, used as a crate would that depends on this one.

use std::sync::Arc;

use bucketline_auth::{AssumeRole, Error, ErrorKind, MockSts, VendorAccount};

#[tokio::test]
async fn a_mocked_sts_serves_a_provider() {
    let mut sts = MockSts::new();
    sts.expect_assume_role()
        .withf(|request| request.external_id().is_some())
        .times(1)
        .returning(|_| Err(Error::new(ErrorKind::Throttled, "too many calls")));
    let role = "arn:aws:iam::111122223333:role/export".parse().unwrap();
    let provider = AssumeRole::new(
        Arc::new(sts),
        VendorAccount::Unknown,
        role,
        "bl-1".parse().unwrap(),
    )
    .unwrap();
    assert_eq!(provider.session().await.unwrap_err().kind(), ErrorKind::Throttled);
}
