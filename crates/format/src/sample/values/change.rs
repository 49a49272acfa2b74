//! What changed or ran: tokens, subscriptions, profiles, webhooks, agents.
//! Everything that is not about messages or behaviour.

use super::Maker;

pub(super) fn maker(event_type: &str, name: &str) -> Option<Maker> {
    Some(match name {
        "source" => |s| s.one_of(&["organic", "search ads", "partner"]),
        "push_token_state_change_type" => |s| s.one_of(&["add", "update", "remove"]),
        "push_token_created_at" | "push_token_updated_at" => {
            |s| s.number(s.at_ms / 1000 - s.person.aspect(34) % 8_000_000)
        }
        "push_token_foreground_push_disabled" => |s| s.boolean(false),
        "ios_push_token_apns_gateway" => |s| {
            if s.person.device().platform == "ios" {
                s.number(2);
            }
        },
        "subscription_status" => |s| s.one_of(&["subscribed", "unsubscribed"]),
        "channel" => |s| s.one_of(&["email", "push", "sms"]),
        "state_change_source" => |s| s.one_of(&["rest", "preference_center", "sdk"]),
        "update_source" => |s| s.one_of(&["sdk", "rest", "import"]),
        "custom_attributes" => |s| {
            let (points, tier) = (
                s.random.below(5000),
                s.random.pick(&["basic", "silver", "gold"]).unwrap_or_default(),
            );
            s.nested(format_args!(
                "{{\"loyalty_points\":{points},\"tier\":\"{tier}\",\"opt_in\":null}}"
            ));
        },
        "activity_id" => |s| {
            let id = s.random.next();
            s.id_of(id, 3);
        },
        "activity_attributes_type" => |s| s.text("DeliveryAttributes"),
        "live_activity_event_type" => |s| s.one_of(&["start", "update", "update", "end"]),
        "http_status_code" => |s| {
            let status = s.random.pick(&[500, 502, 503, 404]).unwrap_or_default();
            s.number(status);
        },
        "webhook_duration" | "content_length" => |s| {
            let number = 20 + s.random.below(4000);
            s.number(number);
        },
        "webhook_failure_source" => |s| s.text("customer"),
        "endpoint_url" => |s| s.plain(format_args!("https://hooks.{}.example/in", s.workspace.name())),
        "host" => |s| s.plain(format_args!("hooks.{}.example", s.workspace.name())),
        "url_path" => |s| s.text("/in"),
        "raw_response" => |s| s.text("<html>\r\n\t<h1>502 Bad Gateway</h1>\r\n</html>"),
        "error" if event_type.starts_with("users.") => |s| s.text("Message filtered"),
        "agent_id" | "invocation_id" | "request_id" | "tool_call_id" => |s| {
            let id = s.random.next();
            s.id_of(id, 4);
        },
        "agent_name" => |s| s.one_of(&["Subject line writer", "Send-time \"coach\""]),
        "model_provider" => |s| s.text("example-ai"),
        "model_name" => |s| s.text("example-large-3"),
        "invocation_source" => |s| s.text("canvas"),
        "tool_name" => |s| s.text("lookup_catalog"),
        "tool_arguments" => |s| {
            let item = s.random.below(4000);
            s.nested(format_args!("{{\"sku\":\"sku-{item:05}\"}}"));
        },
        "duration" | "prompt_tokens" | "completion_tokens" | "total_tokens" => |s| {
            let number = 50 + s.random.below(4000);
            s.number(number);
        },
        "cache_tokens" | "reasoning_tokens" => |s| s.number(0),
        "cache_hit" | "llm_owned_by_customer" | "is_error" => |s| s.boolean(false),
        _ => return None,
    })
}
