//! What is measured, and how Prometheus gets it: what happens is counted as it happens, what stands is asked for at each scrape. The
//! names stand in `names` alone. Decides nothing.

mod names;
mod recording;
mod server;
mod snapshot;

pub use recording::Recording;
pub(crate) use recording::{MeasuredSts, measured};
pub use server::{Served, serve};

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::{Error, Problem};

/// Keeps the metrics of this process, for as long as it runs.
#[derive(Debug, Clone)]
pub struct Metrics {
    handle: PrometheusHandle,
}

impl Metrics {
    /// Keeps metrics from now on. Once in a process.
    ///
    /// # Errors
    ///
    /// Something in this process keeps metrics already.
    pub fn install() -> Result<Self, Error> {
        let mut builder = PrometheusBuilder::new();
        for (name, bounds) in names::HISTOGRAMS {
            let named = Matcher::Full((*name).to_owned());
            builder = builder
                .set_buckets_for_metric(named, bounds)
                .map_err(|error| unusable(&error))?;
        }
        let handle = builder.install_recorder().map_err(|error| unusable(&error))?;
        names::describe();
        Ok(Self { handle })
    }

    /// All of them, in Prometheus's text format.
    pub(crate) fn render(&self) -> String {
        // What was measured since the last time is put into its buckets.
        self.handle.run_upkeep();
        self.handle.render()
    }
}

fn unusable(error: &dyn std::fmt::Display) -> Error {
    Error::configuration(Problem::new(format!("metrics cannot be kept: {error}")).at("--metrics"))
}
