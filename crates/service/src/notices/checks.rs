//! What is told of a check: that it passed, or the step that failed it. Pure.

use bucketline_check::{Report, ReportKind, Reports, Step, Turn as CheckTurn, Verdict};
use bucketline_notify::{AwsAnswer, Event, EventData, EventKind, Subject, Timestamp, Turn};

use crate::model::{Destination, Installation};

/// An event for each report.
pub(super) fn events(
    installation: &Installation,
    reports: &Reports,
    now: Timestamp,
) -> impl Iterator<Item = Event> {
    reports
        .0
        .iter()
        .map(move |report| event(installation, report, now))
}

/// The event of one report.
pub(super) fn event(installation: &Installation, report: &Report, now: Timestamp) -> Event {
    let id = report.id.as_str();
    let (subject, workspace, name) = match report.kind {
        ReportKind::Connector => {
            let connector = installation.connectors.iter().find(|c| c.id.as_str() == id);
            let workspace = connector.map(|connector| connector.workspace.to_string());
            (
                Subject::connector(id),
                workspace,
                connector.map(|c| c.name.clone()),
            )
        }
        ReportKind::DataExport => (Subject::data_export(id), Some(id.to_owned()), None),
        _ => (Subject::grant(id), workspace_of(installation, id), None),
    };
    let mut data = EventData::default();
    if let Some(name) = name {
        data = data.name(name);
    }
    let kind = if report.is_ok() {
        EventKind::CheckPassed
    } else {
        data = because(data, report);
        EventKind::CheckFailed
    };
    let event = Event::new(kind, subject, now).data(data);
    match workspace {
        Some(workspace) => event.workspace(workspace),
        None => event,
    }
}

/// The first step that failed, else the first that is open.
fn because(mut data: EventData, report: &Report) -> EventData {
    let of = |verdict: Verdict| report.steps.iter().find(|step| step.verdict == verdict);
    let Some(step) = of(Verdict::Fail).or_else(|| of(Verdict::Inconclusive)) else {
        return data;
    };
    data = data.cause(step.step.as_str()).what(&step.what);
    if let Some(remedy) = &step.remedy {
        data = data.remedy(remedy);
    }
    if let Some(turn) = step.turn {
        data = data.turn(match turn {
            CheckTurn::Customer => Turn::Customer,
            CheckTurn::Us => Turn::Us,
            CheckTurn::Aws => Turn::Aws,
        });
    }
    match answer(step) {
        Some(answer) => data.aws(answer),
        None => data,
    }
}

fn answer(step: &Step) -> Option<AwsAnswer> {
    let mut answer = AwsAnswer::new(step.code.as_deref()?);
    if let Some(action) = &step.action {
        answer = answer.action(action);
    }
    if let Some(id) = &step.request_id {
        answer = answer.request_id(id);
    }
    Some(answer)
}

/// The workspace whose connectors and exports use a grant, if it is one alone: else what is told of it is nobody's in particular.
pub(super) fn workspace_of(installation: &Installation, grant: &str) -> Option<String> {
    let uses = |destination: &Destination| matches!(destination, Destination::Bucket(bucket) if bucket.grant == grant);
    let connectors = installation.connectors.iter();
    let connectors = connectors
        .filter(|connector| uses(&connector.destination))
        .map(|connector| connector.workspace.as_str());
    let exports = installation.data_exports.iter();
    let exports = exports
        .filter(|export| uses(&export.destination))
        .map(|export| export.workspace.as_str());
    let mut users = connectors.chain(exports);
    let first = users.next()?;
    users.all(|other| other == first).then(|| first.to_owned())
}
