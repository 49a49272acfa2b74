//! One attempt at a job: rows are read once and written to every store that still lacks them. It is all or nothing for each
//! store. What may be left of it is written down before it is.

use std::time::Duration;

use bucketline_notify::Timestamp;

use crate::driver::blocking;
use crate::exporter::Tools;
use crate::output::Output;
use crate::split::{Piece, Splitter};
use crate::{CopyState, Error, ErrorKind, ExportKeys, JobRecord, Link, Progress, Traces};

/// So many files may be written before that is written down again.
const FILES_AHEAD: u64 = 64;
/// So often somebody is asked whether the job was cancelled.
const CANCEL_ASKED_EVERY: Duration = Duration::from_secs(1);

/// One attempt at a job.
pub(crate) struct Attempt<'a> {
    tools: &'a Tools,
    record: &'a mut JobRecord,
    progress: &'a tokio::sync::watch::Sender<Progress>,
    outputs: Vec<Output>,
    /// No file has this number or a higher one, as far as it is written down.
    reserved: u64,
    asked: Timestamp,
}

impl<'a> Attempt<'a> {
    /// Begins an attempt for every copy that is to be written.
    pub(crate) async fn begin(
        tools: &'a Tools,
        record: &'a mut JobRecord,
        progress: &'a tokio::sync::watch::Sender<Progress>,
    ) -> Result<Self, Error> {
        let attempt = record.attempts;
        let mut outputs = Vec::new();
        let mut reserved = 1;
        if record.delivery.link == Link::None && record.taken.job.rows_per_file().is_some() {
            reserved = FILES_AHEAD;
        }
        let workspace = record.taken.job.workspace().clone();
        let (first, taken) = (record.first_place(), record.taken.clone());
        let mut shut = None;
        for copy in &mut record.copies {
            if copy.state != CopyState::Writing {
                continue;
            }
            let store = match tools.places.open(&workspace, copy.place).await {
                Ok(store) => store,
                Err(error) if copy.place == first => return Err(error),
                // A backup: it is tried again later.
                Err(error) => {
                    copy.failure = Some(error.chain());
                    shut = Some(error);
                    continue;
                }
            };
            outputs.push(Output::new(copy.place, store, &taken, attempt)?);
            copy.traces = Some(Traces {
                attempt,
                files: reserved,
                upload: None,
            });
        }
        if outputs.is_empty() {
            let none = || Error::new(ErrorKind::Storage, "there is no store to write to");
            return Err(shut.unwrap_or_else(none));
        }
        record.attempts += 1;
        tools.jobs.update(record).await?;
        Ok(Self {
            tools,
            record,
            progress,
            outputs,
            reserved,
            asked: Timestamp::default(),
        })
    }

    /// Writes everything. Where the first store fails, so does the attempt; what became of the others is in the record.
    pub(crate) async fn run(mut self) -> Result<(), Error> {
        let written = self.write().await;
        for output in &mut self.outputs {
            output.abandon().await;
        }
        written
    }

    async fn write(&mut self) -> Result<(), Error> {
        self.progress.send_replace(Progress::default());
        let source = self.tools.sources.rows(&self.record.taken)?;
        let mut rows = source.open().await?;
        let keys = ExportKeys::new(None, &self.record.taken, self.attempt())?;
        let mut splitter = Splitter::new(&self.record.taken, keys, rows.columns())?;
        if self.record.delivery.link != Link::None {
            splitter = splitter.in_one_file();
        }
        loop {
            self.stop_if_cancelled().await?;
            let batch = rows.next().await?;
            if batch.is_empty() {
                break;
            }
            let count = batch.len() as u64;
            let (again, pieces) = blocking(move || {
                let pieces = splitter.push(&batch);
                (splitter, pieces)
            })
            .await?;
            splitter = again;
            self.progress.send_modify(|progress| progress.rows += count);
            for piece in pieces? {
                self.piece(&piece).await?;
            }
        }
        let last = blocking(move || splitter.finish()).await??;
        self.piece(&last).await?;
        self.stop_if_cancelled().await?;
        self.seal().await
    }

