//! Address ranges and where they begin and end. Knows no condition.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The first address of a range and the first behind it: at these alone does it change which ranges an address is in.
/// Nothing for a text that is no range, which matches no address.
pub(super) fn edges(range: &str) -> Vec<String> {
    let (address, length) = match range.split_once('/') {
        Some((address, length)) => (address, length.parse::<u32>().ok()),
        None => (range, Some(u32::MAX)),
    };
    let (Ok(address), Some(length)) = (address.parse::<IpAddr>(), length) else {
        return Vec::new();
    };
    match address {
        IpAddr::V4(address) => {
            let host = 32_u32.saturating_sub(length);
            let mask = u32::MAX.checked_shl(host).unwrap_or(0);
            let first = address.to_bits() & mask;
            let behind = (first | !mask).checked_add(1);
            let edges = std::iter::once(first).chain(behind);
            edges.map(|bits| Ipv4Addr::from_bits(bits).to_string()).collect()
        }
        IpAddr::V6(address) => {
            let host = 128_u32.saturating_sub(length);
            let mask = u128::MAX.checked_shl(host).unwrap_or(0);
            let first = address.to_bits() & mask;
            let behind = (first | !mask).checked_add(1);
            let edges = std::iter::once(first).chain(behind);
            edges.map(|bits| Ipv6Addr::from_bits(bits).to_string()).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::edges;

    #[test]
    fn ranges_begin_and_end() {
        assert_eq!(edges("203.0.113.77/24"), ["203.0.113.0", "203.0.114.0"]);
        assert_eq!(edges("203.0.113.77"), ["203.0.113.77", "203.0.113.78"]);
        assert_eq!(edges("0.0.0.0/0"), ["0.0.0.0"]);
        assert_eq!(edges("2001:db8::/32"), ["2001:db8::", "2001:db9::"]);
        assert_eq!(edges("::/0"), ["::"]);
        assert!(edges("somewhere").is_empty());
    }
}
