#![doc = include_str!("../README.md")]

mod cause;
mod driver;
mod paste;
mod report;
mod run;
mod table;
mod target;

pub use cause::{Cause, Turn};
pub use paste::{Paste, PasteKind};
pub use report::{Report, ReportKind, Reports, Step, StepName, Verdict};
pub use run::{Settings, check};
pub use target::{Access, Place, Reach, Role, Stores, Target};