    async fn piece(&mut self, piece: &Piece) -> Result<(), Error> {
        let (Piece::Part { file, bytes } | Piece::End { file, bytes, .. }) = piece;
        if *file >= self.reserved {
            self.reserve(file + FILES_AHEAD).await?;
        }
        for output in &mut self.outputs {
            if output.failure.is_some() {
                continue;
            }
            if let Err(error) = output.write(&self.record.taken, piece).await {
                output.abandon().await;
                failed(self.record, output, error)?;
            }
        }
        self.note_uploads().await?;
        self.progress.send_modify(|progress| {
            progress.bytes += bytes.len() as u64;
            match piece {
                Piece::Part { .. } => progress.part += 1,
                Piece::End { .. } => (progress.files, progress.part) = (progress.files + 1, 0),
            }
        });
        Ok(())
    }

    /// Manifests, where everything else is in place.
    async fn seal(&mut self) -> Result<(), Error> {
        for output in &mut self.outputs {
            if output.failure.is_some() {
                continue;
            }
            // A request of a process that died may have been carried out after its traces were removed.
            self.tools.remove_leftovers(self.record, output.place).await;
            let sealed = output.seal(&self.record.taken).await;
            match sealed {
                Ok(totals) => {
                    if let Some(copy) = self.record.copy_mut(output.place) {
                        copy.state = CopyState::Whole;
                        copy.totals = Some(totals);
                        copy.failure = None;
                        if let Some(traces) = &mut copy.traces {
                            (traces.files, traces.upload) = (totals.files, None);
                        }
                    }
                    self.tools.jobs.update(self.record).await?;
                }
                Err(error) => failed(self.record, output, error)?,
            }
        }
        Ok(())
    }

    async fn reserve(&mut self, files: u64) -> Result<(), Error> {
        self.reserved = files;
        for output in &self.outputs {
            if let Some(traces) = self
                .record
                .copy_mut(output.place)
                .and_then(|copy| copy.traces.as_mut())
            {
                traces.files = files;
            }
        }
        self.tools.jobs.update(self.record).await
    }

    /// Writes down which uploads have begun or ended.
    async fn note_uploads(&mut self) -> Result<(), Error> {
        let mut changed = false;
        for output in &self.outputs {
            let traces = self
                .record
                .copy_mut(output.place)
                .and_then(|copy| copy.traces.as_mut());
            if let Some(traces) = traces
                && traces.upload != output.upload()
            {
                // An upload that has ended is forgotten with the next one, or at the end: aborting it again does no harm.
                changed |= output.upload().is_some();
                traces.upload = output.upload();
            }
        }
        if changed {
            self.tools.jobs.update(self.record).await?;
        }
        Ok(())
    }

    async fn stop_if_cancelled(&mut self) -> Result<(), Error> {
        let now = self.tools.clock.now();
        if now.since(self.asked) < CANCEL_ASKED_EVERY {
            return Ok(());
        }
        self.asked = now;
        if self.tools.jobs.is_cancel_asked(self.record.id()).await? {
            return Err(Error::new(ErrorKind::Cancelled, "it was cancelled"));
        }
        Ok(())
    }

    fn attempt(&self) -> u32 {
        self.record.attempts.saturating_sub(1)
    }
}

/// A store failed: the attempt goes on without it, unless it is the one that counts.
fn failed(record: &mut JobRecord, output: &mut Output, error: Error) -> Result<(), Error> {
    let first = record.first_place();
    let first_is_open = record
        .copy(first)
        .is_some_and(|copy| copy.state == CopyState::Writing);
    if output.place == first && first_is_open {
        return Err(error);
    }
    if let Some(copy) = record.copy_mut(output.place) {
        copy.failure = Some(error.chain());
    }
    output.failure = Some(error);
    Ok(())
}
