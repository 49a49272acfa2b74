//! Names of user metadata, as a store can keep them. It must not know any value.

/// How names of user metadata are written in a store.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum MetadataNames {
    /// As they are.
    #[default]
    Plain,
    /// As identifiers of C#, which Azure wants: what an identifier cannot have, and `_` itself, is written `_xx`.
    Identifiers,
}

impl MetadataNames {
    /// The name as the store keeps it.
    pub(crate) fn written(self, name: &str) -> String {
        match self {
            Self::Plain => name.to_owned(),
            Self::Identifiers => name
                .bytes()
                .enumerate()
                .fold(String::new(), |mut text, (at, byte)| {
                    let plain = byte.is_ascii_lowercase() || (byte.is_ascii_digit() && at > 0);
                    if plain {
                        text.push(char::from(byte));
                    } else {
                        text.push_str(&format!("_{byte:02x}"));
                    }
                    text
                }),
        }
    }

    /// The name as it was put; nothing if it is none of ours.
    pub(crate) fn read(self, written: &str) -> Option<String> {
        if self == Self::Plain {
            return Some(written.to_owned());
        }
        let mut bytes = written.bytes();
        let mut name = Vec::new();
        while let Some(byte) = bytes.next() {
            name.push(match byte {
                b'_' => {
                    let digits = [bytes.next()?, bytes.next()?];
                    u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
                }
                plain => plain,
            });
        }
        String::from_utf8(name).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back_as_they_were_put() {
        for name in ["bl-version", "bl_version", "a.b", "1st", "plain", "a_2d"] {
            for names in [MetadataNames::Plain, MetadataNames::Identifiers] {
                assert_eq!(names.read(&names.written(name)).as_deref(), Some(name));
            }
        }
        assert_eq!(MetadataNames::Identifiers.written("bl-version"), "bl_2dversion");
        assert_eq!(MetadataNames::Identifiers.written("1st"), "_31st");
        assert_eq!(MetadataNames::Identifiers.read("odd_"), None);
    }
}
