//! later
pub(crate) fn run(_: &[String]) -> Result<(), crate::error::Error> {
    Ok(())
}
