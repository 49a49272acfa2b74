use super::*;

struct Fixed(&'static [(&'static str, &'static str)]);

impl Variables for Fixed {
    fn value(&self, key: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(known, _)| *known == key)
            .map(|(_, value)| *value)
    }
}

const LIKE: Syntax = Syntax {
    wildcards: true,
    variables: true,
};

fn like(pattern: &str, text: &str) -> bool {
    Pattern::compile(pattern, LIKE).matches(text, &Fixed(&[("aws:username", "al*ce"), ("k", "")]))
}

#[test]
fn stars_and_question_marks() {
    for (pattern, text, expected) in [
        ("a*c", "abcc", true),
        ("*", "", true),
        ("", "", true),
        ("", "a", false),
        ("?", "", false),
        ("?", "é", true),
        ("a?*", "a", false),
        ("a?*", "ab", true),
        ("*b?d*", "aabbdbcd", true),
        ("*b?d", "aabbdbcd", true),
        ("*b?d", "aabbdbcde", false),
        ("a*a", "a", false),
        ("ab*ba", "aba", false),
        ("*aab*", "aaaab", true),
        ("**a**", "xax", true),
    ] {
        assert_eq!(like(pattern, text), expected, "{pattern} on {text}");
    }
}

#[test]
fn variables_are_plain_text_and_may_have_defaults() {
    assert!(like("home/${aws:username}/*", "home/al*ce/x"));
    assert!(!like("home/${aws:username}/*", "home/alice/x"));
    assert!(like("home/*/${AWS:UserName}", "home/x/al*ce"));
    assert!(!like("${aws:userid}", ""));
    assert!(like("${aws:userid, 'nobody'}-*", "nobody-1"));
    assert!(like("${k}x", "x"));
    assert!(like("e${*}a${$}t${?}", "e*a$t?"));
    assert!(!like("e${*}t", "exxt"));
    assert!(like("${aws:username", "${aws:username"));
    assert!(!like("${}", ""));
}

#[test]
fn without_variables_the_text_stands_for_itself() {
    let plain = Pattern::compile(
        "${*}",
        Syntax {
            wildcards: true,
            variables: false,
        },
    );
    assert!(plain.matches("${anything}", &Fixed(&[])));
}

#[test]
fn fields_are_split_outside_variables() {
    assert_eq!(split_fields("a:${x:y}:b:c", 3, LIKE), ["a", "${x:y}", "b:c"]);
}

#[test]
fn hostile_patterns_stay_linear() {
    let text = "a".repeat(2_000);
    for pattern in [
        format!("{}b", "*a".repeat(5_000)),
        format!("*{}b*", "a".repeat(1_000)),
        format!("*{}b*", "a?".repeat(500)),
        format!("{}*b", "?*".repeat(900)),
        format!("*{}*", "?a".repeat(999)),
    ] {
        let Pattern::Glob(glob) = Pattern::compile(&pattern, LIKE) else {
            panic!("{pattern}")
        };
        let mut steps = 0;
        glob.matches_counting(&text, &mut steps);
        let words = pattern.len().div_ceil(64) as u64;
        let bound = 2 * (text.len() as u64 + pattern.len() as u64) + text.len() as u64 * words;
        assert!(
            steps <= bound,
            "{steps} steps for {} bytes of pattern",
            pattern.len()
        );
        // Backtracking would need more than this by orders of magnitude.
        assert!(steps < 100_000, "{steps}");
    }
}

/// The definition of a match, by trying everything.
fn naive(pattern: &[char], text: &[char]) -> bool {
    match pattern.split_first() {
        None => text.is_empty(),
        Some(('*', rest)) => (0..=text.len()).any(|taken| naive(rest, &text[taken..])),
        Some(('?', rest)) => !text.is_empty() && naive(rest, &text[1..]),
        Some((c, rest)) => text.first() == Some(c) && naive(rest, &text[1..]),
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(1_500))]

    #[test]
    fn agrees_with_the_definition(pattern in "[abé*?]{0,12}", text in "[abé]{0,14}") {
        let chars = |text: &str| text.chars().collect::<Vec<_>>();
        let expected = naive(&chars(&pattern), &chars(&text));
        proptest::prop_assert_eq!(like(&pattern, &text), expected);
    }

    #[test]
    fn long_chunks_agree_with_the_definition(head in "[ab?]{60,140}", text in "[ab]{0,20}", tail in "[ab]{0,20}") {
        // The chunk is found where it was put, whatever surrounds it.
        let inner: String = head.chars().map(|c| if c == '?' { 'b' } else { c }).collect();
        let pattern = format!("*{head}*");
        let whole = format!("{text}{inner}{tail}");
        proptest::prop_assert!(like(&pattern, &whole));
        let absent = format!("*{head}c*");
        proptest::prop_assert!(!like(&absent, &whole));
    }

    #[test]
    fn any_text_compiles_and_matches_without_panic(pattern in ".{0,40}", text in ".{0,40}") {
        let _ = like(&pattern, &text);
    }
}
