//! One attempt's files in one store: written piece by piece, verified, and the manifest last. Decides no retries.

use bucketline_sink::{CreateOnce, ObjectKey, Payload, PutOptions, SinkExt};

use crate::split::Piece;
use crate::{
    Error, ErrorKind, ExportKeys, ExportStore, Manifest, Place, TakenJob, Totals, Traces, WrittenFile,
};

/// The largest object that a store takes in one request.
const LARGEST: u64 = 5 << 30;

/// One attempt's files in one store.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) place: Place,
    store: ExportStore,
    keys: ExportKeys,
    /// What there is of the file that is being written.
    parts: Vec<bytes::Bytes>,
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
            parts: Vec::new(),
            written: Vec::new(),
            failure: None,
        })
    }

    /// Writes a piece. A file that ends is looked at before anything else is done.
    pub(crate) async fn write(&mut self, job: &TakenJob, piece: &Piece) -> Result<(), Error> {
        match piece {
            Piece::Part { bytes, .. } => {
                self.parts.push(bytes.clone());
                Ok(())
            }
            Piece::End { file, bytes, written } => {
                let key = self.keys.file(*file)?;
                if written.bytes > LARGEST {
                    let message = format!(
                        "`{key}` would have {} bytes; the most is {LARGEST}: ask for fewer rows a file",
                        written.bytes
                    );
                    return Err(Error::new(ErrorKind::Storage, message));
                }
                let mut parts = std::mem::take(&mut self.parts);
                parts.push(bytes.clone());
                self.create(job, &key, parts.into()).await?;
                self.verify(&key, written.bytes).await?;
                self.written.push(WrittenFile {
                    key: key.to_string(),
                    ..written.clone()
                });
                Ok(())
            }
        }
    }

    /// Writes the manifest, the last object of all; how much there is.
    pub(crate) async fn seal(&mut self, job: &TakenJob) -> Result<Totals, Error> {
        let manifest = Manifest::new(job, std::mem::take(&mut self.written));
        let text = manifest.to_text()?;
        let key = self.keys.manifest()?;
        let bytes = text.len() as u64;
        self.create(job, &key, bytes::Bytes::from(text).into()).await?;
        self.verify(&key, bytes).await?;
        Ok(totals(&manifest))
    }

    /// Gives up what is under way, so that nothing of it stays.
    pub(crate) fn abandon(&mut self) {
        self.parts.clear();
    }

    async fn create(&self, job: &TakenJob, key: &ObjectKey, payload: Payload) -> Result<(), Error> {
        let created = self
            .store
            .sink
            .create_once(key, payload, &self.options(job))
            .await;
        match created.map_err(|error| unwritten(key, error))? {
            CreateOnce::Created(_) | CreateOnce::Same(_) => Ok(()),
            CreateOnce::Different(_) => Err(taken(key)),
        }
    }

    async fn verify(&self, key: &ObjectKey, bytes: u64) -> Result<(), Error> {
        let info = self.store.sink.head(key).await.map_err(|error| {
            Error::new(
                ErrorKind::Storage,
                format!("`{key}` was written, and is not to be seen"),
            )
            .with_source(error)
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
    traces: Traces,
    whole: Option<Traces>,
) -> Result<(), Error> {
    let keys = |traces: Traces| ExportKeys::new(store.folder.as_deref(), job, traces.attempt);
    let kept = match whole {
        Some(traces) => Some(keys(traces)?.manifest()?),
        None => None,
    };
    let keys = keys(traces)?;
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
    traces: Traces,
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
    Error::new(ErrorKind::Storage, format!("`{key}` cannot be written")).with_source(error)
}

fn taken(key: &ObjectKey) -> Error {
    let message = format!("`{key}` holds something else already, and is left as it is");
    Error::new(ErrorKind::Storage, message)
}
