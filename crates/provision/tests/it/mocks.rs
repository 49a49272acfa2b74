//! The mock of the port, used as a crate would that depends on this one.

use std::sync::Arc;

use bucketline_provision::{Error, ErrorKind, Iam, IamName, MockIam};

#[tokio::test]
async fn a_mocked_iam_is_one_behind_a_pointer_too() {
    let mut iam = MockIam::new();
    iam.expect_get_role()
        .returning(|_| Err(Error::new(ErrorKind::NotFound, "it does not exist")));
    let iam: Arc<dyn Iam> = Arc::new(iam);
    let name: IamName = "export".parse().unwrap();
    assert_eq!(iam.get_role(&name).await.unwrap_err().kind(), ErrorKind::NotFound);
}
