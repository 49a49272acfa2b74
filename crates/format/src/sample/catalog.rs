//! Which events the generator makes, how often, and with which fields.
//! It must not know values: [`values`](super::values) does.

/// One event type as the generator makes it.
#[derive(Debug)]
pub(super) struct Kind {
    /// How often, relative to the others: many of a few types, a few of many.
    pub(super) weight: u32,
    pub(super) event_type: &'static str,
    /// The names of its fields in the order in which they are written, separated by spaces.
    pub(super) fields: &'static str,
}

const fn kind(weight: u32, event_type: &'static str, fields: &'static str) -> Kind {
    Kind {
        weight,
        event_type,
        fields,
    }
}

#[rustfmt::skip] // One entry after the other, its fields in a block.
pub(super) const KINDS: &[Kind] = &[
    kind(1900, "users.behaviors.app.SessionStart", "\
        id user_id external_user_id app_id time session_id platform os_version device_model device_id \
        app_group_id"),
    kind(1800, "users.behaviors.CustomEvent", "\
        id user_id external_user_id app_id time timezone platform os_version device_model device_id name \
        properties ad_id ad_id_type ad_tracking_enabled app_group_id"),
    kind(1500, "users.behaviors.app.SessionEnd", "\
        id user_id external_user_id app_id time duration session_id platform os_version device_model \
        device_id app_group_id"),
    kind(1400, "users.messages.email.Send", "\
        id user_id dispatch_id external_user_id time timezone campaign_id campaign_name message_variation_id \
        message_variation_name email_address canvas_id canvas_name canvas_variation_id canvas_variation_name \
        canvas_step_id canvas_step_name send_id ip_pool message_extras app_group_id from_domain"),
    kind(1340, "users.messages.email.Delivery", "\
        id user_id dispatch_id external_user_id time timezone campaign_id campaign_name message_variation_id \
        message_variation_name email_address canvas_id canvas_name canvas_variation_id canvas_variation_name \
        canvas_step_id canvas_step_name send_id sending_ip ip_pool esp from_domain app_group_id"),
    kind(1150, "users.messages.pushnotification.Send", "\
        id user_id external_user_id app_id time timezone platform campaign_id campaign_name \
        message_variation_id message_variation_name canvas_id canvas_name canvas_variation_id \
        canvas_variation_name canvas_step_id canvas_step_name send_id dispatch_id device_id ad_id ad_id_type \
        ad_tracking_enabled message_extras push_token app_group_id locale_key"),
    kind(900, "users.messages.email.Open", "\
        id user_id dispatch_id external_user_id time timezone campaign_id campaign_name message_variation_id \
        message_variation_name email_address canvas_id canvas_name canvas_variation_id canvas_variation_name \
        canvas_step_id canvas_step_name send_id user_agent ip_pool machine_open esp from_domain is_amp \
        app_group_id device_class device_os device_model browser mailbox_provider"),
    kind(360, "users.canvasstep.Progression", "\
        id user_id external_user_id device_id app_group_id time canvas_id canvas_variation_id canvas_step_id \
        progression_type is_canvas_entry exit_reason canvas_entry_id next_step_id canvas_name \
        canvas_variation_name canvas_step_name"),
    kind(300, "users.messages.inappmessage.Impression", "\
        id user_id external_user_id time timezone app_id campaign_id campaign_name message_variation_id \
        message_variation_name canvas_id canvas_name canvas_variation_id canvas_variation_name \
        canvas_step_id canvas_step_name card_id platform os_version device_model send_id device_id ad_id \
        ad_id_type ad_tracking_enabled app_group_id message_extras locale_key"),
    kind(230, "users.messages.contentcard.Impression", "\
        id user_id external_user_id content_card_id time app_id send_id campaign_id campaign_name \
        message_variation_id message_variation_name canvas_id canvas_variation_id canvas_variation_name \
        canvas_step_id canvas_step_name canvas_name timezone device_id platform os_version device_model \
        ad_id ad_id_type ad_tracking_enabled app_group_id"),
    kind(170, "users.messages.email.Click", "\
        id user_id dispatch_id external_user_id time timezone campaign_id campaign_name message_variation_id \
        message_variation_name email_address url canvas_id canvas_name canvas_variation_id \
        canvas_variation_name canvas_step_id canvas_step_name send_id user_agent ip_pool link_id link_alias \
        esp from_domain is_amp app_group_id device_class device_os device_model browser mailbox_provider \
        is_suspected_bot_click suspected_bot_click_reason"),
    kind(150, "users.behaviors.Purchase", "\
        id user_id external_user_id app_id time platform os_version device_model device_id product_id price \
        currency properties ad_id ad_id_type ad_tracking_enabled app_group_id"),
    kind(120, "users.messages.pushnotification.Open", "\
        id user_id external_user_id time timezone app_id campaign_id campaign_name message_variation_id \
        message_variation_name canvas_id canvas_name canvas_variation_id canvas_variation_name \
        canvas_step_id canvas_step_name canvas_step_message_variation_id platform os_version device_model \
        send_id dispatch_id device_id button_action_type button_string ad_id ad_id_type ad_tracking_enabled \
        app_group_id"),
    kind(100, "users.canvas.Entry", "\
        id user_id external_user_id time timezone canvas_id canvas_name canvas_variation_id \
        canvas_variation_name canvas_step_id canvas_step_name in_control_group app_group_id"),
    kind(90, "users.messages.contentcard.Send", "\
        id user_id external_user_id content_card_id time send_id campaign_id campaign_name \
        message_variation_id message_variation_name canvas_id canvas_variation_id canvas_variation_name \
        canvas_step_id canvas_step_name canvas_name timezone device_id message_extras app_group_id"),
    kind(80, "users.profile.Update", "\
        app_group_id external_user_id id time time_ms user_id app_id update_source archived first_name \
        last_name email_address gender phone_number dob timezone home_city country language \
        custom_attributes"),
    kind(80, "users.messages.sms.Send", "\
        id user_id dispatch_id external_user_id time timezone campaign_id campaign_name message_variation_id \
        message_variation_name to_phone_number subscription_group_id canvas_id canvas_name \
        canvas_variation_id canvas_variation_name canvas_step_id canvas_step_name send_id category \
        message_extras app_group_id"),
    kind(75, "users.messages.sms.CarrierSend", "\
        id user_id dispatch_id external_user_id time timezone campaign_id campaign_name message_variation_id \
        message_variation_name to_phone_number subscription_group_id from_phone_number canvas_id canvas_name \
        canvas_variation_id canvas_variation_name canvas_step_id canvas_step_name send_id app_group_id"),
    kind(70, "users.messages.sms.Delivery", "\
        id user_id dispatch_id external_user_id time timezone campaign_id campaign_name message_variation_id \
        message_variation_name to_phone_number subscription_group_id from_phone_number canvas_id canvas_name \
        canvas_variation_id canvas_variation_name canvas_step_id canvas_step_name send_id app_group_id \
        is_sms_fallback"),
    kind(70, "users.messages.banner.Impression", "\
        id user_id external_user_id app_group_id time app_id campaign_id message_variation_id gender country \
        timezone language device_id sdk_version platform os_version device_model resolution carrier browser \
        ad_id ad_id_type ad_tracking_enabled banner_placement_id campaign_name message_variation_name \
        canvas_id canvas_step_id canvas_name canvas_step_name canvas_step_message_variation_id \
        canvas_variation_id canvas_variation_name"),
    kind(60, "users.behaviors.Location", "\
        id user_id external_user_id app_id time latitude longitude altitude ll_accuracy alt_accuracy \
        platform os_version device_model device_id ad_id ad_id_type ad_tracking_enabled app_group_id"),
    kind(60, "users.messages.inappmessage.Click", "\
        id user_id external_user_id app_id time timezone campaign_id campaign_name message_variation_id \
        message_variation_name canvas_id canvas_name canvas_variation_id canvas_variation_name \
        canvas_step_id canvas_step_name card_id platform os_version device_model button_id send_id device_id \
        ad_id ad_id_type ad_tracking_enabled app_group_id"),
    kind(50, "users.messages.pushnotification.IosForeground", "\
        id user_id external_user_id app_id time timezone platform campaign_id campaign_name \
        message_variation_id message_variation_name canvas_id canvas_name canvas_variation_id \
        canvas_variation_name canvas_step_id canvas_step_name send_id dispatch_id device_id ad_id ad_id_type \
        ad_tracking_enabled app_group_id"),
    kind(45, "users.messages.webhook.Send", "\
        id user_id external_user_id time timezone campaign_id campaign_name message_variation_id \
        message_variation_name canvas_id canvas_name canvas_variation_id canvas_variation_name \
        canvas_step_id canvas_step_name send_id message_extras app_group_id dispatch_id"),
    kind(40, "users.messages.whatsapp.Send", "\
        id time to_phone_number user_id external_user_id device_id timezone from_phone_number app_group_id \
        subscription_group_id campaign_id campaign_name message_variation_id message_variation_name \
        canvas_id canvas_name canvas_variation_id canvas_step_id canvas_step_name \
        canvas_step_message_variation_id dispatch_id message_extras send_id flow_id template_name message_id \
        bsuid"),
    kind(38, "users.messages.whatsapp.Delivery", "\
        id time to_phone_number user_id external_user_id device_id timezone from_phone_number app_group_id \
        subscription_group_id campaign_id campaign_name message_variation_id message_variation_name \
        canvas_id canvas_name canvas_variation_id canvas_variation_name canvas_step_id canvas_step_name \
        canvas_step_message_variation_id dispatch_id send_id flow_id template_name message_id bsuid"),
    kind(36, "users.behaviors.pushnotification.TokenStateChange", "\
        id time app_id time_ms user_id platform push_token sdk_version app_group_id external_user_id \
        push_token_device_id push_token_created_at push_token_updated_at web_push_token_user_auth \
        web_push_token_public_key ios_push_token_apns_gateway push_token_state_change_type \
        web_push_token_vapid_public_key push_token_provisionally_opted_in \
        push_token_foreground_push_disabled"),
    kind(34, "users.campaigns.Conversion", "\
        id user_id external_user_id app_id time timezone campaign_id campaign_name message_variation_id \
        message_variation_name send_id conversion_behavior_index conversion_behavior app_group_id"),
    kind(32, "users.messages.contentcard.Click", "\
        id user_id external_user_id content_card_id time app_id send_id campaign_id campaign_name \
        message_variation_id message_variation_name canvas_id canvas_variation_id canvas_step_id \
        canvas_variation_name canvas_step_name canvas_name timezone device_id platform os_version \
        device_model ad_id ad_id_type ad_tracking_enabled app_group_id"),
    kind(30, "users.messages.featureflag.Impression", "\
        id app_id app_group_id campaign_id canvas_id canvas_step_id canvas_step_message_variation_id \
        canvas_variation_id feature_flag_id_name message_variation_id external_user_id device_id time gender \
        browser carrier country device_model language os_version platform resolution sdk_version timezone \
        user_id campaign_name canvas_name canvas_step_name canvas_variation_name message_variation_name"),
    kind(28, "users.messages.whatsapp.Read", "\
        id time to_phone_number user_id external_user_id device_id timezone from_phone_number app_group_id \
        subscription_group_id campaign_id campaign_name message_variation_id message_variation_name \
        canvas_id canvas_name canvas_variation_id canvas_variation_name canvas_step_id canvas_step_name \
        canvas_step_message_variation_id dispatch_id send_id template_name message_id flow_id bsuid"),
    kind(26, "users.behaviors.subscriptiongroup.StateChange", "\
        id user_id external_user_id email_address phone_number app_id campaign_id campaign_name \
        message_variation_id message_variation_name canvas_id canvas_name canvas_variation_id \
        canvas_variation_name canvas_step_id canvas_step_name subscription_group_id subscription_status \
        channel time timezone send_id state_change_source app_group_id dispatch_id channel_identifier"),
    kind(24, "users.messages.pushnotification.Bounce", "\
        id user_id external_user_id app_id time timezone platform campaign_id campaign_name \
        message_variation_id message_variation_name canvas_id canvas_name canvas_variation_id \
        canvas_variation_name canvas_step_id canvas_step_name send_id dispatch_id device_id ad_id ad_id_type \
        ad_tracking_enabled push_token app_group_id"),
    kind(22, "users.behaviors.app.FirstSession", "\
        id user_id external_user_id app_id time session_id gender country timezone language device_id \
        sdk_version platform os_version device_model app_group_id"),
    kind(20, "users.canvas.experimentstep.SplitEntry", "\
        id user_id external_user_id time canvas_id canvas_name canvas_variation_id canvas_variation_name \
        experiment_step_id canvas_step_id canvas_step_name experiment_split_id experiment_split_name \
        in_control_group"),
    kind(18, "users.messages.contentcard.Dismiss", "\
        id user_id external_user_id content_card_id time app_id send_id campaign_id campaign_name \
        message_variation_id message_variation_name canvas_id canvas_variation_id canvas_variation_name \
        canvas_step_id canvas_step_name canvas_name timezone device_id platform os_version device_model \
        ad_id ad_id_type ad_tracking_enabled app_group_id"),
    kind(17, "users.messages.email.SoftBounce", "\
        id user_id dispatch_id external_user_id time timezone campaign_id campaign_name message_variation_id \
        message_variation_name email_address canvas_id canvas_name canvas_variation_id canvas_variation_name \
        canvas_step_id canvas_step_name send_id sending_ip ip_pool bounce_reason esp from_domain \
        app_group_id"),
    kind(16, "users.messages.email.Deferral", "\
        id time user_id external_user_id app_group_id send_id campaign_id message_variation_id canvas_id \
        canvas_variation_id canvas_step_id canvas_step_message_variation_id dispatch_id email_address \
        recipient_domain esp from_domain ip_pool sending_ip timezone deferral_reason attempt_count \
        campaign_name message_variation_name canvas_name canvas_variation_name canvas_step_name"),
    kind(15, "users.campaigns.EnrollInControl", "\
        id user_id external_user_id app_id time timezone campaign_id campaign_name message_variation_id \
        message_variation_name send_id app_group_id"),
    kind(14, "users.messages.email.Bounce", "\
        id user_id dispatch_id external_user_id time timezone campaign_id campaign_name message_variation_id \
        message_variation_name email_address canvas_id canvas_name canvas_variation_id canvas_variation_name \
        canvas_step_id canvas_step_name send_id sending_ip ip_pool bounce_reason esp from_domain is_drop \
        app_group_id"),
    kind(14, "users.behaviors.subscription.GlobalStateChange", "\
        id user_id external_user_id email_address state_change_source subscription_status channel time \
        timezone app_group_id app_id campaign_id campaign_name message_variation_id canvas_id canvas_name \
        canvas_variation_id canvas_variation_name canvas_step_id canvas_step_name send_id channel_identifier"),
    kind(13, "users.messages.sms.ShortLinkClick", "\
        id user_id external_user_id app_group_id time timezone campaign_id campaign_name \
        message_variation_id message_variation_name canvas_id canvas_name canvas_variation_id \
        canvas_variation_name canvas_step_id canvas_step_name url short_url user_agent user_phone_number \
        is_suspected_bot_click suspected_bot_click_reason"),
    kind(12, "users.canvas.Conversion", "\
        id user_id external_user_id app_id time timezone canvas_id canvas_name canvas_variation_id \
        canvas_variation_name canvas_step_id canvas_step_name conversion_behavior_index conversion_behavior \
        app_group_id"),
    kind(11, "users.messages.line.Send", "\
        app_group_id external_user_id id time user_id campaign_id campaign_name canvas_id canvas_step_id \
        canvas_step_message_variation_id canvas_step_name canvas_variation_id device_id dispatch_id \
        line_channel_id line_channel_name message_extras message_variation_id native_line_id send_id \
        subscription_group_id timezone"),
    kind(10, "users.messages.email.Unsubscribe", "\
        id user_id dispatch_id external_user_id time timezone campaign_id campaign_name message_variation_id \
        message_variation_name email_address canvas_id canvas_name canvas_variation_id canvas_variation_name \
        canvas_step_id canvas_step_name send_id ip_pool app_group_id"),
    kind(9, "users.behaviors.InstallAttribution", "\
        id user_id external_user_id time source app_group_id"),
    kind(9, "users.messages.rcs.Send", "\
        app_group_id external_user_id id time user_id campaign_name canvas_name canvas_step_name \
        canvas_variation_name category device_id dispatch_id from_rcs_sender message_extras \
        message_variation_name send_id subscription_group_id to_phone_number message_variation_id \
        canvas_variation_id canvas_step_message_variation_id canvas_step_id campaign_id canvas_id"),
    kind(8, "users.UserOrphan", "\
        id user_id external_user_id device_id app_group_id app_id time orphaned_by_id"),
    kind(8, "users.behaviors.Uninstall", "\
        id user_id external_user_id device_id app_id time app_group_id"),
    kind(7, "users.messages.whatsapp.InboundReceive", "\
        id time user_phone_number user_id external_user_id inbound_phone_number device_id timezone \
        app_group_id subscription_group_id campaign_id campaign_name message_variation_id \
        message_variation_name canvas_id canvas_name canvas_variation_id canvas_variation_name \
        canvas_step_id canvas_step_name canvas_step_message_variation_id message_body quick_reply_text \
        media_urls action catalog_id product_id flow_id flow_response_json message_id in_reply_to bsuid"),
    kind(7, "users.messages.banner.Click", "\
        id user_id external_user_id app_group_id time app_id campaign_id message_variation_id gender country \
        timezone language device_id sdk_version platform os_version device_model resolution carrier browser \
        button_id ad_id ad_id_type ad_tracking_enabled banner_placement_id campaign_name \
        message_variation_name canvas_id canvas_step_id canvas_name canvas_step_name \
        canvas_step_message_variation_id canvas_variation_id canvas_variation_name"),
    kind(6, "users.messages.pushnotification.Retry", "\
        app_group_id external_user_id id time user_id device_id app_id dispatch_id send_id campaign_id \
        message_variation_id canvas_id canvas_variation_id canvas_step_id canvas_step_message_variation_id \
        gender country timezone language platform retry_type retry_log campaign_name message_variation_name \
        canvas_name canvas_variation_name canvas_step_name"),
    kind(6, "users.messages.liveactivity.Send", "\
        id user_id external_user_id time activity_id activity_attributes_type push_to_start_token \
        update_token live_activity_event_type app_group_id app_id"),
    kind(5, "users.messages.sms.InboundReceive", "\
        id user_id external_user_id app_group_id time user_phone_number subscription_group_id \
        inbound_phone_number action message_body media_urls campaign_id campaign_name message_variation_id \
        message_variation_name canvas_id canvas_name canvas_variation_id canvas_variation_name \
        canvas_step_id canvas_step_name"),
    kind(4, "users.RandomBucketNumberUpdate", "\
        id app_group_id user_id external_user_id time random_bucket_number prev_random_bucket_number"),
    kind(4, "users.messages.email.MarkAsSpam", "\
        id user_id dispatch_id external_user_id time timezone campaign_id campaign_name message_variation_id \
        message_variation_name email_address canvas_id canvas_name canvas_variation_id canvas_variation_name \
        canvas_step_id canvas_step_name send_id user_agent ip_pool esp from_domain app_group_id"),
    kind(4, "users.messages.webhook.Failure", "\
        http_status_code endpoint_url app_group_id campaign_id canvas_id canvas_step_id \
        canvas_step_message_variation_id canvas_variation_id content_length dispatch_id external_user_id \
        host id message_variation_id raw_response retry_count send_id time url_path user_id webhook_duration \
        webhook_failure_source is_terminal campaign_name canvas_name canvas_step_name canvas_variation_name \
        message_variation_name"),
    kind(3, "users.messages.sms.Rejection", "\
        id user_id dispatch_id external_user_id time timezone campaign_id campaign_name message_variation_id \
        message_variation_name to_phone_number subscription_group_id from_phone_number error \
        provider_error_code canvas_id canvas_name canvas_variation_id canvas_variation_name canvas_step_id \
        canvas_step_name send_id app_group_id is_sms_fallback"),
    kind(3, "agentconsole.AgentExecuted", "\
        id invocation_id request_id duration prompt_tokens completion_tokens total_tokens cache_tokens \
        reasoning_tokens time agent_id agent_name model_provider model_name provider_request_id cache_hit \
        llm_owned_by_customer is_error canvas_name canvas_variation_name canvas_step_name canvas_id \
        canvas_variation_id canvas_step_id user_id external_user_id input output invocation_source error"),
    kind(3, "users.messages.email.Abort", "\
        abort_log abort_type app_group_id campaign_id campaign_name canvas_id canvas_name canvas_step_id \
        canvas_step_message_variation_id canvas_step_name canvas_variation_id canvas_variation_name \
        device_id dispatch_id email_address external_user_id id ip_pool message_variation_id \
        message_variation_name send_id time timezone user_id"),
    kind(2, "users.UserDeleteRequest", "\
        id user_id app_group_id time"),
    kind(2, "agentconsole.ToolInvocation", "\
        id tool_call_id duration time agent_id agent_name is_error tool_name tool_arguments \
        invocation_source request_id"),
];
