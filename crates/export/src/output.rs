//! One attempt's files in one store: written piece by piece, verified, and the manifest last. Repeats
//! nothing but the write of a small file, whose name is its own; all else is the store's, and the caller's.

use std::sync::Arc;
use std::time::Duration;

use bucketline_sink::{
    CreateOnce, ObjectKey, ObjectWriter, Payload, PutOptions, PutOutcome, SinkExt, Upload,
};
use bytes::Bytes;

use crate::driver;
use crate::split::Piece;
use crate::{
    Error, ErrorKind, ExportKeys, ExportStore, Manifest, Place, TakenJob, Totals, Traces, UploadRecord,
    WrittenFile,
};

/// How long is waited before a small file is written again.
const PAUSES: [Duration; 4] = [
    Duration::from_millis(200),
    Duration::from_secs(1),
    Duration::from_secs(3),
    Duration::from_secs(8),
];

/// One attempt's files in one store.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) place: Place,
    store: ExportStore,
    keys: ExportKeys,
    /// Of a file that turned out large.
    writer: Option<ObjectWriter>,
    written: Vec<WrittenFile>,
    /// Why it is not written any more.
    pub(crate) failure: Option<Error>,
}

impl Output {
    pub(crate) fn new(place: Place, store: ExportStore, job: &TakenJob, attempt: u32) -> Result<Self, Error> {
        Ok(Self {
            place,
            keys: ExportKeys::new(store.folder.as_deref(), job, attempt)?,
            store,
            writer: None,
            written: Vec::new(),
            failure: None,
        })
    }

    /// Writes a piece. A file that ends is looked at before anything else is done.
    pub(crate) async fn write(&mut self, job: &TakenJob, piece: &Piece) -> Result<(), Error> {
        match piece {
            Piece::Part { file, bytes } => self.part(job, *file, bytes.clone()).await,
            Piece::End { file, bytes, written } => {
                let key = self.keys.file(*file)?;
                if self.writer.is_some() {
                    self.part(job, *file, bytes.clone()).await?;
                    self.finish(&key).await?;
                } else {
                    self.create(job, &key, bytes.clone().into()).await?;
                }
                self.verify(&key, written.bytes).await?;
                self.written.push(WrittenFile {
                    key: key.to_string(),
                    ..written.clone()
                });
                Ok(())
            }
        }
    }

    /// The upload that is under way, which another process would have to abort.
    pub(crate) fn upload(&self) -> Option<UploadRecord> {
        let upload = self.writer.as_ref()?.upload()?;
        Some(UploadRecord {
            key: upload.key().to_string(),
            id: upload.id().to_owned(),
        })
    }

    async fn part(&mut self, job: &TakenJob, file: u64, bytes: Bytes) -> Result<(), Error> {
        let key = self.keys.file(file)?;
        let options = self.options(job);
        let (sink, settings) = (&self.store.sink, self.store.writer);
        let writer = self
            .writer
            .get_or_insert_with(|| ObjectWriter::new(Arc::clone(sink), key.clone(), options, settings));
        writer.write(bytes).await.map_err(|error| unwritten(&key, error))
    }

    async fn finish(&mut self, key: &ObjectKey) -> Result<(), Error> {
        let Some(writer) = self.writer.take() else {
            return Ok(());
        };
        match writer.finish().await.map_err(|error| unwritten(key, error))? {
            PutOutcome::Created(_) => Ok(()),
            PutOutcome::PreconditionFailed => Err(taken(key)),
        }
    }

    /// Writes the manifest, the last object of all; how much there is.
    pub(crate) async fn seal(&mut self, job: &TakenJob) -> Result<Totals, Error> {
        let manifest = Manifest::new(job, std::mem::take(&mut self.written));
        let text = manifest.to_text()?;
        let key = self.keys.manifest()?;
        let bytes = text.len() as u64;
        self.create(job, &key, Bytes::from(text).into()).await?;
        self.verify(&key, bytes).await?;
        Ok(totals(&manifest))
    }

    /// Gives up what is under way, so that nothing of it stays in the store. Where that is refused it is no more than a
    /// pity: what was not completed is no object.
    pub(crate) async fn abandon(&mut self) {
        if let Some(writer) = self.writer.take() {
            let _ = writer.abort().await;
        }
    }

