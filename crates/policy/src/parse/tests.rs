use super::*;

fn kinds(text: &str) -> Vec<(ProblemKind, String)> {
    lenient(text)
        .problems
        .into_iter()
        .map(|problem| (problem.kind, problem.pointer))
        .collect()
}

#[test]
fn a_strict_error_names_line_column_and_pointer() {
    let text =
        "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [{\"Effect\": \"allow\", \"Action\": \"*\"}]\n}";
    let error = strict(text).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Structure);
    assert_eq!(
        error.to_string(),
        "the effect `allow` does not exist: `Allow` and `Deny` do, in this spelling at `/Statement/0/Effect` \
         (line 3, column 28)"
    );
}

#[test]
fn every_problem_of_form_is_told_apart() {
    use ProblemKind::*;
    let cases: [(&str, &[(ProblemKind, &str)]); 14] = [
        ("[]", &[(WrongType, "")]),
        ("{}", &[(MissingStatement, "")]),
        (
            r#"{"Version":"2020-01-01","Statement":[]}"#,
            &[(InvalidVersion, "/Version")],
        ),
        (
            r#"{"Statement":[{}]}"#,
            &[(MissingEffect, "/Statement/0"), (MissingAction, "/Statement/0")],
        ),
        (
            r#"{"Statement":{"Effect":"Deny","Action":"a:b","NotAction":"c:d"}}"#,
            &[(BothForms, "/Statement")],
        ),
        (
            r#"{"Statement":{"Effect":"Deny","Action":7}}"#,
            &[(WrongType, "/Statement/Action")],
        ),
        (
            r#"{"Statement":{"Effect":"Deny","Action":["a:b",7]}}"#,
            &[(WrongType, "/Statement/Action/1")],
        ),
        (
            r#"{"Statement":{"Effect":"Deny","Action":"*","Principal":"arn:aws:iam::1:root"}}"#,
            &[(InvalidPrincipal, "/Statement/Principal")],
        ),
        (
            r#"{"Statement":{"Effect":"Deny","Action":"*","Principal":{"aws":"*"}}}"#,
            &[(InvalidPrincipalType, "/Statement/Principal/aws")],
        ),
        (
            r#"{"Statement":{"Effect":"Deny","Action":"*","Condition":{"StringIs":{"a/b":"c"}}}}"#,
            &[(InvalidOperator, "/Statement/Condition/StringIs")],
        ),
        (
            r#"{"Statement":{"Effect":"Deny","Action":"*","Condition":{"NullIfExists":{"a:b":"true"}}}}"#,
            &[(NullIfExists, "/Statement/Condition/NullIfExists")],
        ),
        (
            r#"{"Statement":{"Effect":"Deny","Action":"*","Condition":{"Bool":{"a:b":"x","A:B":"y"}}}}"#,
            &[(DuplicateKeyInOtherCase, "/Statement/Condition/Bool/A:B")],
        ),
        (
            r#"{"Statement":[],"Statement":[]}"#,
            &[(DuplicateKey, "/Statement")],
        ),
        (
            r#"{"Statement":{"Effect":"Deny","Action":"*","Condition":null,"a/b~c":1}}"#,
            &[
                (WrongType, "/Statement/Condition"),
                (UnknownElement, "/Statement/a~1b~0c"),
            ],
        ),
    ];
    for (text, expected) in cases {
        let expected: Vec<_> = expected
            .iter()
            .map(|(kind, at)| (*kind, (*at).to_owned()))
            .collect();
        assert_eq!(kinds(text), expected, "{text}");
        assert!(strict(text).is_err(), "{text}");
    }
}

#[test]
fn the_lenient_reading_keeps_what_it_understood() {
    let text = r#"{"Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"},{"Effect":"Allow","Action":["s3:PutObject"]"#;
    let lenient = lenient(text);
    assert_eq!(
        lenient.problems.first().map(|p| p.kind),
        Some(ProblemKind::Syntax)
    );
    assert_eq!(lenient.document.statements().len(), 2);
    assert!(lenient.root.is_some());
}

#[test]
fn a_document_inside_a_larger_file_is_as_strict() {
    let error = serde_json::from_str::<Document>(r#"{"Statement":[],"Statement":[]}"#).unwrap_err();
    assert!(error.to_string().contains("occurs twice"), "{error}");
}
