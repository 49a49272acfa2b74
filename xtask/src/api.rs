//! `cargo xtask api`: what each published library lets its users name, as text that is kept and compared.
//!
//! It is read from the pages that rustdoc writes: these show what a user sees, re-exports and macros resolved, with the stable
//! compiler. (rustdoc's JSON, which `cargo public-api` reads, needs a nightly one; a parser of our sources would have to
//! resolve names itself.) It must not know any crate.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use crate::cargo::{self, shaped};
use crate::error::Error;
use crate::workspace;

const USAGE: &str = "usage: cargo xtask api [--check]";

/// Where the texts are kept, one for each library.
const KEPT: &str = "docs/api";

/// What the name of an item's page begins with.
const KINDS: [&str; 12] = [
    "attr",
    "constant",
    "derive",
    "enum",
    "fn",
    "macro",
    "static",
    "struct",
    "trait",
    "traitalias",
    "type",
    "union",
];

pub(crate) fn run(arguments: &[String]) -> Result<(), Error> {
    let check = match arguments {
        [] => false,
        [flag] if flag == "--check" => true,
        _ => return Err(Error::usage(USAGE)),
    };
    let libraries = libraries()?;
    let pages = workspace::target_directory()?.join("doc");
    for library in &libraries {
        // Pages of items that are gone would stay.
        let old = pages.join(library.replace('-', "_"));
        if old.exists() {
            std::fs::remove_dir_all(old)?;
        }
    }
    let mut command = shaped("doc");
    command.args(["--no-deps", "--lib", "--quiet"]);
    cargo::run(command)?;
    std::fs::create_dir_all(KEPT)?;
    let mut differing = Vec::new();
    for library in &libraries {
        let listing = listing(&pages, &library.replace('-', "_"))?;
        let file = format!("{KEPT}/{library}.txt");
        let kept = std::fs::read_to_string(&file).unwrap_or_default();
        if kept == listing {
            continue;
        }
        if check {
            for line in difference(&kept, &listing) {
                println!("{library}: {line}");
            }
        } else {
            std::fs::write(&file, listing)?;
        }
        differing.push(file);
    }
    match (check, differing.is_empty()) {
        (_, true) => println!("api: {} libraries as they are kept", libraries.len()),
        (false, false) => println!("api: written anew: {}", differing.join(", ")),
        (true, false) => {
            return Err(Error::failed(format!(
                "the public interface is another one than kept (`cargo xtask api` writes it): {}",
                differing.join(", ")
            )));
        }
    }
    Ok(())
}

/// The published packages with a library.
fn libraries() -> Result<Vec<String>, Error> {
    let mut names = Vec::new();
    for package in workspace::packages()? {
        let published = package.get("publish").is_none_or(Value::is_null);
        let name = package.get("name").and_then(Value::as_str).unwrap_or_default();
        if published && workspace::has_library(name)? {
            names.push(name.to_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// Every public item of a library, by its path, with its signatures.
fn listing(pages: &Path, library: &str) -> Result<String, Error> {
    let mut items = BTreeSet::new();
    module(&pages.join(library), library, &mut items)?;
    if items.is_empty() {
        return Err(Error::failed(format!(
            "{library}: rustdoc's pages show no item; does it write them otherwise now?"
        )));
    }
    Ok(items.into_iter().collect::<Vec<_>>().join("\n"))
}

fn module(folder: &Path, path: &str, items: &mut BTreeSet<String>) -> Result<(), Error> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type()?.is_dir() {
            module(&entry.path(), &format!("{path}::{name}"), items)?;
            continue;
        }
        let mut parts = name.split('.');
        let (Some(kind), Some(item), Some("html"), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            continue;
        };
        if KINDS.contains(&kind) {
            let page = std::fs::read_to_string(entry.path())?;
            items.insert(format!("{path}::{item} ({kind})\n{}", signatures(&page)));
        }
    }
    Ok(())
}

/// The declaration on a page, its methods, and the traits that it implements by itself.
fn signatures(page: &str) -> String {
    let mut text = String::new();
    if let Some(declaration) = between(page, "<pre class=\"rust item-decl\"><code>", "</code></pre>") {
        indent(&plain(declaration), &mut text);
    }
    // What follows from the compiler or from a blanket is not the crate's to change.
    let end = [
        "id=\"synthetic-implementations\"",
        "id=\"blanket-implementations\"",
    ];
    let end = end.iter().filter_map(|mark| page.find(mark)).min();
    let page = page.get(..end.unwrap_or(page.len())).unwrap_or(page);
    let (own, of_traits) = page
        .split_once("id=\"trait-implementations\"")
        .unwrap_or((page, ""));
    for (part, tags) in [(own, ["h3", "h4"].as_slice()), (of_traits, &["h3"])] {
        let mut rest = part;
        while let Some(place) = rest.find("class=\"code-header\">") {
            let before = rest.get(..place).unwrap_or_default();
            let after = rest
                .get(place + "class=\"code-header\">".len()..)
                .unwrap_or_default();
            let tag = before.rsplit('<').next().unwrap_or_default().trim();
            let close = format!("</{tag}>");
            let Some((header, behind)) = after.split_once(close.as_str()) else {
                break;
            };
            if tags.contains(&tag) {
                indent(&plain(header), &mut text);
            }
            rest = behind;
        }
    }
    text
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(start)?;
    rest.split_once(end).map(|(inner, _)| inner)
}

/// A piece of a page without its tags, and without what only opens and closes on it.
fn plain(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html.to_owned();
    while let Some((before, after)) = rest.split_once("<summary") {
        let behind = after.split_once("</summary>").map_or("", |(_, behind)| behind);
        rest = format!("{before}{behind}");
    }
    // The sign behind a type whose traits rustdoc shows on a click.
    let mut rest = rest.replace("</div>", "\n").replace('\u{24d8}', "");
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        rest = after.split_once('>').map_or("", |(_, behind)| behind).to_owned();
    }
    text.push_str(&rest);
    let entities = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&nbsp;", " "),
        ("&amp;", "&"),
    ];
    entities
        .iter()
        .fold(text, |text, (entity, character)| text.replace(entity, character))
}

