//! The condition keys that every service understands, with the prefix `aws:`
//! (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>).

use super::{KeyInfo, KeyType};

const ONE: bool = false;
const MANY: bool = true;

/// Name, type, and whether a request can carry several values. A slash at the end: any tag follows.
pub(in crate::lint) const GLOBAL: &[(&str, KeyType, bool)] = &[
    // Of the caller.
    ("aws:PrincipalArn", KeyType::Arn, ONE),
    ("aws:PrincipalAccount", KeyType::String, ONE),
    ("aws:PrincipalOrgID", KeyType::String, ONE),
    ("aws:PrincipalOrgMasterAccountId", KeyType::String, ONE),
    ("aws:PrincipalOrgPaths", KeyType::String, MANY),
    ("aws:PrincipalTag/", KeyType::String, ONE),
    ("aws:PrincipalIsAWSService", KeyType::Bool, ONE),
    ("aws:PrincipalServiceName", KeyType::String, ONE),
    ("aws:PrincipalServiceNamesList", KeyType::String, MANY),
    ("aws:PrincipalType", KeyType::String, ONE),
    ("aws:userid", KeyType::String, ONE),
    ("aws:username", KeyType::String, ONE),
    // Of the session.
    ("aws:AssumedRoot", KeyType::Bool, ONE),
    ("aws:FederatedProvider", KeyType::String, ONE),
    ("aws:TokenIssueTime", KeyType::Date, ONE),
    ("aws:MultiFactorAuthAge", KeyType::Numeric, ONE),
    ("aws:MultiFactorAuthPresent", KeyType::Bool, ONE),
    ("aws:ChatbotSourceArn", KeyType::Arn, ONE),
    ("aws:Ec2InstanceSourceVpc", KeyType::String, ONE),
    ("aws:Ec2InstanceSourcePrivateIPv4", KeyType::IpAddress, ONE),
    ("aws:SourceIdentity", KeyType::String, ONE),
    ("aws:SignInSessionArn", KeyType::Arn, ONE),
    // Of the network.
    ("aws:SourceIp", KeyType::IpAddress, ONE),
    ("aws:SourceVpc", KeyType::String, ONE),
    ("aws:SourceVpcArn", KeyType::Arn, ONE),
    ("aws:SourceVpce", KeyType::String, ONE),
    ("aws:VpceAccount", KeyType::String, ONE),
    ("aws:VpceOrgID", KeyType::String, ONE),
    ("aws:VpceOrgPaths", KeyType::String, MANY),
    ("aws:VpcSourceIp", KeyType::IpAddress, ONE),
    // Of the resource.
    ("aws:ResourceAccount", KeyType::String, ONE),
    ("aws:ResourceOrgID", KeyType::String, ONE),
    ("aws:ResourceOrgPaths", KeyType::String, MANY),
    ("aws:ResourceTag/", KeyType::String, ONE),
    // Of the request.
    ("aws:CalledVia", KeyType::String, MANY),
    ("aws:CalledViaFirst", KeyType::String, ONE),
    ("aws:CalledViaLast", KeyType::String, ONE),
    ("aws:CalledViaAWSMCP", KeyType::String, ONE),
    ("aws:ViaAWSService", KeyType::Bool, ONE),
    ("aws:ViaAWSMCPService", KeyType::Bool, ONE),
    ("aws:IsMcpServiceAction", KeyType::Bool, ONE),
    ("aws:CurrentTime", KeyType::Date, ONE),
    ("aws:EpochTime", KeyType::Epoch, ONE),
    ("aws:Referer", KeyType::String, ONE),
    ("aws:RequestedRegion", KeyType::String, ONE),
    ("aws:RequestTag/", KeyType::String, ONE),
    ("aws:TagKeys", KeyType::String, MANY),
    ("aws:SecureTransport", KeyType::Bool, ONE),
    ("aws:SourceArn", KeyType::Arn, ONE),
    ("aws:SourceAccount", KeyType::String, ONE),
    ("aws:SourceOrgID", KeyType::String, ONE),
    ("aws:SourceOrgPaths", KeyType::String, MANY),
    ("aws:SourceOwner", KeyType::String, ONE),
    ("aws:UserAgent", KeyType::String, ONE),
];

/// Whether the key claims to be a global one.
pub(in crate::lint) fn is_global(key: &str) -> bool {
    key.get(..4)
        .is_some_and(|prefix| prefix.eq_ignore_ascii_case("aws:"))
}

pub(super) fn find(key: &str) -> Option<KeyInfo> {
    let matches = |name: &str| {
        if name.ends_with('/') {
            let head = key.get(..name.len());
            key.len() > name.len() && head.is_some_and(|head| head.eq_ignore_ascii_case(name))
        } else {
            name.eq_ignore_ascii_case(key)
        }
    };
    let (_, kind, multivalued) = GLOBAL.iter().copied().find(|(name, _, _)| matches(name))?;
    Some(KeyInfo { kind, multivalued })
}
