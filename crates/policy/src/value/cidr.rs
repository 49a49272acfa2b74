//! Address ranges in CIDR form, for both families.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A range of addresses; a bare address is a range of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cidr {
    address: IpAddr,
    bits: u32,
}

/// Addresses that no service ever sees as a caller's.
const PRIVATE: [&str; 6] = [
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "fc00::/7",
];

impl Cidr {
    /// Bits of the host part are ignored, as AWS ignores them.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (address, length) = text
            .split_once('/')
            .map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().ok()?;
        let full = if address.is_ipv4() { 32 } else { 128 };
        let bits = match length {
            None => full,
            Some(text) if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) => {
                text.parse().ok()?
            }
            Some(_) => return None,
        };
        (bits <= full).then_some(Self { address, bits })
    }

    pub(crate) fn contains(self, address: IpAddr) -> bool {
        match (self.address, address) {
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

    /// With the bits of the host part set to nought.
    pub(crate) fn trimmed(self) -> Self {
        let address = match self.address {
            IpAddr::V4(address) => {
                let mask = u32::MAX.checked_shl(32 - self.bits).unwrap_or(0);
                Ipv4Addr::from_bits(address.to_bits() & mask).into()
            }
            IpAddr::V6(address) => {
                let mask = u128::MAX.checked_shl(128 - self.bits).unwrap_or(0);
                Ipv6Addr::from_bits(address.to_bits() & mask).into()
            }
        };
        Self { address, ..self }
    }

    /// Whether all of it lies in private space.
    pub(crate) fn is_private(self) -> bool {
        let private = PRIVATE.iter().filter_map(|text| Self::parse(text));
        private
            .filter(|private| private.bits <= self.bits)
            .any(|private| private.contains(self.address))
    }

    /// The first address of the range and the first behind it: at these alone does it change which ranges an address is
    /// in.
    pub(crate) fn edges(self) -> impl Iterator<Item = IpAddr> {
        let first = self.trimmed().address;
        let behind: Option<IpAddr> = match first {
            IpAddr::V4(first) => {
                let host = u32::MAX.checked_shr(self.bits).unwrap_or(0);
                (first.to_bits() | host)
                    .checked_add(1)
                    .map(|bits| Ipv4Addr::from_bits(bits).into())
            }
            IpAddr::V6(first) => {
                let host = u128::MAX.checked_shr(self.bits).unwrap_or(0);
                (first.to_bits() | host)
                    .checked_add(1)
                    .map(|bits| Ipv6Addr::from_bits(bits).into())
            }
        };
        std::iter::once(first).chain(behind)
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
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

    #[test]
    fn ranges_begin_and_end() {
        let edges = |text| -> Vec<String> {
            let range = Cidr::parse(text).unwrap();
            range.edges().map(|edge| edge.to_string()).collect()
        };
        assert_eq!(edges("203.0.113.77/24"), ["203.0.113.0", "203.0.114.0"]);
        assert_eq!(edges("203.0.113.77"), ["203.0.113.77", "203.0.113.78"]);
        assert_eq!(edges("0.0.0.0/0"), ["0.0.0.0"]);
        assert_eq!(edges("2001:db8::/32"), ["2001:db8::", "2001:db9::"]);
        assert_eq!(edges("::/0"), ["::"]);
    }

    #[test]
    fn ranges_are_trimmed_and_may_be_private() {
        let range = |text: &str| Cidr::parse(text).unwrap();
        assert_eq!(range("203.0.113.7/24").trimmed().to_string(), "203.0.113.0/24");
        assert_eq!(range("2001:db8::1/32").trimmed().to_string(), "2001:db8::/32");
        assert_eq!(range("8.8.8.8/0").trimmed().to_string(), "0.0.0.0/0");
        assert!(range("10.1.2.3").is_private() && range("fd00::/8").is_private());
        for public in ["10.0.0.0/7", "11.0.0.0/8", "0.0.0.0/0", "::/0"] {
            assert!(!range(public).is_private(), "{public}");
        }
    }
}
