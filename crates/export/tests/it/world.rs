//! What stands around an exporter, in memory: rows, two stores, people; and a fuse, at which a process dies.

use std::fmt;
use std::io::{Cursor, Read};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bucketline_export::{
    Claim, Error, ErrorKind, ExportStore, Exporter, ExporterBuilder, JobId, JobRecord, JobStore, Manifest,
    MemoryJobStore, Place, Places, Poster, ReadyRows, Row, RowSource, Sources, Storage, TakenJob,
    WorkspaceId,
};
use bucketline_notify::doubles::Recorder;
use bucketline_notify::{Clock, Timestamp};
use bucketline_sink::{
    ListPage, ListToken, MemorySink, MultipartSink, Object, ObjectInfo, ObjectKey, Operation, Part,
    PartLimits, Payload, PutMode, PutOptions, PutOutcome, Sink, SinkExt, Upload, WriterSettings,
};
use sha2::{Digest, Sha256};
use tokio::sync::Notify;

/// 2026-11-26.
pub(crate) const NOW: u64 = 1_795_651_200_000;

/// Lets a process go on so many times; then it stands still for ever, to be dropped.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fuse(Option<Arc<AtomicUsize>>);

impl Fuse {
    pub(crate) fn after(steps: usize) -> Self {
        Self(Some(Arc::new(AtomicUsize::new(steps))))
    }

    /// Whether it has burnt.
    pub(crate) fn is_out(&self) -> bool {
        self.0
            .as_ref()
            .is_some_and(|left| left.load(Ordering::SeqCst) == 0)
    }

    async fn step(&self) {
        let Some(left) = &self.0 else { return };
        let went = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        if went.is_err() || left.load(Ordering::SeqCst) == 0 {
            std::future::pending::<()>().await;
        }
    }
}

/// Holds the customer's store at one of its operations, until a test has done what is to happen just then.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gate(Arc<Held>);

#[derive(Debug, Default)]
struct Held {
    /// The operations until it holds one; none where it never does.
    steps: AtomicUsize,
    reached: Notify,
    opened: Notify,
}

impl Gate {
    /// Holds the operation after so many.
    pub(crate) fn hold_after(&self, steps: usize) {
        self.0.steps.store(steps + 1, Ordering::SeqCst);
    }

    /// Waits until it holds one.
    pub(crate) async fn reached(&self) {
        self.0.reached.notified().await;
    }

    pub(crate) fn open(&self) {
        self.0.opened.notify_one();
    }

    async fn step(&self) {
        let went = self
            .0
            .steps
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |steps| steps.checked_sub(1));
        if went == Ok(1) {
            self.0.reached.notify_one();
            self.0.opened.notified().await;
        }
    }
}

/// The machine's clock, turned by hand.
#[derive(Clone, Debug)]
pub(crate) struct Hands(Arc<AtomicU64>);

impl Hands {
    pub(crate) fn turn(&self, by: Duration) {
        self.0.fetch_add(by.as_millis() as u64, Ordering::SeqCst);
    }
}

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }

    fn draw(&self) -> f64 {
        0.0
    }
}

#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) jobs: MemoryJobStore,
    pub(crate) own: MemorySink,
    pub(crate) customers: MemorySink,
    pub(crate) storage: Storage,
    pub(crate) clock: Hands,
    pub(crate) people: Recorder,
    pub(crate) posts: Arc<Mutex<Vec<(String, String, String)>>>,
    /// So many operations on the customer's store fail from now on.
    pub(crate) broken: Arc<AtomicUsize>,
    /// Operations of the customer's store that are carried out, and whose answers are lost: what comes first here, comes first.
    pub(crate) lost: Arc<Mutex<Vec<Operation>>>,
    /// Before the operations of the customer's store.
    pub(crate) gate: Gate,
    /// Whether the customer's store cannot be opened.
    pub(crate) shut: Arc<AtomicBool>,
    pub(crate) rows: u64,
    /// How many characters that cannot be packed are in each row, beside its number.
    pub(crate) wide: u64,
}

impl World {
    pub(crate) fn new(storage: Storage) -> Self {
        Self {
            jobs: MemoryJobStore::new(),
            own: MemorySink::new().with_part_limits(1, 10_000),
            customers: MemorySink::new().with_part_limits(1, 10_000),
            storage,
            clock: Hands(Arc::new(AtomicU64::new(NOW))),
            people: Recorder::new(),
            posts: Arc::default(),
            broken: Arc::default(),
            lost: Arc::default(),
            gate: Gate::default(),
            shut: Arc::default(),
            rows: 12,
            wide: 0,
        }
    }

