//! Finds a text that some lists of patterns match and others do not, or proves that there is none.
//! Knows languages of texts, no policies.

use std::collections::{HashMap, VecDeque};

/// One element of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Symbol {
    Char(char),
    One,
    Run,
    /// `?` within a field of an ARN: no colon.
    OneInField,
    /// `*` within a field of an ARN: no colon.
    RunInField,
    /// One character of a name: neither colon nor slash.
    OneInName,
    /// Any number of these.
    RunInName,
    /// A digit.
    Digit,
    /// An ASCII letter in either case, here in lower case, or any other character itself.
    AnyCase(char),
}

impl Symbol {
    /// Whether the symbol takes this character.
    fn takes(self, c: char) -> bool {
        match self {
            Self::Char(known) => known == c,
            Self::One | Self::Run => true,
            Self::OneInField | Self::RunInField => c != ':',
            Self::OneInName | Self::RunInName => !matches!(c, ':' | '/'),
            Self::Digit => c.is_ascii_digit(),
            // Beyond ASCII there is a letter whose lower case is `k`.
            Self::AnyCase(known) => c.to_lowercase().eq([known]),
        }
    }

    /// Whether it stands for any number of characters.
    fn is_run(self) -> bool {
        matches!(self, Self::Run | Self::RunInField | Self::RunInName)
    }
}

pub(super) type Glob = Vec<Symbol>;

/// A list of patterns, of which one has to match, or none may.
#[derive(Clone, Debug)]
pub(super) struct Demand<'g> {
    pub(super) globs: Vec<&'g [Symbol]>,
    pub(super) is_met: bool,
}

impl<'g> Demand<'g> {
    /// This pattern has to match.
    pub(super) fn met_by(glob: &'g [Symbol]) -> Self {
        Self {
            globs: vec![glob],
            is_met: true,
        }
    }
}

/// Which texts are looked among.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Shape {
    /// `service:name`, in lower case.
    Action,
    /// Six fields; partition, service and resource are not empty.
    Arn,
    Any,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Text(String),
    /// Proven.
    Nothing,
    /// The work that is left was used up.
    GivenUp,
}

/// The shortest text of this shape that meets all demands. `work` is what may be spent, and is spent.
pub(super) fn find(shape: Shape, demands: &[Demand<'_>], work: &mut usize) -> Found {
    let is_hopeless_from_the_start = |demand: &Demand<'_>| {
        let mut globs = demand.globs.iter();
        if demand.is_met {
            globs.len() == 0
        } else {
            globs.any(|glob| matches!(glob, [Symbol::Run]))
        }
    };
    if demands.iter().any(is_hopeless_from_the_start) {
        return Found::Nothing;
    }
    let alphabet = alphabet(shape, demands);
    let globs: Vec<&[Symbol]> = demands
        .iter()
        .flat_map(|demand| demand.globs.iter().copied())
        .collect();
    let start = State {
        shape: 0,
        places: globs.iter().map(|glob| closure(glob, vec![0])).collect(),
    };
    let mut known: HashMap<State, usize> = HashMap::new();
    let mut steps: Vec<(usize, char)> = vec![(0, ' ')];
    let mut queue = VecDeque::from([(start.clone(), 0)]);
    known.insert(start, 0);
    while let Some((state, at)) = queue.pop_front() {
        if shape.ends(state.shape) && meets(&state, demands) {
            return Found::Text(spell(&steps, at));
        }
        for c in &alphabet {
            let Some(shape_state) = shape.step(state.shape, *c) else {
                continue;
            };
            let cost = 1 + state.places.iter().map(Vec::len).sum::<usize>();
            match work.checked_sub(cost) {
                Some(left) => *work = left,
                None => return Found::GivenUp,
            }
            let places = globs.iter().zip(&state.places);
            let next = State {
                shape: shape_state,
                places: places.map(|(glob, places)| advance(glob, places, *c)).collect(),
            };
            if is_hopeless(&next, demands) || known.contains_key(&next) {
                continue;
            }
            let number = steps.len();
            steps.push((at, *c));
            known.insert(next.clone(), number);
            queue.push_back((next, number));
        }
    }
    Found::Nothing
}

