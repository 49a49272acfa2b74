//! Credentials made to be searched for: no text that a program prints may contain them.

use crate::{AccessKey, AccessKeyId, Error, SecretAccessKey, SessionToken};

/// The public half, which may be printed.
pub const CANARY_ID: &str = "ASIACANARYCANARY0001";
/// The secret half, which may not.
pub const CANARY_SECRET: &str = "CANARYSECRETxMENGbPxRfiCYzzzzzzzzzzzzzzz";
/// The session token, which may not either.
pub const CANARY_TOKEN: &str = "CANARYTOKENxIQoJb3JpZ2luX2VjEJrzzzzzzzz==";

/// The canary as a temporary access key.
///
/// # Errors
///
/// None: the constants are valid.
pub fn canary_key() -> Result<AccessKey, Error> {
    let key = AccessKey::new(
        CANARY_ID.parse::<AccessKeyId>()?,
        SecretAccessKey::parse(CANARY_SECRET)?,
    );
    Ok(key.with_session_token(SessionToken::parse(CANARY_TOKEN)?))
}
