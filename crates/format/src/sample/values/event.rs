//! What happened: ids, times, places, purchases.
//! Whom it happened to is told by `person`.

use super::Maker;
use crate::sample::random::mix;

pub(super) fn maker(event_type: &str, name: &str) -> Option<Maker> {
    Some(match name {
        // The low half alone makes it unique: `mix` never maps two counts to one number.
        "id" => |s| {
            let high = s.random.next();
            s.uuid(high, mix(s.count));
        },
        "time" => |s| s.number(s.at_ms / 1000),
        "time_ms" => |s| s.number(s.at_ms),
        "app_id" => |s| s.id_of(s.workspace.salt(), s.person.aspect(20) % 3),
        "app_group_id" => |s| {
            let salt = s.workspace.salt();
            s.hex(&[mix(salt), mix(salt ^ 1)], 24);
        },
        "session_id" => |s| {
            let day = s.at_ms / 3_600_000;
            s.id_of(s.person.aspect(21), day);
        },
        "sdk_version" => |s| s.one_of(&["13.2.1", "35.0.0", "5.6.1", "34.1.0"]),
        "name" => |s| {
            s.one_of(&[
                "viewed_product",
                "searched",
                "added_to_cart",
                "shared_article",
                "level_up",
                "started_trial",
            ])
        },
        "properties" if event_type.ends_with("Purchase") => |s| {
            let (quantity, size) = (1 + s.random.below(3), s.random.below(5));
            s.nested(format_args!(
                "{{\"quantity\":{quantity},\"size\":\"{size}XL\",\"gift\":{}}}",
                size == 0
            ));
        },
        "properties" => |s| {
            let (item, page) = (s.random.below(4000), s.random.below(40));
            let term = s
                .random
                .pick(&["blue shoes", "café au lait", "\"exact\"", "winter coat", "a/b"])
                .unwrap_or_default();
            s.nested(format_args!(
                "{{\"item\":\"sku-{item:05}\",\"page\":{page},\"term\":{term:?},\"from_search\":{}}}",
                page < 9
            ));
        },
        "product_id" => |s| {
            let item = s.random.below(4000);
            s.plain(format_args!("sku-{item:05}"));
        },
        "price" => |s| {
            let quarters = 2 + s.random.below(160) + s.random.below(240);
            s.float(quarters as f32 / 4.0);
        },
        "currency" => |s| s.one_of(&["USD", "USD", "EUR", "EUR", "GBP", "JPY", "BRL"]),
        "duration" if event_type.ends_with("SessionEnd") => |s| {
            let quarters = s.random.below(400) + s.random.below(2400);
            s.float(quarters as f32 / 4.0);
        },
        "latitude" => |s| {
            let offset = s.random.below(32) as f32 / 64.0;
            s.float(s.person.place().latitude + offset);
        },
        "longitude" => |s| {
            let offset = s.random.below(32) as f32 / 64.0;
            s.float(s.person.place().longitude + offset);
        },
        "altitude" => |s| {
            let halves = s.random.below(900);
            s.float(halves as f32 / 2.0);
        },
        "ll_accuracy" => |s| {
            let halves = 6 + s.random.below(100);
            s.float(halves as f32 / 2.0);
        },
        _ => return None,
    })
}
