//! Import directions inside the crates: a stage knows its predecessors, a decision never knows a driver.

use super::Findings;
use crate::error::Error;

/// Files below `module` must not mention `forbidden` in a `use crate::...` or a path.
struct Rule {
    module: &'static str,
    forbidden: &'static str,
    why: &'static str,
}

const RULES: [Rule; 7] = [
    Rule {
        module: "crates/policy/src/lint",
        forbidden: "crate::evaluate",
        why: "lint and evaluate never import each other",
    },
    Rule {
        module: "crates/policy/src/evaluate",
        forbidden: "crate::lint",
        why: "lint and evaluate never import each other",
    },
    Rule {
        module: "crates/sink/src/layer",
        forbidden: "crate::s3",
        why: "layers never import backends",
    },
    Rule {
        module: "crates/sink/src/layer",
        forbidden: "crate::fs::",
        why: "layers never import backends",
    },
    Rule {
        module: "crates/sink/src/s3",
        forbidden: "crate::fs::",
        why: "backends never import each other",
    },
    Rule {
        module: "crates/sink/src/fs",
        forbidden: "crate::s3",
        why: "backends never import each other",
    },
    Rule {
        module: "crates/auth/src/provider",
        forbidden: "crate::provision",
        why: "nothing imports provision",
    },
];

/// In `connector` only the driver may know the driver, and the handle through which a user speaks to it.
const DRIVER: &str = "crate::driver";
const MAY_KNOW_THE_DRIVER: [&str; 3] = [
    "crates/connector/src/driver",
    "crates/connector/src/multiplexer",
    "crates/connector/src/lib",
];

pub(super) fn check(files: &[String], findings: &mut Findings) -> Result<(), Error> {
    for file in files.iter().filter(|file| file.ends_with(".rs")) {
        let text = std::fs::read_to_string(file)?;
        for (number, line) in text
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
        {
            for rule in RULES
                .iter()
                .filter(|rule| in_module(file, rule.module) && line.contains(rule.forbidden))
            {
                findings.add(format!(
                    "{file}:{}: `{}`: {}",
                    number + 1,
                    rule.forbidden,
                    rule.why
                ));
            }
            let may = MAY_KNOW_THE_DRIVER.iter().any(|module| in_module(file, module));
            if file.starts_with("crates/connector/src/") && !may && line.contains(DRIVER) {
                findings.add(format!("{file}:{}: only the driver knows the driver", number + 1));
            }
        }
    }
    Ok(())
}

/// Whether a file is `module.rs` or lies below `module/`.
fn in_module(file: &str, module: &str) -> bool {
    file.strip_prefix(module)
        .is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::in_module;

    #[test]
    fn a_module_is_its_file_and_its_folder() {
        assert!(in_module("crates/sink/src/fs.rs", "crates/sink/src/fs"));
        assert!(in_module(
            "crates/sink/src/fs/atomic_write.rs",
            "crates/sink/src/fs"
        ));
        assert!(!in_module("crates/sink/src/fsync.rs", "crates/sink/src/fs"));
    }
}
