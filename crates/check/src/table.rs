//! The report for people: one line a step, and below it what is to be done. Decides nothing.

use std::fmt;

use crate::cause::Turn;
use crate::report::{Report, ReportKind, Reports, Step, Verdict};

impl fmt::Display for Reports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, report) in self.0.iter().enumerate() {
            if at > 0 {
                writeln!(f)?;
            }
            write!(f, "{report}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            ReportKind::Connector => "connector",
            ReportKind::Grant => "grant",
            ReportKind::DataExport => "data export",
        };
        let verdict = if self.is_ok() { "ok" } else { "NOT OK" };
        writeln!(f, "{kind} {}: {verdict}", self.id)?;
        self.steps.iter().try_for_each(|step| write!(f, "{step}"))
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = match self.verdict {
            Verdict::Pass => "pass",
            Verdict::Fail => "FAIL",
            Verdict::Warn => "warn",
            Verdict::Skipped => "skip",
            Verdict::Inconclusive => "OPEN",
        };
        let millis = self.elapsed.as_millis();
        writeln!(
            f,
            "  {verdict}  {:<20} {:>6} ms  {}",
            self.step.as_str(),
            millis,
            self.what
        )?;
        if self.verdict == Verdict::Pass || self.verdict == Verdict::Skipped {
            return Ok(());
        }
        let mut told: Vec<String> = Vec::new();
        told.extend(self.code.clone());
        told.extend(self.action.clone());
        told.extend(self.resource.as_ref().map(|resource| format!("on {resource}")));
        told.extend(self.request_id.as_ref().map(|id| format!("request id {id}")));
        if !told.is_empty() {
            writeln!(f, "        AWS:   {}", told.join(", "))?;
        }
        if let Some(remedy) = &self.remedy {
            let turn = match self.turn {
                Some(Turn::Customer) => "customer",
                Some(Turn::Aws) => "wait",
                Some(Turn::Us) | None => "us",
            };
            writeln!(f, "        {turn}: {remedy}")?;
        }
        for paste in &self.paste {
            writeln!(f, "        paste as the {}:", paste.kind.place())?;
            for line in paste.document.to_json_pretty().lines() {
                writeln!(f, "          {line}")?;
            }
        }
        Ok(())
    }
}
