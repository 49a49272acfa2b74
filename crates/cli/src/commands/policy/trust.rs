//! `bucketline policy trust`: who may assume the role that a customer makes for a vendor.

use bucketline_policy::exporter::template::{TrustOptions, trust_policy};
use bucketline_policy::{AccountId, Arn, Partition};
use clap::Args;

use super::template;
use crate::command_line::Format;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};

/// Print the trust policy of a role for a vendor
///
/// The vendor's external id is demanded exactly: without it, anyone could make the vendor use somebody else's role.
#[derive(Args, Debug)]
pub(super) struct Trust {
    /// The vendor's account
    #[arg(long, value_name = "ACCOUNT", required_unless_present = "vendor_role")]
    vendor_account: Option<AccountId>,
    /// One role of the vendor, instead of its whole account
    #[arg(long, value_name = "ARN", conflicts_with = "vendor_account")]
    vendor_role: Option<Arn>,
    /// The external id that the vendor shows; several times for integrations that share the role
    #[arg(long, value_name = "ID", required = true)]
    external_id: Vec<String>,
    /// The partition of the vendor's account
    #[arg(long, default_value = "aws")]
    partition: Partition,
    /// `json`: compact, on one line
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(super) fn run(options: Trust) -> Outcome<Exit> {
    let mut ids = options.external_id.into_iter();
    let first = ids.next().unwrap_or_default();
    let mut trust = match (options.vendor_account, options.vendor_role) {
        (_, Some(role)) => TrustOptions::role(role, first),
        (Some(account), None) => TrustOptions::account(account, first).partition(options.partition),
        (None, None) => {
            return Err(Failure::usage(
                "no vendor is named: `--vendor-account` or `--vendor-role`",
            ));
        }
    };
    for id in ids {
        trust = trust.also_external_id(id);
    }
    template::print(trust_policy(&trust), options.format)
}