    async fn create(&self, job: &TakenJob, key: &ObjectKey, payload: Payload) -> Result<(), Error> {
        let mut pauses = PAUSES.iter();
        loop {
            // Safe to repeat after any failure: nobody else writes to a name that was drawn for this attempt.
            let created = self
                .store
                .sink
                .create_once(key, payload.clone(), &self.options(job))
                .await;
            match (created, pauses.next()) {
                (Ok(CreateOnce::Created(_) | CreateOnce::Same(_)), _) => return Ok(()),
                (Ok(CreateOnce::Different(_)), _) => return Err(taken(key)),
                (Err(error), Some(pause)) if error.kind().is_transient() => {
                    tracing::debug!(%error, "a file is written again");
                    driver::wait(*pause).await;
                }
                (Err(error), _) => return Err(unwritten(key, error)),
            }
        }
    }

    async fn verify(&self, key: &ObjectKey, bytes: u64) -> Result<(), Error> {
        let info =
            self.store.sink.head(key).await.map_err(|error| {
                Error::of_store(format!("`{key}` was written, and is not to be seen"), error)
            })?;
        if info.size != bytes {
            let message = format!("`{key}` has {} bytes; {bytes} were written", info.size);
            return Err(Error::new(ErrorKind::Storage, message));
        }
        Ok(())
    }

    fn options(&self, job: &TakenJob) -> PutOptions {
        PutOptions::create()
            .metadata("bl-export", job.id.to_string())
            .encryption(self.store.encryption.clone())
    }
}

/// Removes whatever an attempt may have left, but for the manifest of the attempt that is whole: it may have the same key.
pub(crate) async fn remove(
    store: &ExportStore,
    job: &TakenJob,
    traces: &Traces,
    whole: Option<&Traces>,
) -> Result<(), Error> {
    let keys = |traces: &Traces| ExportKeys::new(store.folder.as_deref(), job, traces.attempt);
    let kept = match whole {
        Some(traces) => Some(keys(traces)?.manifest()?),
        None => None,
    };
    let keys = keys(traces)?;
    if let Some(upload) = &traces.upload
        && let Ok(key) = upload.key.parse()
    {
        // Its parts are seen by nobody; where aborting is not allowed, a lifecycle rule has to.
        let _ = store.sink.abort_upload(&Upload::new(key, &upload.id)).await;
    }
    // The manifest first: who finds it may rely on the files.
    let mut all: Vec<ObjectKey> = [keys.manifest()?]
        .into_iter()
        .filter(|key| kept.as_ref() != Some(key))
        .collect();
    for file in 0..traces.files {
        all.push(keys.file(file)?);
    }
    for key in all {
        store.sink.delete(&key).await.map_err(|error| {
            Error::new(ErrorKind::Storage, format!("`{key}` cannot be deleted")).with_source(error)
        })?;
    }
    Ok(())
}

/// How much an attempt has left, if it is whole: its manifest says so.
pub(crate) async fn found_whole(
    store: &ExportStore,
    job: &TakenJob,
    traces: &Traces,
) -> Result<Option<Totals>, Error> {
    let keys = ExportKeys::new(store.folder.as_deref(), job, traces.attempt)?;
    let key = keys.manifest()?;
    let unreadable =
        |error| Error::new(ErrorKind::Storage, format!("`{key}` cannot be looked for")).with_source(error);
    if !store.sink.exists(&key).await.map_err(unreadable)? {
        return Ok(None);
    }
    let object = store.sink.get(&key).await.map_err(unreadable)?;
    let manifest = Manifest::parse(&object.payload)?;
    // The manifest of another attempt may have the same key.
    let first = keys.file(0)?;
    let ours = manifest.id == job.id.to_string()
        && manifest
            .files
            .first()
            .is_some_and(|file| file.key == first.as_str());
    Ok(ours.then(|| totals(&manifest)))
}

fn totals(manifest: &Manifest) -> Totals {
    Totals {
        files: manifest.files.len() as u64,
        rows: manifest.rows,
        bytes: manifest.bytes,
    }
}

fn unwritten(key: &ObjectKey, error: bucketline_sink::Error) -> Error {
    Error::of_store(format!("`{key}` cannot be written"), error)
}

fn taken(key: &ObjectKey) -> Error {
    let message = format!("`{key}` holds something else already, and is left as it is");
    Error::new(ErrorKind::Storage, message)
}
