//! The users that events are about: who they are follows from a number alone, so the same user looks the same in every event.
//! All of them are invented: e-mail domains and telephone numbers are of the kinds reserved for examples.

use super::random::{Random, mix, pick};
use super::workspace::Workspace;

#[derive(Debug, Clone, Copy)]
pub(super) struct Person {
    pub(super) number: u64,
    hash: u64,
}

/// Where someone lives, in degrees that are exact in 32 bits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) timezone: &'static str,
    pub(super) country: &'static str,
    pub(super) language: &'static str,
    pub(super) city: &'static str,
    pub(super) latitude: f32,
    pub(super) longitude: f32,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Device {
    pub(super) platform: &'static str,
    pub(super) model: &'static str,
    pub(super) os_version: &'static str,
    pub(super) resolution: &'static str,
}

impl Person {
    /// Some of a workspace's users are far more active than others.
    pub(super) fn draw(workspace: &Workspace, random: &mut Random) -> Self {
        let unit = random.below(1 << 20);
        let number = (unit * unit * workspace.people()) >> 40;
        Self {
            number,
            hash: mix(workspace.salt() ^ mix(number)),
        }
    }

    /// A hash of one aspect of the person.
    pub(super) const fn aspect(&self, which: u64) -> u64 {
        mix(self.hash ^ which.wrapping_mul(0xa076_1d64_78bd_642f))
    }

    /// Whether an aspect holds, for `per_mille` of all people.
    pub(super) const fn is(&self, which: u64, per_mille: u64) -> bool {
        self.aspect(which) % 1000 < per_mille
    }

    pub(super) fn place(&self) -> Place {
        pick(PLACES, self.aspect(1)).unwrap_or(HOME)
    }

    pub(super) fn device(&self) -> Device {
        pick(DEVICES, self.aspect(2)).unwrap_or(BROWSER)
    }

    pub(super) fn first_name(&self) -> &'static str {
        pick(FIRST_NAMES, self.aspect(3)).unwrap_or_default()
    }

    pub(super) fn last_name(&self) -> &'static str {
        pick(LAST_NAMES, self.aspect(4)).unwrap_or_default()
    }

    pub(super) fn mail_domain(&self) -> &'static str {
        pick(MAIL_DOMAINS, self.aspect(5)).unwrap_or_default()
    }

    pub(super) fn mailbox_provider(&self) -> &'static str {
        pick(MAILBOX_PROVIDERS, self.aspect(5)).unwrap_or_default()
    }
}

const HOME: Place = place("Europe/Berlin", "DE", "de", "Berlin", 52.515_625, 13.406_25);
const BROWSER: Device = Device {
    platform: "web",
    model: "Chrome",
    os_version: "Windows 11",
    resolution: "1920x1080",
};

const fn place(
    timezone: &'static str,
    country: &'static str,
    language: &'static str,
    city: &'static str,
    latitude: f32,
    longitude: f32,
) -> Place {
    Place {
        timezone,
        country,
        language,
        city,
        latitude,
        longitude,
    }
}

const PLACES: &[Place] = &[
    HOME,
    place(
        "America/New_York",
        "US",
        "en",
        "New York",
        40.703_125,
        -74.015_625,
    ),
    place("America/Chicago", "US", "en", "Chicago", 41.875, -87.625),
    place(
        "America/Los_Angeles",
        "US",
        "en",
        "Los Angeles",
        34.046_875,
        -118.25,
    ),
    place("Europe/London", "GB", "en", "London", 51.5, -0.125),
    place("Europe/Paris", "FR", "fr", "Paris", 48.859_375, 2.343_75),
    place("Europe/Madrid", "ES", "es", "Málaga", 36.718_75, -4.421_875),
    place(
        "America/Sao_Paulo",
        "BR",
        "pt",
        "São Paulo",
        -23.546_875,
        -46.640_625,
    ),
    place("Asia/Tokyo", "JP", "ja", "東京", 35.6875, 139.687_5),
    place("Asia/Kolkata", "IN", "hi", "Mumbai", 19.078_125, 72.875),
    place("Australia/Sydney", "AU", "en", "Sydney", -33.875, 151.25),
];

const DEVICES: &[Device] = &[
    Device {
        platform: "ios",
        model: "iPhone15,2",
        os_version: "26.1",
        resolution: "1179x2556",
    },
    Device {
        platform: "ios",
        model: "iPhone14,5",
        os_version: "18.7.1",
        resolution: "1170x2532",
    },
    Device {
        platform: "ios",
        model: "iPhone17,3",
        os_version: "26.1",
        resolution: "1179x2556",
    },
    Device {
        platform: "ios",
        model: "iPad13,18",
        os_version: "26.0",
        resolution: "1640x2360",
    },
    Device {
        platform: "android",
        model: "SM-S921B",
        os_version: "16",
        resolution: "1080x2340",
    },
    Device {
        platform: "android",
        model: "Pixel 9",
        os_version: "16",
        resolution: "1080x2424",
    },
    Device {
        platform: "android",
        model: "SM-A546E",
        os_version: "15",
        resolution: "1080x2340",
    },
    Device {
        platform: "android",
        model: "2201117TG",
        os_version: "13",
        resolution: "1080x2400",
    },
    BROWSER,
];

const FIRST_NAMES: &[&str] = &[
    "Ana", "Ben", "Chloé", "Deniz", "Emma", "Farid", "Grace", "Hana", "Ivan", "Jürgen", "Kofi", "Lena",
    "Maria", "Noah", "Olu", "Priya", "Quentin", "Rosa", "Søren", "Tomás", "Uma", "Vera", "Wei", "Xena",
    "Yuki", "Zoë",
];

const LAST_NAMES: &[&str] = &[
    "Adeyemi", "Brown", "Costa", "Dubois", "Eriksen", "Fischer", "García", "Haddad", "Ito", "Jones",
    "Kowalski", "López", "Müller", "Nguyen", "O'Brien", "Patel", "Rossi", "Sato", "Taylor", "Ünal", "Vargas",
    "Weber", "Yılmaz", "Zhang",
];

const MAIL_DOMAINS: &[&str] = &[
    "example.com",
    "example.org",
    "example.net",
    "mail.example",
    "post.example",
];
const MAILBOX_PROVIDERS: &[&str] = &["gmail", "yahoo", "outlook", "icloud", "other"];
