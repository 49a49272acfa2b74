//! Folder paths and their overlap, against a plain model.

use bucketline_connector::{FolderPath, FolderRegistry, Overlap};
use proptest::prelude::*;

fn path() -> impl Strategy<Value = String> {
    proptest::collection::vec("[abAB]{1,2}", 1..4).prop_map(|segments| segments.join("/"))
}

/// Whether one folder equals or contains the other, but for case.
fn overlap(a: &str, b: &str) -> bool {
    let (a, b) = (format!("{}/", a.to_lowercase()), format!("{}/", b.to_lowercase()));
    a.starts_with(&b) || b.starts_with(&a)
}

proptest! {
    #[test]
    fn the_registry_agrees_with_comparing_all_pairs(paths in proptest::collection::vec(path(), 1..20)) {
        let mut registry = FolderRegistry::new();
        let mut taken: Vec<String> = Vec::new();
        for path in paths {
            let free = !taken.iter().any(|other| overlap(&path, other));
            let folder: FolderPath = path.parse().unwrap();
            let claimed = registry.claim("bucket", &folder, &path);
            prop_assert_eq!(claimed.is_ok(), free, "{} beside {:?}", path, taken);
            if free {
                taken.push(path);
            }
        }
    }

    #[test]
    fn what_parses_is_canonical(text in "[ -~]{0,20}") {
        if let Ok(folder) = text.parse::<FolderPath>() {
            prop_assert_eq!(text.strip_suffix('/').unwrap_or(&text), folder.as_str());
            prop_assert_eq!(folder.as_str().parse::<FolderPath>().unwrap(), folder);
        }
    }
}

#[test]
fn a_conflict_says_how_and_with_whom() {
    let mut registry = FolderRegistry::new();
    registry
        .claim("bucket", &"a/b".parse().unwrap(), "first")
        .unwrap();
    for (path, overlap) in [
        ("a/b", Overlap::Equal),
        ("a", Overlap::Contains),
        ("a/b/c", Overlap::Inside),
        ("A/b", Overlap::CaseOnly),
        ("a/B/c", Overlap::CaseOnly),
    ] {
        let conflict = registry
            .claim("bucket", &path.parse().unwrap(), "second")
            .unwrap_err();
        assert_eq!(
            (conflict.overlap(), conflict.holder()),
            (overlap, "first"),
            "{path}"
        );
        assert!(conflict.to_string().contains("`first`"));
    }
    registry
        .claim("bucket", &"a/bc".parse().unwrap(), "second")
        .unwrap();
    registry
        .claim("another", &"a/b".parse().unwrap(), "third")
        .unwrap();
}
