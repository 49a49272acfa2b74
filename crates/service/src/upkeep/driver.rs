//! Looks after an installation while it runs: the one module here that starts tasks, waits and reads the clock.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bucketline_auth::{Clock, SystemClock};
use bucketline_check::ReportKind;
use bucketline_connector::{ConnectorId, Multiplexer};
use tokio::task::JoinHandle;

use super::revalidation::{LONGEST, Revalidation};
use super::schedule::Schedule;
use super::{InstallationChecks, Stamp, UpkeepEvent, UpkeepObserver};
use crate::grants::{FileGrantStore, GrantStore};
use crate::model::{Destination, GrantKind, Installation};
use crate::variables::Variables;
use crate::wire::{CredentialHandle, key_id};

/// How often files are looked at.
const FILES: Duration = Duration::from_secs(2);
/// How often is asked whether a check is due, where checks are rare.
const CHECKS: Duration = Duration::from_secs(30);
/// How often keys' ages are looked at.
const AGES: Duration = Duration::from_secs(24 * 60 * 60);
/// From when on credentials that cannot be renewed are told.
const EXPIRING: Duration = Duration::from_secs(15 * 60);

/// An installation that is looked after. Dropped, it is no longer.
#[derive(Debug)]
pub struct Upkeep {
    tasks: Vec<JoinHandle<()>>,
}

impl Upkeep {
    /// Looks after an installation whose connectors run in this multiplexer with these credentials.
    #[must_use]
    pub fn start(
        installation: &Installation,
        variables: &Variables,
        multiplexer: &Multiplexer,
        credentials: Vec<CredentialHandle>,
        observer: Arc<dyn UpkeepObserver>,
    ) -> Self {
        let files = watch_files(multiplexer.clone(), credentials, Arc::clone(&observer));
        let ages = watch_ages(installation.clone(), variables.clone(), Arc::clone(&observer));
        let mut tasks = vec![spawn(files), spawn(ages)];
        if let Some(every) = installation.checks.every {
            let checks = InstallationChecks::new(installation.clone(), variables.clone());
            let schedule = schedule(installation, every);
            let checks = revalidate(multiplexer.clone(), schedule, Arc::new(checks), observer, every);
            tasks.push(spawn(checks));
        }
        Self { tasks }
    }
}

impl Drop for Upkeep {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the driver that starts tasks")]
fn spawn(task: impl Future<Output = ()> + Send + 'static) -> JoinHandle<()> {
    tokio::spawn(task)
}

#[expect(clippy::disallowed_methods, reason = "this is the driver that waits")]
async fn pause(time: Duration) {
    tokio::time::sleep(time).await;
}

fn now() -> SystemTime {
    SystemClock::default().now()
}

/// A key that was replaced is used at once, also by connectors that were blocked by the one before.
async fn watch_files(
    multiplexer: Multiplexer,
    credentials: Vec<CredentialHandle>,
    observer: Arc<dyn UpkeepObserver>,
) {
    let mut stamps: Vec<Option<Stamp>> = credentials.iter().map(CredentialHandle::stamp).collect();
    let mut warned: BTreeMap<String, SystemTime> = BTreeMap::new();
    loop {
        pause(FILES).await;
        let mut replaced: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (handle, stamp) in credentials.iter().zip(&mut stamps) {
            let seen = handle.stamp_now();
            // A file that is gone for a moment is one that is being replaced.
            if seen != *stamp && seen.is_none_or(Stamp::is_there) {
                *stamp = seen;
                handle.renew();
                let connectors = replaced.entry(handle.grant().to_owned()).or_default();
                connectors.push(handle.connector().to_owned());
            }
            let status = handle.status();
            let ends = status.expires.filter(|_| status.failures > 0);
            let known = warned.get(handle.connector()).copied();
            if let Some((expires, left)) = ends_soon(ends, known, now()) {
                warned.insert(handle.connector().to_owned(), expires);
                let event = UpkeepEvent::CredentialExpiring {
                    connector: handle.connector().to_owned(),
                    grant: handle.grant().to_owned(),
                    expires,
                    left,
                };
                found(&*observer, event);
            }
        }
        for (grant, connectors) in replaced {
            for id in connectors.iter().filter_map(|id| id.parse::<ConnectorId>().ok()) {
                multiplexer.wake(&id);
            }
            found(&*observer, UpkeepEvent::KeyReplaced { grant, connectors });
        }
    }
}

/// When credentials whose renewal has failed end, and how long that is from now, where it is soon and was not told before. Renewal begins
/// long before: that it failed once is no news yet.
fn ends_soon(
    ends: Option<SystemTime>,
    known: Option<SystemTime>,
    now: SystemTime,
) -> Option<(SystemTime, Duration)> {
    let ends = ends.filter(|ends| known != Some(*ends))?;
    let left = ends.duration_since(now).ok()?;
    (left <= EXPIRING).then_some((ends, left))
}

async fn watch_ages(installation: Installation, variables: Variables, observer: Arc<dyn UpkeepObserver>) {
    let Some(limit) = installation.checks.key_age else {
        return;
    };
    let store = FileGrantStore::of(&installation);
    loop {
        let now = now();
        for grant in &installation.grants {
            let GrantKind::AccessKey(kept) = &grant.kind else {
                continue;
            };
            // What cannot be read is told where it is used.
            let Ok(key) = key_id(kept, &variables) else {
                continue;
            };
            let mut since = now;
            let seen = store.update(&mut |records| {
                since = records.key_seen(&grant.id, &key, now);
                Ok(())
            });
            if let Err(error) = seen {
                tracing::warn!(%error, "how old keys are is not kept");
            }
            let age = now.duration_since(since).unwrap_or_default();
            if age >= limit {
                let grant = grant.id.clone();
                found(&*observer, UpkeepEvent::KeyOlderThan { grant, key, age });
            }
        }
        pause(AGES).await;
    }
}

fn schedule(installation: &Installation, every: Duration) -> Schedule {
    let records = FileGrantStore::of(installation).read().unwrap_or_default();
    let connectors = installation
        .connectors
        .iter()
        .filter(|connector| matches!(connector.destination, Destination::Bucket(_)))
        .map(|connector| {
            let id = connector.id.to_string();
            let last = records.last_check(ReportKind::Connector, &id);
            let at = last.and_then(|check| SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(check.at)));
            (id, at)
        });
    Schedule::new(every, now(), connectors)
}

