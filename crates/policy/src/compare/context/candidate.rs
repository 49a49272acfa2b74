//! Values that might fulfil some facts about a key, to be tried. Proves nothing.

use super::Fact;

use crate::pattern::{self, Syntax};
use crate::value::Cidr;
use crate::{Context, Version};

/// Values near those that the facts name: each itself, a little more and a little less, and others altogether.
pub(super) fn near(facts: &[(&Fact, bool)], context: &Context) -> Vec<String> {
    let mut values: Vec<String> = Vec::new();
    for (fact, _) in facts {
        for value in &fact.values {
            let syntax = Syntax {
                wildcards: false,
                variables: fact.version == Version::V2012,
            };
            let plain: String = pattern::symbols(value, syntax)
                .into_iter()
                .map(|symbol| match symbol {
                    pattern::Symbol::Char(c) => c.to_string(),
                    pattern::Symbol::Variable(key) => context.get(&key).first().cloned().unwrap_or_default(),
                    pattern::Symbol::One | pattern::Symbol::Run => String::new(),
                })
                .collect();
            values.push(plain.clone());
            values.push(plain.replace('*', "").replace('?', "x"));
            values.push(plain.replace(['*', '?'], "x"));
            values.push(plain.to_ascii_uppercase());
            values.push(plain.to_ascii_lowercase());
            values.extend(
                Cidr::parse(&plain)
                    .into_iter()
                    .flat_map(Cidr::edges)
                    .map(|edge| edge.to_string()),
            );
            if let Ok(number) = plain.parse::<i64>() {
                values.extend([number.saturating_sub(1), number.saturating_add(1)].map(|n| n.to_string()));
            }
        }
    }
    values.extend(
        [
            "something-else",
            "true",
            "false",
            "0",
            "1.5",
            "1970-01-01T00:00:00Z",
            "2199-01-01T00:00:00Z",
            "198.51.100.7",
            "2001:db8:ffff::7",
            "arn:aws:s3:::something-else",
            "c29tZXRoaW5n",
        ]
        .map(str::to_owned),
    );
    let mut seen = Vec::with_capacity(values.len());
    for value in values {
        if !seen.contains(&value) {
            seen.push(value);
        }
    }
    // Pairs are tried too: a bound on their number.
    seen.truncate(64);
    seen
}