/// Whether a text meets all demands; the shape is the caller's business.
pub(super) fn accepts(demands: &[Demand<'_>], text: &str) -> bool {
    demands
        .iter()
        .all(|demand| demand.globs.iter().any(|glob| matches(glob, text)) == demand.is_met)
}

pub(super) fn matches(glob: &[Symbol], text: &str) -> bool {
    if glob.len() < 128 {
        return matches_short(glob, text);
    }
    matches_long(glob, text)
}

fn matches_long(glob: &[Symbol], text: &str) -> bool {
    let mut places = closure(glob, vec![0]);
    for c in text.chars() {
        places = advance(glob, &places, c);
        if places.is_empty() {
            return false;
        }
    }
    places.last() == Some(&glob.len())
}

/// As [`matches`], with a bit for each place of the pattern.
fn matches_short(glob: &[Symbol], text: &str) -> bool {
    let with_stars = |mut places: u128| {
        for (at, symbol) in glob.iter().enumerate() {
            if symbol.is_run() && places >> at & 1 == 1 {
                places |= 1 << (at + 1);
            }
        }
        places
    };
    let mut places = with_stars(1);
    for c in text.chars() {
        let (mut left, mut next) = (places, 0_u128);
        while left != 0 {
            let at = left.trailing_zeros();
            left &= left - 1;
            if let Some(symbol) = glob.get(at as usize).filter(|symbol| symbol.takes(c)) {
                next |= 1 << if symbol.is_run() { at } else { at + 1 };
            }
        }
        places = with_stars(next);
        if places == 0 {
            return false;
        }
    }
    places >> glob.len() & 1 == 1
}

/// A text that the pattern matches: a star is `filling`, and one that ends a name goes on to another name first.
pub(super) fn filled(glob: &[Symbol], filling: &str) -> String {
    let mut out = String::new();
    for symbol in glob {
        match symbol {
            Symbol::Char(c) | Symbol::AnyCase(c) => out.push(*c),
            Symbol::One | Symbol::OneInField => out.push('x'),
            Symbol::OneInName => out.push('a'),
            Symbol::Digit => out.push('1'),
            Symbol::Run if !out.ends_with(['/', ':']) => {
                out.push_str("-other/");
                out.push_str(filling);
            }
            Symbol::Run | Symbol::RunInField => out.push_str(filling),
            Symbol::RunInName => out.push_str("-name"),
        }
    }
    out
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct State {
    shape: u8,
    /// For each pattern the places that the text may have brought it to, in order.
    places: Vec<Vec<usize>>,
}

/// Adds the places behind stars, which a text may reach without a character.
fn closure(glob: &[Symbol], mut places: Vec<usize>) -> Vec<usize> {
    let mut at = 0;
    while let Some(place) = places.get(at).copied() {
        if glob.get(place).is_some_and(|symbol| symbol.is_run()) {
            places.push(place + 1);
        }
        at += 1;
    }
    places.sort_unstable();
    places.dedup();
    places
}

fn advance(glob: &[Symbol], places: &[usize], c: char) -> Vec<usize> {
    let next = places.iter().filter_map(|place| {
        let symbol = glob.get(*place).filter(|symbol| symbol.takes(c))?;
        Some(if symbol.is_run() { *place } else { place + 1 })
    });
    closure(glob, next.collect())
}

/// The demands with the places of their patterns.
fn by_demand<'s>(
    state: &'s State,
    demands: &'s [Demand<'_>],
) -> impl Iterator<Item = (&'s Demand<'s>, &'s [Vec<usize>])> {
    let mut rest = state.places.as_slice();
    demands.iter().map(move |demand| {
        let (own, others) = rest.split_at_checked(demand.globs.len()).unwrap_or((rest, &[]));
        rest = others;
        (demand, own)
    })
}