/// One check at a time, with what has had nothing to deliver for the longest.
async fn revalidate(
    multiplexer: Multiplexer,
    mut schedule: Schedule,
    checks: Arc<dyn Revalidation>,
    observer: Arc<dyn UpkeepObserver>,
    every: Duration,
) {
    let between = CHECKS.min(every / 4).max(Duration::from_millis(100));
    loop {
        pause(between).await;
        let ledger = multiplexer.ledger();
        for status in multiplexer.status() {
            let delivered = ledger.connector(&status.id).delivered;
            schedule.delivered(&status.id, delivered, now());
        }
        while let Some(connector) = schedule.due(now()).map(str::to_owned) {
            let checked = tokio::time::timeout(LONGEST, checks.check(&connector)).await;
            let (ok, event) = match checked {
                Ok(Ok(Some(report))) if !report.is_ok() => (
                    false,
                    UpkeepEvent::CheckFailed {
                        connector: connector.clone(),
                        report: Box::new(report),
                    },
                ),
                Ok(Ok(_)) => {
                    let connector = connector.clone();
                    (true, UpkeepEvent::CheckPassed { connector })
                }
                Ok(Err(error)) => (
                    false,
                    UpkeepEvent::CheckNotMade {
                        connector: connector.clone(),
                        why: error.to_string(),
                    },
                ),
                Err(_) => (
                    false,
                    UpkeepEvent::CheckNotMade {
                        connector: connector.clone(),
                        why: "the store did not answer in time".to_owned(),
                    },
                ),
            };
            if schedule.checked(&connector, ok, now()) {
                found(&*observer, event);
            }
        }
    }
}

fn found(observer: &dyn UpkeepObserver, event: UpkeepEvent) {
    if event.is_trouble() {
        tracing::warn!(event = event.name(), "{event}");
    } else {
        tracing::info!(event = event.name(), "{event}");
    }
    observer.found(event);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_told_once_when_it_is_near_however_early_renewal_began_to_fail() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
        let at = |minutes: u64| Some(now + Duration::from_secs(minutes * 60));
        let near = Some((now + Duration::from_secs(840), Duration::from_secs(840)));
        assert_eq!(ends_soon(None, None, now), None, "renewal has not failed");
        assert_eq!(ends_soon(at(40), None, now), None);
        assert_eq!(ends_soon(at(14), None, now), near);
        assert_eq!(ends_soon(at(14), at(14), now), None, "it was told");
        assert_eq!(ends_soon(at(14), at(4), now), near, "of another end");
    }
}
