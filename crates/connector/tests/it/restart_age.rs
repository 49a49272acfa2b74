//! Restarts more frequent than the age of a seal: what an older run accepted cannot grow any more, so it is due at once.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bucketline_connector::engine::{Appender, Command, Engine, Input, Request, RequestId};
use bucketline_connector::{Admission, Settings};
use bucketline_spool::{Hour, OpenOptions, SimDisk, Spool};

use crate::fixture::{batch, connector, schemas};

#[test]
fn events_are_sealed_by_the_next_start_however_young_they_are() {
    let disk = SimDisk::new(1);
    let connectors = [connector('1')];
    let mut builds = Vec::new();
    for run in 0..3u32 {
        let options = OpenOptions::write().reserve_bytes(0);
        let (mut log, _) = Spool::open(Arc::new(disk.clone()), Path::new("/spool"), options).unwrap();
        let settings = Settings::default().seal_age(Duration::from_secs(300));
        let started = Engine::start(&mut log, &connectors, schemas(), settings, &mut || run).unwrap();
        let (mut engine, now, mut appender) = (started.engine, started.now, Appender::default());
        let mut inputs = vec![Input::Tick];
        if run == 0 {
            let admission = Admission::new(&schemas(), [], &connectors);
            let batch = admission.prepare(batch(0, 1), Hour::new(1), &started.generations);
            inputs.push(Input::Submit {
                shard: started.shard,
                id: RequestId(1),
                batch,
            });
        }
        let mut built = 0;
        while let Some(input) = inputs.pop() {
            for command in engine.handle(now, input) {
                match command {
                    Command::Append { ticket, records, .. } => {
                        let appended = appender.append(&mut log, vec![Request { ticket, records }], now);
                        inputs.extend(
                            appended
                                .into_iter()
                                .map(|(ticket, result)| Input::Appended { ticket, result }),
                        );
                    }
                    // Its turn came. This run ends before anything comes of it.
                    Command::Look(_) => built += 1,
                    _ => {}
                }
            }
        }
        builds.push(built);
        disk.kill();
    }
    assert_eq!(builds, [0, 1, 1], "no time has passed in any of the runs");
}
