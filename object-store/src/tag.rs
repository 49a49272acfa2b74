//! Tag and version of an object as one tag: Google's conditions are on the version, Azure's on the tag. It must not know which is
//! used.

use bucketline_sink::ETag;
use object_store::UpdateVersion;

/// Between the two; a tag in quotes has none of it.
const BETWEEN: char = '\u{1f}';

pub(crate) fn joined(e_tag: Option<&str>, version: Option<&str>) -> Option<ETag> {
    match (e_tag, version) {
        (None, None) => None,
        (e_tag, None) => e_tag.map(ETag::new),
        (e_tag, Some(version)) => Some(ETag::new(format!(
            "{}{BETWEEN}{version}",
            e_tag.unwrap_or_default()
        ))),
    }
}

pub(crate) fn taken_apart(tag: &ETag) -> UpdateVersion {
    let text = tag.as_str();
    let (e_tag, version) = match text.split_once(BETWEEN) {
        Some((e_tag, version)) => (e_tag, Some(version.to_owned())),
        None => (text, None),
    };
    UpdateVersion {
        e_tag: (!e_tag.is_empty()).then(|| e_tag.to_owned()),
        version,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_halves_come_back() {
        for (e_tag, version) in [
            (Some("\"a\""), Some("1")),
            (Some("\"a\""), None),
            (None, Some("1")),
        ] {
            let back = taken_apart(&joined(e_tag, version).unwrap());
            assert_eq!((back.e_tag.as_deref(), back.version.as_deref()), (e_tag, version));
        }
        assert_eq!(joined(None, None), None);
    }
}
