#![doc = include_str!("../README.md")]

pub mod api;
pub mod ddl;
mod endpoint;
mod error;
pub mod exports;
pub mod file;
pub mod grants;
pub mod input;
pub mod metrics;
pub mod model;
pub mod notices;
mod number;
mod printable;
mod problem;
pub mod rejects;
pub mod schemas;
mod shared_folder;
pub mod supervise;
pub mod upkeep;
mod variables;
pub mod verify;
pub mod wire;

pub use error::{Error, ErrorKind};
pub use number::thousands;
pub use printable::printable;
pub use problem::{Problem, chain};
pub use variables::Variables;
