//! The one place of uploads that starts a task.

/// Runs `work` beside its caller, who does not wait for it; not at all where no runtime is there.
pub(super) fn beside(work: impl Future<Output = ()> + Send + 'static) {
    if let Ok(runtime) = tokio::runtime::Handle::try_current() {
        drop(runtime.spawn(work));
    }
}
