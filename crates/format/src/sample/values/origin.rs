//! The campaign or canvas that a message comes from.
//! Fields of the one that it does not come from have no value.

use super::Maker;
use crate::sample::workspace::Origin;

pub(super) fn maker(name: &str) -> Option<Maker> {
    Some(match name {
        "campaign_id" => |s| match s.origin {
            Origin::Campaign(plan, _) => s.id_of(plan.hash, 1),
            _ => s.null(),
        },
        "campaign_name" => |s| {
            if let Origin::Campaign(plan, _) = s.origin {
                s.text(&plan.name);
            }
        },
        "message_variation_id" => |s| {
            if let Origin::Campaign(plan, variant) = s.origin {
                s.id_of(plan.hash, 10 + variant);
            }
        },
        "message_variation_name" => |s| {
            if let Origin::Campaign(_, variant) = s.origin {
                s.plain(format_args!("Variant {}", variant + 1));
            }
        },
        "canvas_id" => |s| match s.origin {
            Origin::Canvas(plan, ..) => s.id_of(plan.hash, 1),
            _ => s.null(),
        },
        "canvas_name" => |s| {
            if let Origin::Canvas(plan, ..) = s.origin {
                s.text(&plan.name);
            }
        },
        "canvas_variation_id" => |s| {
            if let Origin::Canvas(plan, variant, _) = s.origin {
                s.id_of(plan.hash, 10 + variant);
            }
        },
        "canvas_variation_name" => |s| {
            if let Origin::Canvas(_, variant, _) = s.origin {
                s.plain(format_args!("Path {}", variant + 1));
            }
        },
        "canvas_step_id" | "experiment_step_id" => |s| {
            if let Origin::Canvas(plan, _, step) = s.origin {
                s.id_of(plan.hash, 20 + step);
            }
        },
        "canvas_step_name" => |s| {
            if let Origin::Canvas(_, _, step) = s.origin {
                s.plain(format_args!("Step {}", step + 1));
            }
        },
        "next_step_id" => |s| {
            if let Origin::Canvas(plan, _, step) = s.origin
                && step < 5
            {
                s.id_of(plan.hash, 21 + step);
            }
        },
        "canvas_entry_id" => |s| {
            let entry = s.random.next();
            s.id_of(entry, 2);
        },
        "experiment_split_id" => |s| {
            if let Origin::Canvas(plan, variant, _) = s.origin {
                s.id_of(plan.hash, 30 + variant);
            }
        },
        "experiment_split_name" => |s| s.one_of(&["A", "B", "Delay"]),
        "in_control_group" => |s| {
            let control = s.random.chance(100);
            s.boolean(control);
        },
        "is_canvas_entry" | "is_terminal" => |s| {
            let is = s.random.chance(200);
            s.boolean(is);
        },
        "progression_type" => |s| s.one_of(&["entered", "advanced", "advanced", "exited"]),
        "exit_reason" => |s| {
            if s.random.chance(80) {
                s.text("audience_mismatch");
            }
        },
        "conversion_behavior" => |s| {
            s.nested(format_args!(
                "{{\"type\":\"Makes Any Purchase\",\"window\":{}}}",
                86_400 * 3
            ))
        },
        "conversion_behavior_index" => |s| {
            let index = s.random.below(2);
            s.number(index);
        },
        _ => return None,
    })
}
