//! Whether two connectors' folders on this machine are one, or one inside the other. Looks at paths alone, as they are given.

use std::path::{Path, PathBuf};

/// Two of the places that share a folder: equal, or one inside the other, also where only the case of letters tells them apart.
pub(crate) fn first<T>(places: &[(PathBuf, T)]) -> Option<(&T, &T)> {
    let mut sorted: Vec<(Vec<String>, &T)> =
        places.iter().map(|(path, whose)| (parts(path), whose)).collect();
    // What lies inside a folder stands right behind it.
    sorted.sort_by(|a, b| a.0.cmp(&b.0));
    sorted.windows(2).find_map(|pair| match pair {
        [(outer, a), (inner, b)] if inner.starts_with(outer) => Some((*a, *b)),
        _ => None,
    })
}

fn parts(path: &Path) -> Vec<String> {
    path.components()
        .map(|part| part.as_os_str().to_string_lossy().to_lowercase())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shared(paths: &[&str]) -> bool {
        let places: Vec<(PathBuf, usize)> = paths.iter().map(PathBuf::from).zip(0..).collect();
        first(&places).is_some()
    }

    #[test]
    fn a_folder_and_what_lies_in_it_are_shared() {
        for paths in [
            ["/out/currents", "/out/currents"],
            ["/out/currents/x", "/out/currents"],
            ["/out", "/out/a/b/c"],
            ["/OUT/a", "/out/A"],
        ] {
            assert!(shared(&paths), "{paths:?}");
        }
        assert!(!shared(&["/out/a", "/out/ab", "/out/b", "/other"]));
        assert!(shared(&["/out/a", "/out/ab", "/z", "/out/ab/c"]));
    }
}
