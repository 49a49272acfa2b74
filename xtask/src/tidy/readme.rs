//! The README's library example is the one that the connector's doc tests compile and run. (Its demonstration is compared with
//! a run by `cargo xtask ci`.)

use super::Findings;
use crate::error::Error;

const README: &str = "README.md";

/// Where the example is tested: this README is the crate's documentation.
const TESTED: &str = "crates/connector/README.md";

pub(super) fn check(findings: &mut Findings) -> Result<(), Error> {
    let shown = rust_example(&std::fs::read_to_string(README)?);
    let tested = rust_example(&std::fs::read_to_string(TESTED)?);
    if shown.is_none() || shown != tested {
        findings.add(format!(
            "{README}: its Rust example is not the one of {TESTED}, which is what is tested"
        ));
    }
    Ok(())
}

/// The first Rust block, without the lines that rustdoc hides.
fn rust_example(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("```rust\n")?;
    let (block, _) = rest.split_once("```")?;
    let shown = block
        .lines()
        .filter(|line| *line != "#" && !line.starts_with("# "));
    Some(shown.collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests {
    use super::rust_example;

    #[test]
    fn hidden_lines_do_not_count() {
        let tested = "a\n```rust\nlet a = 1;\n# hidden();\nlet b = 2;\n```\nb";
        let shown = "```rust\nlet a = 1;\nlet b = 2;\n```";
        assert_eq!(rust_example(tested), rust_example(shown));
        assert_eq!(rust_example("nothing"), None);
    }
}