fn indent(lines: &str, text: &mut String) {
    for line in lines
        .lines()
        .map(str::trim_end)
        .filter(|line| !line.trim().is_empty())
    {
        text.push_str("    ");
        text.push_str(line);
        text.push('\n');
    }
}

/// Lines that were there, behind `-`, and that are there now, behind `+`, each with the item that it is of.
fn difference(kept: &str, now: &str) -> Vec<String> {
    let lines = |text: &str| -> BTreeSet<String> {
        let mut item = String::new();
        let mut lines = BTreeSet::new();
        for line in text.lines().filter(|line| !line.is_empty()) {
            if line.starts_with(' ') {
                lines.insert(format!("{item}: {}", line.trim()));
            } else {
                line.clone_into(&mut item);
                lines.insert(line.to_owned());
            }
        }
        lines
    };
    let (kept, now) = (lines(kept), lines(now));
    let gone = kept.difference(&now).map(|line| format!("- {line}"));
    gone.chain(now.difference(&kept).map(|line| format!("+ {line}")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{difference, signatures};

    const PAGE: &str = r##"<pre class="rust item-decl"><code><div class="code-attribute">#[non_exhaustive]</div>pub enum E {
<details><summary class="x"><span>Show 2 variants</span></summary>    A,
    B(<a class="enum" href="x">Option</a>&lt;u8&gt;),
</details>}</code></pre><h2 id="implementations"></h2><h3 class="code-header">impl E</h3>
<h4 class="code-header">pub fn <a href="#m" class="fn">new</a>() -&gt; Self</h4>
<h2 id="trait-implementations"></h2><h3 class="code-header">impl Clone for E</h3><h4 class="code-header">fn clone(&amp;self) -&gt; E</h4>
<h2 id="blanket-implementations"></h2><h3 class="code-header">impl&lt;T&gt; Any for T</h3>"##;

    #[test]
    fn a_page_becomes_its_signatures() {
        let expected = "    #[non_exhaustive]\n    pub enum E {\n        A,\n        B(Option<u8>),\n    }\n    impl E\n    \
                        pub fn new() -> Self\n    impl Clone for E\n";
        assert_eq!(signatures(PAGE), expected);
    }

    #[test]
    fn what_differs_is_said_with_its_item() {
        let kept = "a::X (struct)\n    pub struct X;\n    pub fn one()\n";
        let now = "a::X (struct)\n    pub struct X;\n    pub fn two()\n";
        assert_eq!(
            difference(kept, now),
            ["- a::X (struct): pub fn one()", "+ a::X (struct): pub fn two()"]
        );
    }
}
