//! The stages of `crates/connector`: a module knows those before it and none after it, so that there is no cycle and a reader can begin at
//! the top.

use super::Findings;
use crate::error::Error;

const CRATE: &str = "crates/connector/src/";

/// In the order in which one builds on another.
const STAGES: [&str; 35] = [
    "mutant",
    "backoff",
    "connector_id",
    "label",
    "tickets",
    "batch",
    "rejects",
    "meter",
    "folder_path",
    "destination",
    "digest",
    "metadata",
    "object_name",
    "quota",
    "config",
    "state",
    "changes",
    "error",
    "ledger",
    "loss",
    "schema_change",
    "reconcile",
    "generation",
    "route",
    "admit",
    "shard",
    "build",
    "delivery",
    "dispatch",
    "fitness",
    "journal",
    "engine",
    "driver",
    "multiplexer",
    "sim",
];

pub(super) fn check(files: &[String], findings: &mut Findings) -> Result<(), Error> {
    let own = |file: &&String| file.starts_with(CRATE) && file.ends_with(".rs");
    for file in files.iter().filter(own) {
        let Some(module) = module_of(file) else { continue };
        let Some(stage) = stage_of(module) else {
            findings.add(format!(
                "{file}: `{module}` has no place in the table of stages in xtask/src/tidy/stages.rs"
            ));
            continue;
        };
        let text = std::fs::read_to_string(file)?;
        for (number, line) in text.lines().enumerate() {
            for later in later_modules(line, stage) {
                findings.add(format!(
                    "{file}:{}: `{module}` comes before `{later}`",
                    number + 1
                ));
            }
        }
    }
    Ok(())
}

/// The module at the top of the crate that a file belongs to; none for the crate's root.
fn module_of(file: &str) -> Option<&str> {
    let inside = file.strip_prefix(CRATE)?;
    let module = inside.split_once('/').map_or(inside, |(module, _)| module);
    let module = module.strip_suffix(".rs").unwrap_or(module);
    (module != "lib").then_some(module)
}

fn stage_of(module: &str) -> Option<usize> {
    STAGES.iter().position(|stage| *stage == module)
}

/// The modules after a stage that a line of code names by their path.
fn later_modules(line: &str, stage: usize) -> Vec<&str> {
    if line.trim_start().starts_with("//") {
        return Vec::new();
    }
    let named = line.split("crate::").skip(1).map(|rest| {
        let end = rest
            .find(|c: char| !(c.is_ascii_lowercase() || c == '_'))
            .unwrap_or(rest.len());
        rest.get(..end).unwrap_or_default()
    });
    named
        .filter(|module| stage_of(module).is_some_and(|other| other > stage))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_belongs_to_the_module_at_the_top() {
        assert_eq!(module_of("crates/connector/src/engine/steps.rs"), Some("engine"));
        assert_eq!(module_of("crates/connector/src/engine.rs"), Some("engine"));
        assert_eq!(module_of("crates/connector/src/lib.rs"), None);
    }

    #[test]
    fn what_comes_later_is_named_and_nothing_else() {
        let stage = stage_of("shard").unwrap();
        assert_eq!(later_modules("use crate::engine::Input;", stage), ["engine"]);
        assert_eq!(
            later_modules("    crate::driver::start(crate::shard::x)", stage),
            ["driver"]
        );
        assert!(later_modules("use crate::batch::ResumePoint;", stage).is_empty());
        assert!(later_modules("/// See [`crate::engine`].", stage).is_empty());
    }
}