fn meets(state: &State, demands: &[Demand<'_>]) -> bool {
    by_demand(state, demands).all(|(demand, places)| {
        let mut ends = demand.globs.iter().zip(places);
        ends.any(|(glob, places)| places.last() == Some(&glob.len())) == demand.is_met
    })
}

/// Whether no continuation can meet a demand.
fn is_hopeless(state: &State, demands: &[Demand<'_>]) -> bool {
    by_demand(state, demands).any(|(demand, places)| demand.is_met && places.iter().all(Vec::is_empty))
}

fn spell(steps: &[(usize, char)], end: usize) -> String {
    let mut chars = Vec::new();
    let mut at = end;
    while let Some((before, c)) = steps.get(at)
        && at != 0
    {
        chars.push(*c);
        at = *before;
    }
    chars.iter().rev().collect()
}

/// The characters that patterns tell apart, and one that stands for all others.
fn alphabet(shape: Shape, demands: &[Demand<'_>]) -> Vec<char> {
    let mut named: Vec<char> = Vec::new();
    for symbol in demands
        .iter()
        .flat_map(|demand| demand.globs.iter().copied().flatten())
    {
        match symbol {
            Symbol::Char(c) => named.push(*c),
            Symbol::AnyCase(c) => named.extend([*c, c.to_ascii_uppercase(), '\u{212a}']),
            // A digit that no pattern names would have to stand for all others.
            Symbol::Digit => named.extend('0'..='9'),
            Symbol::OneInField | Symbol::RunInField => named.push(':'),
            Symbol::OneInName | Symbol::RunInName => named.extend([':', '/']),
            Symbol::One | Symbol::Run => {}
        }
    }
    if shape != Shape::Any {
        named.push(':');
    }
    if shape == Shape::Arn {
        named.extend("arn".chars());
    }
    named.sort_unstable();
    named.dedup();
    let is_fresh = |c: &char| named.binary_search(c).is_err();
    let familiar = "xyzwvutsrqponmlkjihgfedcba0123456789-";
    let mut others: Vec<char> = Vec::new();
    others.extend(familiar.chars().find(is_fresh));
    if shape == Shape::Action {
        others.extend("_.".chars().find(is_fresh));
    } else if others.is_empty() {
        others.extend(('\u{100}'..='\u{ffff}').find(is_fresh));
    }
    others.extend(named);
    others
}

impl Shape {
    /// The state after one more character; `None` when no such text has this shape. States count from 0.
    fn step(self, state: u8, c: char) -> Option<u8> {
        match self {
            Self::Any => Some(0),
            Self::Action => {
                let word = c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
                match (state, c) {
                    (0 | 1, _) if word => Some(1),
                    (1, ':') => Some(2),
                    (2 | 3, _) if word || matches!(c, '_' | '.') => Some(3),
                    _ => None,
                }
            }
            Self::Arn => match (state, c) {
                (0, 'a') | (1, 'r') | (2, 'n') | (3, ':') => Some(state + 1),
                (0..=3, _) => None,
                // Partition and service, first empty and then not; region; account.
                (5, ':') => Some(6),
                (7, ':') => Some(8),
                (8, ':') => Some(9),
                (9, ':') => Some(10),
                (4 | 6, ':') => None,
                (4 | 5, _) => Some(5),
                (6 | 7, _) => Some(7),
                (8 | 9, _) => Some(state),
                _ => Some(11),
            },
        }
    }

    fn ends(self, state: u8) -> bool {
        match self {
            Self::Any => true,
            Self::Action => state == 3,
            Self::Arn => state == 11,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Symbol, matches_long, matches_short};
    use proptest::prelude::*;

    fn symbol() -> impl Strategy<Value = Symbol> {
        prop::sample::select(vec![
            Symbol::Char('a'),
            Symbol::Char(':'),
            Symbol::AnyCase('b'),
            Symbol::One,
            Symbol::OneInField,
            Symbol::Run,
            Symbol::RunInField,
            Symbol::RunInName,
            Symbol::Digit,
        ])
    }

    proptest! {
        #[test]
        fn bits_and_lists_of_places_agree(glob in prop::collection::vec(symbol(), 0..127), text in "[abB:/1]{0,12}") {
            for glob in [glob.as_slice(), glob.get(..glob.len().min(6)).unwrap_or_default()] {
                prop_assert_eq!(matches_short(glob, &text), matches_long(glob, &text));
            }
        }
    }

    #[test]
    fn the_longest_pattern_of_bits() {
        let mut glob = vec![Symbol::Char('a'); 126];
        glob.push(Symbol::Run);
        assert!(matches_short(&glob, &"a".repeat(126)));
        assert!(matches_short(&glob, &"a".repeat(127)));
        assert!(!matches_short(&glob, &"a".repeat(125)));
    }
}
