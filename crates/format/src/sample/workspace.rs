//! What a workspace has set up: its campaigns and canvases, from which messages originate.
//! Follows from the workspace's name alone.

use super::random::{Random, mix, pick};

#[derive(Debug)]
pub(super) struct Workspace {
    name: &'static str,
    people: u64,
    salt: u64,
    campaigns: Vec<Plan>,
    canvases: Vec<Plan>,
}

/// A campaign or a canvas.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) hash: u64,
    pub(super) name: String,
}

/// What a message comes from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Origin<'a> {
    /// A campaign, and which variant of its message.
    Campaign(&'a Plan, u64),
    /// A canvas, and which variant and step.
    Canvas(&'a Plan, u64, u64),
    /// Nothing that was planned.
    None,
}

impl Workspace {
    pub(super) fn new(name: &'static str, people: u64) -> Self {
        let salt = name.bytes().fold(0, |salt, byte| mix(salt ^ u64::from(byte)));
        let plans = |kind: u64, count: u64| {
            (0..count).map(move |number| {
                let hash = mix(salt ^ mix(kind << 32 | number));
                let subject = pick(SUBJECTS, hash).unwrap_or_default();
                let audience = pick(AUDIENCES, hash >> 16).unwrap_or_default();
                Plan {
                    hash,
                    name: format!("{subject} {audience}"),
                }
            })
        };
        Self {
            name,
            people,
            salt,
            campaigns: plans(1, 60).collect(),
            canvases: plans(2, 24).collect(),
        }
    }

    pub(super) const fn name(&self) -> &'static str {
        self.name
    }

    pub(super) const fn people(&self) -> u64 {
        self.people
    }

    pub(super) const fn salt(&self) -> u64 {
        self.salt
    }

    pub(super) fn origin(&self, event_type: &str, random: &mut Random) -> Origin<'_> {
        let from_canvas = if event_type.starts_with("users.canvas") {
            true
        } else if event_type.starts_with("users.campaigns") {
            false
        } else if event_type.starts_with("users.messages") {
            random.chance(350)
        } else {
            return Origin::None;
        };
        let draw = random.next();
        let plan = |plans| least(plans, draw);
        let variant = (draw >> 40) % 3;
        match if from_canvas {
            plan(&self.canvases)
        } else {
            plan(&self.campaigns)
        } {
            Some(found) if from_canvas => Origin::Canvas(found, variant, (draw >> 48) % 6),
            Some(found) => Origin::Campaign(found, variant),
            None => Origin::None,
        }
    }
}

/// One of the plans, those at the front more often.
fn least(plans: &[Plan], draw: u64) -> Option<&Plan> {
    let of = |draw: u64| usize::try_from(draw % (plans.len() as u64).max(1)).unwrap_or_default();
    plans.get(of(draw & 0xf_ffff).min(of((draw >> 20) & 0xf_ffff)))
}

const SUBJECTS: &[&str] = &[
    "Spring sale 🌱",
    "Welcome series",
    "Cart reminder",
    "Weekly digest",
    "\"We miss you\"",
    "Price drop",
    "Order update",
    "Loyalty points",
    "Café newsletter",
    "New season",
    "App update",
    "Survey: 2 minutes",
    "Birthday",
    "Back in stock",
];

const AUDIENCES: &[&str] = &[
    "(all)",
    "(new users)",
    "(VIP)",
    "(EU)",
    "(US & CA)",
    "(lapsed 30d)",
    "(iOS)",
    "(Android)",
    "- test",
    "- Nov 2026",
];
