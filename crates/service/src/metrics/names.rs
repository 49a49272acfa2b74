//! Every metric by its name, what it is, and the buckets of those that are distributions. Labels are ids of the configuration and closed
//! sets, so that their number is bounded.

use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};

pub(super) const BUILD_INFO: &str = "bucketline_build_info";
pub(super) const CONNECTOR_INFO: &str = "bucketline_connector_info";
pub(super) const CONNECTOR_STATE: &str = "bucketline_connector_state";
pub(super) const CONNECTOR_BLOCKED: &str = "bucketline_connector_blocked";
pub(super) const EVENTS_RECEIVED: &str = "bucketline_events_received_total";
pub(super) const EVENTS_REJECTED: &str = "bucketline_events_rejected_total";
pub(super) const EVENTS_ADMITTED: &str = "bucketline_events_admitted_total";
pub(super) const EVENTS_DELIVERED: &str = "bucketline_events_delivered_total";
pub(super) const EVENTS_DROPPED: &str = "bucketline_events_dropped_total";
pub(super) const PENDING_EVENTS: &str = "bucketline_pending_events";
pub(super) const PENDING_BYTES: &str = "bucketline_pending_bytes";
pub(super) const OLDEST_PENDING: &str = "bucketline_oldest_pending_timestamp_seconds";
pub(super) const LAST_DELIVERY: &str = "bucketline_last_delivery_timestamp_seconds";
pub(super) const DELIVERY_DELAY: &str = "bucketline_delivery_delay_seconds";
pub(super) const OBJECTS: &str = "bucketline_objects_total";
pub(super) const OBJECT_BYTES: &str = "bucketline_object_bytes_total";
pub(super) const S3_REQUESTS: &str = "bucketline_s3_requests_total";
pub(super) const S3_REQUEST_DURATION: &str = "bucketline_s3_request_duration_seconds";
pub(super) const STS_REQUESTS: &str = "bucketline_sts_requests_total";
pub(super) const STS_REQUEST_DURATION: &str = "bucketline_sts_request_duration_seconds";
pub(super) const SPOOL_BYTES: &str = "bucketline_spool_bytes";
pub(super) const FSYNC_DURATION: &str = "bucketline_fsync_duration_seconds";
pub(super) const LEDGER_BALANCED: &str = "bucketline_ledger_balanced";

/// From a quick flush to the seal age and what lies behind it, in seconds.
const CALLS: &[f64] = &[
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
];
const DELAYS: &[f64] = &[
    1.0, 10.0, 30.0, 60.0, 120.0, 300.0, 360.0, 600.0, 900.0, 1_800.0, 3_600.0, 21_600.0, 86_400.0, 172_800.0,
];

/// The distributions, and the upper bounds of their buckets.
pub(super) const HISTOGRAMS: &[(&str, &[f64])] = &[
    (DELIVERY_DELAY, DELAYS),
    (S3_REQUEST_DURATION, CALLS),
    (STS_REQUEST_DURATION, CALLS),
    (FSYNC_DURATION, CALLS),
];

/// Says of each what it is, in the exported text.
pub(super) fn describe() {
    describe_gauge!(BUILD_INFO, "The version that runs; always 1");
    describe_gauge!(CONNECTOR_INFO, "A connector and its workspace; always 1");
    describe_gauge!(
        CONNECTOR_STATE,
        "1 for the state that the connector is in, 0 for the others"
    );
    describe_gauge!(
        CONNECTOR_BLOCKED,
        "1 for the cause that blocks the connector, 0 for the others"
    );
    describe_counter!(
        EVENTS_RECEIVED,
        "Lines received, since the spool began, by what became of them"
    );
    describe_counter!(
        EVENTS_REJECTED,
        "Lines refused, since the program started, by the reason"
    );
    describe_counter!(
        EVENTS_ADMITTED,
        "Events routed to the connector, since the spool began"
    );
    describe_counter!(
        EVENTS_DELIVERED,
        "Events in objects that are known to exist, since the spool began"
    );
    describe_counter!(EVENTS_DROPPED, "Events given up, since the spool began");
    describe_gauge!(PENDING_EVENTS, "Events held for the connector");
    describe_gauge!(PENDING_BYTES, Unit::Bytes, "Stored bytes of the events held");
    describe_gauge!(
        OLDEST_PENDING,
        "When the oldest event held was accepted, by today's clock; 0 if none is held"
    );
    describe_gauge!(
        LAST_DELIVERY,
        "When the last object was found to exist; 0 if none was since the start"
    );
    describe_histogram!(DELIVERY_DELAY, "How long the oldest event of an object was held");
    describe_counter!(
        OBJECTS,
        "Objects found to exist, since the program started, by how that was learnt"
    );
    describe_counter!(OBJECT_BYTES, "Bytes of these objects");
    describe_counter!(S3_REQUESTS, "Calls to stores, by what came of them");
    describe_histogram!(S3_REQUEST_DURATION, "How long calls to stores took");
    describe_counter!(STS_REQUESTS, "Calls to STS, by what came of them");
    describe_histogram!(STS_REQUEST_DURATION, "How long calls to STS took");
    describe_gauge!(SPOOL_BYTES, Unit::Bytes, "What the spool takes of its disk");
    describe_histogram!(
        FSYNC_DURATION,
        "How long it took to write a group of records and flush it"
    );
    describe_gauge!(
        LEDGER_BALANCED,
        "1 if the counts agree with themselves; 0 is a fault to be reported"
    );
}
