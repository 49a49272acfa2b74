//! The message: how it went out, and what came back.
//! Knows nothing of who got it.

use super::Maker;

pub(super) fn maker(name: &str) -> Option<Maker> {
    Some(match name {
        "dispatch_id" => |s| {
            let (high, low) = (s.random.next(), s.random.next());
            s.hex(&[high, low], 32);
        },
        "send_id" => |s| {
            if s.random.chance(60) {
                let number = s.random.below(100_000);
                s.plain(format_args!("send-{number}"));
            }
        },
        "user_agent" => |s| s.one_of(USER_AGENTS),
        "device_class" => |s| s.one_of(&["mobile", "mobile", "desktop", "tablet"]),
        "device_os" => |s| s.one_of(&["iOS", "Android", "Windows", "OS X"]),
        "browser" => |s| s.one_of(&["Safari", "Chrome", "Firefox", "GmailImageProxy"]),
        "machine_open" => |s| {
            if s.random.chance(300) {
                s.text("true");
            }
        },
        "ip_pool" => |s| s.one_of(&["marketing-main", "transactional"]),
        "sending_ip" => |s| {
            let last = 1 + s.random.below(254);
            s.plain(format_args!("192.0.2.{last}"));
        },
        "esp" => |s| s.text("SPARKPOST"),
        "from_domain" => |s| s.plain(format_args!("mail.{}.example", s.workspace.name())),
        "is_amp" | "is_sms_fallback" => |s| {
            if s.random.chance(100) {
                s.boolean(false);
            }
        },
        "url" => |s| {
            let page = s.random.below(500);
            s.plain(format_args!(
                "https://{}.example/p/{page}?utm_source=mail&utm_medium=crm",
                s.workspace.name()
            ));
        },
        "short_url" => |s| {
            let code = s.random.next();
            s.plain(format_args!(
                "go.{}.example/{:07x}",
                s.workspace.name(),
                code & 0xfff_ffff
            ));
        },
        "link_alias" => |s| s.one_of(&["header", "hero", "cta", "footer"]),
        "link_id" => |s| {
            let link = s.random.below(20);
            s.plain(format_args!("l{link}"));
        },
        "is_suspected_bot_click" => |s| {
            let bot = s.random.chance(70);
            s.boolean(bot);
        },
        "suspected_bot_click_reason" => |s| {
            if s.random.chance(70) {
                s.out.push_str("[\"user_agent\",\"ip_address\"]");
            }
        },
        "bounce_reason" => |s| {
            s.one_of(&[
                "550 5.1.1 user unknown",
                "552 5.2.2 \"mailbox full\"",
                "421 4.7.0 try again later",
            ])
        },
        "deferral_reason" => |s| s.text("450 4.2.1 rate limited"),
        "attempt_count" => |s| {
            let attempts = 1 + s.random.below(4);
            s.number(attempts);
        },
        "content_card_id"
        | "card_id"
        | "banner_placement_id"
        | "line_channel_id"
        | "subscription_group_id" => |s| {
            let number = s.random.below(12);
            s.id_of(s.workspace.salt(), 100 + number);
        },
        "line_channel_name" => |s| s.text("公式アカウント"),
        "button_id" => |s| s.one_of(&["0", "1", "close"]),
        "message_extras" => |s| {
            if s.random.chance(150) {
                let deal = s.random.below(90);
                s.nested(format_args!(
                    "{{\"deal\":\"{deal}\",\"deep_link\":\"app://deals/{deal}\"}}"
                ));
            }
        },
        "locale_key" => |s| {
            if s.random.chance(250) {
                s.text(s.person.place().language);
            }
        },
        "template_name" => |s| s.one_of(&["order_update_v2", "welcome", "appointment_reminder"]),
        "message_id" => |s| {
            let id = s.random.next();
            s.plain(format_args!("wamid.{id:016X}"));
        },
        "message_body" => |s| {
            s.one_of(&[
                "STOP",
                "Yes please",
                "When does it arrive?",
                "ok 👍",
                "line one\nline two",
            ])
        },
        "from_phone_number" | "inbound_phone_number" => {
            |s| s.plain(format_args!("+1888555{:04}", s.workspace.salt() % 100 + 100))
        }
        "from_rcs_sender" => |s| s.plain(format_args!("{}_rcs_agent", s.workspace.name())),
        "action" => |s| s.one_of(&["Subscribed", "Unsubscribed", "None"]),
        "media_urls" => |s| {
            if s.random.chance(200) {
                s.out.push_str("[\"https://media.example/a.jpg\",null]");
            }
        },
        "feature_flag_id_name" => |s| s.one_of(&["new_checkout", "dark_mode"]),
        "retry_type" => |s| s.text("RATE_LIMITED"),
        "retry_log" => |s| s.text("429 from the provider; tried again after a pause"),
        "abort_type" => |s| s.one_of(&["liquid_abort_message", "quiet_hours"]),
        "abort_log" => |s| s.text("{% abort_message('no coupon left') %}"),
        "provider_error_code" => |s| s.one_of(&["30007", "21610"]),
        _ => return None,
    })
}

const USER_AGENTS: &[&str] = &[
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
    "Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
];
