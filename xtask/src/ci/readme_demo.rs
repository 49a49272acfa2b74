//! The demonstration that the README shows is the one that runs: the same lines, but for numbers, and for what it leaves
//! out with `...`.

use std::io::BufRead as _;
use std::process::{Command, Stdio};

use crate::error::Error;

const README: &str = "README.md";

/// What the shown block begins with.
const BEGINS: &str = "```text\n1. ";

/// Runs the demonstration as a user would, shows it, and compares it with the README.
pub(super) fn check() -> Result<(), Error> {
    let shown = shown(&std::fs::read_to_string(README)?)?;
    let mut child = Command::new(std::env::current_exe()?)
        .arg("demo")
        .stdout(Stdio::piped())
        .spawn()?;
    let stdout = child.stdout.take();
    let mut printed = Vec::new();
    for line in stdout
        .into_iter()
        .flat_map(|stdout| std::io::BufReader::new(stdout).lines())
    {
        let line = line?;
        println!("{line}");
        printed.push(line);
    }
    let status = child.wait()?;
    if !status.success() {
        return Err(Error::failed(format!("the demonstration failed ({status})")));
    }
    // Before the first line that is shown, it builds.
    let first = printed.iter().position(|line| line.starts_with("1. "));
    let printed = printed.split_off(first.unwrap_or_default());
    compare(&shown, &printed).map_err(|line| {
        Error::failed(format!(
            "{README} shows what the demonstration does not print: `{line}`"
        ))
    })
}

/// The lines of the README's block.
fn shown(readme: &str) -> Result<Vec<String>, Error> {
    let rest = readme.split_once(BEGINS).map(|(_, rest)| rest);
    let block = rest
        .and_then(|rest| rest.split_once("```"))
        .map(|(block, _)| block);
    let block = block.ok_or_else(|| Error::failed(format!("{README}: shows no demonstration")))?;
    Ok(format!("1. {block}").lines().map(str::to_owned).collect())
}

/// Whether the printed lines are the shown ones, where `...` alone on a line stands for any lines. The shown line that is
/// not printed.
fn compare(shown: &[String], printed: &[String]) -> Result<(), String> {
    let mut printed = printed.iter().map(|line| shape(line));
    let mut skipping = false;
    for line in shown {
        let wanted = shape(line);
        if wanted.trim_start_matches(['│', ' ']) == "..." {
            skipping = true;
            continue;
        }
        let found = if skipping {
            printed.any(|line| matches(&wanted, &line))
        } else {
            printed.next().is_some_and(|line| matches(&wanted, &line))
        };
        if !found {
            return Err(line.clone());
        }
        skipping = false;
    }
    match printed.next() {
        Some(line) if !skipping => Err(format!("(the end, but: {line})")),
        _ => Ok(()),
    }
}

/// A line without what differs from run to run: each number is `#`, each stretch of spaces one.
fn shape(line: &str) -> String {
    let mut shape = String::new();
    let mut before = ' ';
    for character in line.trim_end().chars() {
        let character = match character {
            '0'..='9' => '#',
            // Within a number; a sentence has a space behind either.
            '.' | ',' if before == '#' => continue,
            other => other,
        };
        if !(character == before && matches!(character, '#' | ' ')) {
            shape.push(character);
        }
        before = character;
    }
    shape.trim().to_owned()
}

/// Whether a line has the shape that is shown, where `...` stands for anything.
fn matches(shown: &str, line: &str) -> bool {
    match shown.split_once("...") {
        None => shown == line,
        Some((start, end)) => line.strip_prefix(start).is_some_and(|rest| rest.ends_with(end)),
    }
}

#[cfg(test)]
mod tests {
    use super::{compare, shown};

    const README: &str = "text\n```text\n1. Two\n   10 of 1,000 in 1.3 s\n\n4. Buckets\n   ├─ a/date=2026-11-23-20/1/a/...+1+0.avro  4.7 kB\n   │  ...\n\nevents in: 5\n```\n";

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn numbers_and_what_is_left_out_may_differ_and_nothing_else() {
        let shown = shown(README).unwrap();
        let run = "1. Two\n   7 of 22 in 12.25 s\n\n4. Buckets\n   ├─ a/date=2027-01-02-03/30/a/x.y+99+12.avro  18 kB\n   │  b\n   └─ c\n\nevents in:   77";
        assert_eq!(compare(&shown, &lines(run)), Ok(()));
        for (from, to) in [
            ("of", "from"),
            ("events in", "events out"),
            ("a/date", "b/date"),
            ("1. Two\n", ""),
        ] {
            assert!(compare(&shown, &lines(&run.replace(from, to))).is_err(), "{from}");
        }
        assert!(compare(&shown, &lines(&format!("{run}\nmore"))).is_err());
    }
}
