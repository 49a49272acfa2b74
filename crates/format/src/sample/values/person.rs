//! Whom it happened to, and on which device.
//! The same for every event of one person.

use super::Maker;

pub(super) fn maker(event_type: &str, name: &str) -> Option<Maker> {
    Some(match name {
        "user_id" => |s| s.hex(&[s.person.aspect(10), s.person.aspect(11)], 24),
        "external_user_id" => |s| {
            if s.person.is(12, 850) {
                let number = s.person.number;
                s.plain(format_args!("{}-{number:07}", s.workspace.name()));
            } else {
                s.null();
            }
        },
        "orphaned_by_id" => |s| s.hex(&[s.person.aspect(13), s.person.aspect(14)], 24),
        "email_address" => |s| {
            let person = s.person;
            s.plain(format_args!("user{}@{}", person.number, person.mail_domain()));
        },
        "recipient_domain" => |s| s.text(s.person.mail_domain()),
        "mailbox_provider" => |s| s.text(s.person.mailbox_provider()),
        "first_name" => |s| s.text(s.person.first_name()),
        "last_name" => |s| s.text(s.person.last_name()),
        "home_city" => |s| s.text(s.person.place().city),
        "timezone" => |s| s.text(s.person.place().timezone),
        "country" => |s| s.text(s.person.place().country),
        "language" => |s| s.text(s.person.place().language),
        "gender" => |s| {
            if s.person.is(15, 600) {
                s.text(if s.person.is(16, 500) { "F" } else { "M" });
            }
        },
        "platform" if event_type.ends_with("IosForeground") => |s| s.text("ios"),
        "platform" => |s| s.text(s.person.device().platform),
        "os_version" => |s| s.text(s.person.device().os_version),
        "device_model" => |s| s.text(s.person.device().model),
        "resolution" => |s| s.text(s.person.device().resolution),
        "device_id" | "push_token_device_id" => |s| s.id_of(s.person.aspect(17), 0),
        "ad_id" => |s| {
            if s.person.is(18, 250) {
                s.id_of(s.person.aspect(18), 1);
            }
        },
        "ad_id_type" => |s| {
            if s.person.is(18, 250) {
                s.text(if s.person.device().platform == "ios" {
                    "ios_idfv"
                } else {
                    "google_ad_id"
                });
            }
        },
        "ad_tracking_enabled" => |s| {
            if s.person.is(18, 250) {
                s.boolean(s.person.is(19, 400));
            }
        },
        "push_token" => |s| {
            s.hex(
                &[
                    s.person.aspect(22),
                    s.person.aspect(23),
                    s.person.aspect(24),
                    s.person.aspect(25),
                ],
                64,
            )
        },
        "push_to_start_token" | "update_token" => |s| s.hex(&[s.person.aspect(26), s.person.aspect(27)], 32),
        "phone_number" | "to_phone_number" | "user_phone_number" => |s| {
            let (area, line) = (200 + s.person.aspect(28) % 800, 100 + s.person.aspect(29) % 100);
            s.plain(format_args!("+1{area}5550{line}"));
        },
        "random_bucket_number" => |s| s.number(s.person.aspect(30) % 10_000),
        "prev_random_bucket_number" => |s| s.number(s.person.aspect(31) % 10_000),
        "native_line_id" => |s| s.hex(&[s.person.aspect(32), s.person.aspect(33)], 32),
        _ => return None,
    })
}
