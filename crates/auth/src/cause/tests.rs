//! Each cause has a name of its own, words and advice. What each code is read as is tested as answers are.

use std::collections::BTreeSet;

use super::Cause;

const ALL: [Cause; 24] = [
    Cause::ClockSkew,
    Cause::WrongSecret,
    Cause::UnknownKey,
    Cause::ExpiredToken,
    Cause::InvalidToken,
    Cause::InvalidWebIdentity,
    Cause::IdentityProvider,
    Cause::Denied,
    Cause::AccountProblem,
    Cause::RegionDisabled,
    Cause::PackedPolicyTooLarge,
    Cause::MalformedPolicy,
    Cause::Duration,
    Cause::Parameter,
    Cause::UnknownCall,
    Cause::Throttled,
    Cause::ServiceTrouble,
    Cause::Slow,
    Cause::Missing,
    Cause::Exists,
    Cause::Conflict,
    Cause::Limit,
    Cause::NotFromAws,
    Cause::Unrecognised,
];

#[test]
fn every_cause_has_a_name_of_its_own_words_and_advice() {
    let names: BTreeSet<&str> = ALL.iter().map(|cause| cause.name()).collect();
    assert_eq!(names.len(), ALL.len());
    for cause in ALL {
        assert!(
            !cause.meaning().is_empty() && !cause.remedy().is_empty(),
            "{cause:?}"
        );
        assert!(
            !cause.meaning().ends_with('.') && !cause.remedy().ends_with('.'),
            "{cause:?}"
        );
    }
}
