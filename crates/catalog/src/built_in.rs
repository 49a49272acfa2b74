//! The embedded data: its index is read once, a service when it is first asked for.

use std::sync::LazyLock;

use crate::{Catalog, packed};

const PACKED: &str = include_str!("../data/services.tsv");

pub(crate) fn catalog() -> &'static Catalog {
    // INVARIANT: a test reads the embedded text whole and finds nothing wrong, so the default is never taken.
    static CATALOG: LazyLock<Catalog> = LazyLock::new(|| packed::read_lazily(PACKED).unwrap_or_default());
    &CATALOG
}

#[cfg(test)]
mod tests {
    use super::PACKED;
    use crate::{Catalog, packed};

    #[test]
    fn the_embedded_text_is_whole() {
        let whole = Catalog::from_packed(PACKED).unwrap();
        let printed = whole.to_packed();
        assert!(printed == PACKED, "packed anew it differs: `cargo xtask codegen`");
        let lazy = packed::read_lazily(PACKED).unwrap();
        assert!(lazy.to_packed() == PACKED);
        assert!(PACKED.len() < 2_000_000, "{}", PACKED.len());
    }
}
