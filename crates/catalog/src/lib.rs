#![doc = include_str!("../README.md")]

mod action;
#[cfg(feature = "embedded")]
mod built_in;
mod catalog;
mod condition_key;
mod error;
#[cfg(feature = "json")]
mod json;
mod packed;
mod resource_type;
mod service;

pub use action::{AccessLevel, Action, ActionResource};
pub use catalog::Catalog;
pub use condition_key::{ConditionKey, ValueType};
pub use error::{Error, ErrorKind};
pub use resource_type::ResourceType;
pub use service::Service;

/// Text that is either part of the program or was read at run time.
type Text = std::borrow::Cow<'static, str>;
