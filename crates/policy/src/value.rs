//! What condition operators compare: instants, decimals, address ranges, bytes. Read here and nowhere else, so that the
//! evaluator, the linter and the comparison cannot differ on what a value means.

mod base64;
mod cidr;
mod decimal;
mod instant;

pub(crate) use base64::decode as decode_base64;
pub(crate) use cidr::Cidr;
pub(crate) use decimal::Decimal;
pub(crate) use instant::Instant;
