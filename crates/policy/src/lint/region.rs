//! The names of regions: how they are built, and how far their numbers go. Tolerates regions that are yet to come.

/// How far the numbers of an area and a direction go.
const HIGHEST: &[(&str, u8)] = &[
    ("af-south", 1),
    ("ap-east", 2),
    ("ap-northeast", 3),
    ("ap-south", 2),
    ("ap-southeast", 7),
    ("ca-central", 1),
    ("ca-west", 1),
    ("cn-north", 1),
    ("cn-northwest", 1),
    ("eu-central", 2),
    ("eu-isoe-west", 1),
    ("eu-north", 1),
    ("eu-south", 2),
    ("eu-west", 3),
    ("eusc-de-east", 1),
    ("il-central", 1),
    ("me-central", 1),
    ("me-south", 1),
    ("mx-central", 1),
    ("sa-east", 1),
    ("sa-west", 1),
    ("us-east", 2),
    ("us-gov-east", 1),
    ("us-gov-west", 1),
    ("us-iso-east", 1),
    ("us-iso-west", 1),
    ("us-isob-east", 1),
    ("us-isob-west", 1),
    ("us-isof-east", 1),
    ("us-isof-south", 1),
    ("us-west", 2),
];

const AREAS: &[&str] = &[
    "af", "ap", "ca", "cn", "eu", "eusc-de", "il", "me", "mx", "sa", "us",
];

const DIRECTIONS: &[&str] = &[
    "central",
    "east",
    "north",
    "northeast",
    "northwest",
    "south",
    "southeast",
    "southwest",
    "west",
];

/// A known place may get two more regions, and a known area three in a new direction, before this has to learn of it. In
/// the United States none has been added since 2016, and a higher number is a mistake.
const MORE: u8 = 2;
const NEW: u8 = 3;

pub(super) fn is_region(text: &str) -> bool {
    let Some((place, number)) = text.rsplit_once('-') else {
        // The region field of the ARNs of a few global services.
        return text == "global";
    };
    let Some(number) = number.parse::<u8>().ok().filter(|n| *n > 0 && number.len() == 1) else {
        return false;
    };
    if let Some((_, highest)) = HIGHEST.iter().find(|(known, _)| *known == place) {
        let more = if place.starts_with("us-") { 0 } else { MORE };
        return number <= highest + more;
    }
    let built = place
        .rsplit_once('-')
        .is_some_and(|(area, direction)| AREAS.contains(&area) && DIRECTIONS.contains(&direction));
    built && number <= NEW
}

#[cfg(test)]
mod tests {
    use super::is_region;

    #[test]
    fn regions() {
        for known in [
            "us-east-1",
            "eu-central-1",
            "cn-northwest-1",
            "us-gov-west-1",
            "eu-east-1",
            "ap-southeast-7",
        ] {
            assert!(is_region(known), "{known}");
        }
        for wrong in [
            "us-east-3",
            "eu-central-9",
            "us-east",
            "us-east-1a",
            "mars-north-1",
            "useast1",
            "",
            "us-east-01",
            "us-up-1",
        ] {
            assert!(!is_region(wrong), "{wrong}");
        }
    }
}
