//! Address ranges in CIDR form, for both families.

use std::net::IpAddr;

/// A range of addresses; a bare address is a range of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cidr {
    network: IpAddr,
    bits: u32,
}

impl Cidr {
    /// Bits of the host part are ignored, as AWS ignores them.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (address, length) = text
            .split_once('/')
            .map_or((text, None), |(address, bits)| (address, Some(bits)));
        let network: IpAddr = address.parse().ok()?;
        let full = if network.is_ipv4() { 32 } else { 128 };
        let bits = match length {
            None => full,
            Some(text) if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) => {
                text.parse().ok()?
            }
            Some(_) => return None,
        };
        (bits <= full).then_some(Self { network, bits })
    }

    pub(super) fn contains(self, address: IpAddr) -> bool {
        match (self.network, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let difference = u32::from(network) ^ u32::from(address);
                difference.checked_shr(32 - self.bits).unwrap_or(0) == 0
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let difference = u128::from(network) ^ u128::from(address);
                difference.checked_shr(128 - self.bits).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Cidr;

    #[test]
    fn ranges_hold_their_addresses() {
        let holds = |range, address: &str| Cidr::parse(range).unwrap().contains(address.parse().unwrap());
        assert!(holds("203.0.113.0/24", "203.0.113.9"));
        assert!(holds("203.0.113.77/24", "203.0.113.9"));
        assert!(!holds("203.0.113.0/24", "203.0.114.9"));
        assert!(holds("0.0.0.0/0", "255.255.255.255"));
        assert!(holds("203.0.113.9", "203.0.113.9"));
        assert!(!holds("203.0.113.9", "203.0.113.8"));
        assert!(holds("2001:DB8:1234:5678::/64", "2001:db8:1234:5678::1"));
        assert!(holds("::/0", "::1"));
        assert!(!holds("0.0.0.0/0", "::1"));
        for bad in [
            "203.0.113.0/33",
            "203.0.113/24",
            "::/129",
            "x/8",
            "10.0.0.0/",
            "10.0.0.0/+8",
            "010.0.0.1",
        ] {
            assert_eq!(Cidr::parse(bad), None, "{bad}");
        }
    }
}
