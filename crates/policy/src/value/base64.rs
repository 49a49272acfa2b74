//! Standard base64 with padding (RFC 4648, section 4), decoded strictly. Policies use it for binary values alone.

pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let body = text.trim_end_matches('=');
    let padding = text.len() - body.len();
    if !text.len().is_multiple_of(4) || padding > 2 {
        return None;
    }
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0u32, 0u32);
    for byte in body.bytes() {
        bits = bits << 6 | u32::from(digit(byte)?);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count & 0xff) as u8);
        }
        bits &= (1 << count) - 1;
    }
    // Left-over bits that are not zero would give one value two spellings.
    (bits == 0).then_some(out)
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn decodes_what_is_base64_and_nothing_else() {
        assert_eq!(decode("").as_deref(), Some(&b""[..]));
        assert_eq!(
            decode("QmluYXJ5VmFsdWVJbkJhc2U2NA==").as_deref(),
            Some(&b"BinaryValueInBase64"[..])
        );
        assert_eq!(decode("/+8=").as_deref(), Some(&[0xff, 0xef][..]));
        for bad in [
            "Q", "QQ", "QQ=", "QR==", "Q===", "====", "Q=Q=", "QQ==QQ==", "Q Q=",
        ] {
            assert_eq!(decode(bad), None, "{bad}");
        }
    }
}