    /// An exporter of a process that dies when the fuse has burnt.
    pub(crate) fn builder(&self, fuse: &Fuse) -> ExporterBuilder {
        let jobs = FusedJobs(self.jobs.clone(), fuse.clone());
        let places = FusedPlaces(self.clone(), fuse.clone());
        Exporter::builder(jobs, self.clone(), places)
            .clock(Arc::new(self.clock.clone()))
            .mailer(Arc::new(self.people.clone()))
            .poster(Arc::new(self.clone()))
    }

    pub(crate) fn exporter(&self) -> Exporter {
        self.builder(&Fuse::default()).build()
    }

    /// What lies in a store: one manifest, the files that it names, and nothing beside them. The text of all files.
    pub(crate) async fn whole(&self, sink: &MemorySink) -> String {
        let keys: Vec<String> = sink
            .list_all("")
            .await
            .unwrap()
            .iter()
            .map(|listed| listed.key.to_string())
            .collect();
        let manifests: Vec<&String> = keys.iter().filter(|key| key.ends_with("manifest.json")).collect();
        assert_eq!(manifests.len(), 1, "{keys:?}");
        let manifest = sink
            .get(&manifests.first().unwrap().parse().unwrap())
            .await
            .unwrap();
        let manifest = Manifest::parse(&manifest.payload).unwrap();
        assert_eq!(keys.len(), manifest.files.len() + 1, "{keys:?}");
        let mut text = String::new();
        for file in &manifest.files {
            let bytes = sink.get(&file.key.parse().unwrap()).await.unwrap().payload;
            let sum: String = Sha256::digest(&bytes)
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            assert_eq!((bytes.len() as u64, &sum), (file.bytes, &file.sha256));
            let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
            archive.by_index(0).unwrap().read_to_string(&mut text).unwrap();
        }
        text
    }

    fn row(&self, n: u64) -> String {
        if self.wide == 0 {
            return format!("{{\"id\":{n}}}");
        }
        let hash = |part: u64| {
            let digest = Sha256::digest((n * self.wide + part).to_le_bytes());
            digest
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect::<String>()
        };
        let noise: String = (0..self.wide / 64).map(hash).collect();
        format!("{{\"id\":{n},\"noise\":\"{noise}\"}}")
    }

    /// The text of all rows, as NDJSON.
    pub(crate) fn text(&self) -> String {
        (0..self.rows).map(|n| self.row(n) + "\n").collect()
    }
}

impl Sources for World {
    fn rows(&self, job: &TakenJob) -> Result<Arc<dyn RowSource>, Error> {
        if job.job.rows_place() == "broken" {
            return Err(Error::new(ErrorKind::Rows, "these rows are broken"));
        }
        let row = |n| serde_json::from_str::<Row>(&self.row(n)).unwrap();
        Ok(Arc::new(ReadyRows::new((0..self.rows).map(row).collect())))
    }
}

#[async_trait]
impl Poster for World {
    async fn post(
        &self,
        url: &str,
        id: &str,
        _: Timestamp,
        payload: String,
    ) -> Result<(), bucketline_notify::Error> {
        self.posts
            .lock()
            .unwrap()
            .push((url.to_owned(), id.to_owned(), payload));
        Ok(())
    }
}

#[derive(Debug)]
struct FusedPlaces(World, Fuse);

#[async_trait]
impl Places for FusedPlaces {
    fn storage(&self, _: &WorkspaceId) -> Storage {
        self.0.storage
    }

    async fn open(&self, workspace: &WorkspaceId, place: Place) -> Result<ExportStore, Error> {
        let world = &self.0;
        let sink = match place {
            Place::Own => FusedSink {
                sink: world.own.clone(),
                fuse: self.1.clone(),
                broken: Arc::default(),
                lost: Arc::default(),
                gate: Gate::default(),
            },
            Place::Customers => FusedSink {
                sink: world.customers.clone(),
                fuse: self.1.clone(),
                broken: world.broken.clone(),
                lost: world.lost.clone(),
                gate: world.gate.clone(),
            },
        };
        if place == Place::Customers && self.0.shut.load(Ordering::SeqCst) {
            return Err(Error::new(ErrorKind::Storage, "it is shut"));
        }
        let store = match place {
            Place::Own => ExportStore::new(Arc::new(sink)).folder(workspace.as_str()),
            Place::Customers => ExportStore::new(Arc::new(sink)),
        };
        Ok(store.writer(WriterSettings::default().part_size(400 << 10)))
    }

    async fn link(&self, _: &WorkspaceId, key: &ObjectKey, lifetime: Duration) -> Result<String, Error> {
        Ok(format!(
            "https://own.example.com/{key}?seconds={}",
            lifetime.as_secs()
        ))
    }
}

#[derive(Clone, Debug)]
struct FusedSink {
    sink: MemorySink,
    fuse: Fuse,
    broken: Arc<AtomicUsize>,
    lost: Arc<Mutex<Vec<Operation>>>,
    gate: Gate,
}

