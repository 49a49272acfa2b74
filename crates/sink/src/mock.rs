//! A mockall mock of the trait. It must not behave: each test says what it expects.

use std::fmt;

use async_trait::async_trait;

use crate::{Error, ListPage, ListToken, Object, ObjectInfo, ObjectKey, Payload, PutOptions, PutOutcome};

mockall::mock! {
    #[derive(Debug)]
    pub Sink {}

    #[async_trait]
    impl crate::Sink for Sink {
        async fn put(&self, key: &ObjectKey, payload: Payload, options: &PutOptions) -> Result<PutOutcome, Error>;
        async fn head(&self, key: &ObjectKey) -> Result<ObjectInfo, Error>;
        async fn get(&self, key: &ObjectKey) -> Result<Object, Error>;
        // Lifetimes in the order in which `async_trait` gives the trait's own; the mock needs a name for the
        // last one.
        async fn list<'s, 'p, 't>(
            &'s self,
            prefix: &'p str,
            after: Option<&'t ListToken>,
        ) -> Result<ListPage, Error>;
        async fn delete(&self, key: &ObjectKey) -> Result<(), Error>;
    }
}

impl fmt::Display for MockSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("mock")
    }
}