impl FusedSink {
    /// What becomes of an answer that was on its way.
    fn answer<T>(&self, operation: Operation, answer: T) -> Result<T, bucketline_sink::Error> {
        let mut lost = self.lost.lock().unwrap();
        match lost.first() {
            Some(first) if *first == operation => {
                lost.remove(0);
                Err(bucketline_sink::Error::new(
                    operation,
                    bucketline_sink::ErrorKind::TimedOut,
                    bucketline_sink::Effect::Unknown,
                ))
            }
            _ => Ok(answer),
        }
    }

    /// Before and after each operation.
    async fn step(&self) -> Result<(), bucketline_sink::Error> {
        self.fuse.step().await;
        self.gate.step().await;
        let broken = self
            .broken
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        match broken {
            Ok(_) => Err(bucketline_sink::Error::new(
                Operation::Put,
                bucketline_sink::ErrorKind::AccessDenied,
                bucketline_sink::Effect::NotApplied,
            )),
            Err(_) => Ok(()),
        }
    }
}

impl fmt::Display for FusedSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sink.fmt(f)
    }
}

#[async_trait]
impl Sink for FusedSink {
    async fn put(
        &self,
        key: &ObjectKey,
        payload: Payload,
        options: &PutOptions,
    ) -> Result<PutOutcome, bucketline_sink::Error> {
        self.step().await?;
        let outcome = self.sink.put(key, payload, options).await;
        self.fuse.step().await;
        self.answer(Operation::Put, outcome?)
    }

    async fn head(&self, key: &ObjectKey) -> Result<ObjectInfo, bucketline_sink::Error> {
        self.step().await?;
        let info = self.sink.head(key).await?;
        self.answer(Operation::Head, info)
    }

    async fn get(&self, key: &ObjectKey) -> Result<Object, bucketline_sink::Error> {
        self.step().await?;
        self.sink.get(key).await
    }

    async fn list(
        &self,
        prefix: &str,
        after: Option<&ListToken>,
    ) -> Result<ListPage, bucketline_sink::Error> {
        self.step().await?;
        self.sink.list(prefix, after).await
    }

    async fn delete(&self, key: &ObjectKey) -> Result<(), bucketline_sink::Error> {
        self.step().await?;
        let outcome = self.sink.delete(key).await;
        self.fuse.step().await;
        outcome
    }
}

#[derive(Debug)]
struct FusedJobs(MemoryJobStore, Fuse);

#[async_trait]
impl JobStore for FusedJobs {
    async fn take(&self, record: &JobRecord, cap: usize) -> Result<Claim, Error> {
        self.0.take(record, cap).await
    }

    async fn claim(&self, id: JobId) -> Result<Option<(Claim, JobRecord)>, Error> {
        self.0.claim(id).await
    }

    async fn update(&self, record: &JobRecord) -> Result<(), Error> {
        self.1.step().await;
        let outcome = self.0.update(record).await;
        self.1.step().await;
        outcome
    }

    async fn get(&self, id: JobId) -> Result<JobRecord, Error> {
        self.0.get(id).await
    }

    async fn list(&self) -> Result<Vec<JobRecord>, Error> {
        self.0.list().await
    }

    async fn ask_to_cancel(&self, id: JobId) -> Result<(), Error> {
        self.0.ask_to_cancel(id).await
    }

    async fn is_cancel_asked(&self, id: JobId) -> Result<bool, Error> {
        self.0.is_cancel_asked(id).await
    }
}

#[async_trait]
impl MultipartSink for FusedSink {
    fn part_limits(&self) -> PartLimits {
        self.sink.part_limits()
    }

    async fn begin_upload(
        &self,
        key: &ObjectKey,
        options: &PutOptions,
    ) -> Result<Upload, bucketline_sink::Error> {
        self.step().await?;
        let outcome = self.sink.begin_upload(key, options).await;
        self.fuse.step().await;
        outcome
    }

    async fn put_part(
        &self,
        upload: &Upload,
        number: u32,
        payload: Payload,
    ) -> Result<Part, bucketline_sink::Error> {
        self.step().await?;
        self.sink.put_part(upload, number, payload).await
    }

    async fn complete_upload(
        &self,
        upload: &Upload,
        parts: &[Part],
        mode: &PutMode,
    ) -> Result<PutOutcome, bucketline_sink::Error> {
        self.step().await?;
        let outcome = self.sink.complete_upload(upload, parts, mode).await;
        self.fuse.step().await;
        self.answer(Operation::CompleteUpload, outcome?)
    }

    async fn abort_upload(&self, upload: &Upload) -> Result<(), bucketline_sink::Error> {
        self.step().await?;
        self.sink.abort_upload(upload).await
    }
}
