//! The `transform` rules of a connector. Whether its event types have the fields is for whoever has read the schemas.

use std::collections::BTreeSet;

use bucketline_connector::ConnectorId;
use bucketline_format::transform::Selector;
use toml::Spanned;

use super::super::raw;
use super::Checker;
use crate::model::{KeptHmacKey, ModelPath, TransformAction, TransformRule};

const ACTIONS: &str = "write `remove`, `hash`, `hmac`, `drop` or `keep`";

impl Checker<'_> {
    /// The rules, if all are in order. Nothing is noted of a connector without an id.
    pub(super) fn transforms(
        &mut self,
        id: Option<&ConnectorId>,
        rules: Option<Vec<Spanned<raw::Transform>>>,
    ) -> Option<Vec<TransformRule>> {
        let mut seen = BTreeSet::new();
        let mut checked = Some(Vec::new());
        for (number, rule) in rules.into_iter().flatten().enumerate() {
            let path = id.map(|id| ModelPath::connector(id).value(&format!("transform[{number}]")));
            let rule = self.transform(path.as_ref(), rule, &mut seen);
            checked = checked.zip(rule).map(|(mut rules, rule)| {
                rules.push(rule);
                rules
            });
        }
        checked
    }

    fn transform(
        &mut self,
        path: Option<&ModelPath>,
        rule: Spanned<raw::Transform>,
        seen: &mut BTreeSet<Selector>,
    ) -> Option<TransformRule> {
        let span = rule.span();
        let raw = rule.into_inner();
        if let Some(path) = path {
            self.places.note(path.clone(), self.source.place(&span));
        }
        let selectors = self.selectors(path, &span, &raw, seen);
        let action = self.action(path, raw);
        Some(TransformRule {
            action: action?,
            selectors: selectors?,
        })
    }

    fn action(&mut self, path: Option<&ModelPath>, raw: raw::Transform) -> Option<TransformAction> {
        let span = raw.action.span();
        let action = match raw.action.get_ref().as_str() {
            "hmac" => {
                let Some(key) = raw.key else {
                    let advice = "write `key = { env = \"NAME\" }` or `key = { file = \"path\" }`; 32 random bytes in hex are a good key";
                    self.problem(&span, "`hmac` has no `key`", advice);
                    return None;
                };
                let place = self.source.place(&key.span());
                let keeper = self.keeper(key)?;
                let path = path?.clone().value("key");
                self.places.note(path.clone(), place);
                return Some(TransformAction::Hmac(KeptHmacKey { keeper, path }));
            }
            "keep" => TransformAction::Keep,
            "remove" => TransformAction::Remove,
            "hash" => TransformAction::Hash,
            "drop" => TransformAction::Drop,
            other => {
                self.problem(&span, format!("`{other}` is not a transformation"), ACTIONS);
                return None;
            }
        };
        if let Some(key) = raw.key {
            let what = format!("`{}` takes no `key`", raw.action.get_ref());
            self.problem(&key.span(), what, "remove it, or write `action = \"hmac\"`");
        }
        Some(action)
    }

    fn selectors(
        &mut self,
        path: Option<&ModelPath>,
        span: &std::ops::Range<usize>,
        raw: &raw::Transform,
        seen: &mut BTreeSet<Selector>,
    ) -> Option<Vec<Selector>> {
        let given: Vec<(&raw::Text, Option<Selector>)> = match (&raw.fields, &raw.tag) {
            (Some(fields), None) => fields
                .iter()
                .map(|field| (field, self.parse(field, "fields", "")))
                .collect(),
            (None, Some(tag)) => {
                let known = tag.get_ref() == "pii";
                if !known {
                    let what = format!("`{}` is not a tag of fields", tag.get_ref().escape_debug());
                    self.problem(&tag.span(), what, "write `tag = \"pii\"`, or name the `fields`");
                }
                vec![(tag, known.then_some(Selector::Personal))]
            }
            _ => {
                let advice = "write `fields = [\"email_address\"]` or `tag = \"pii\"`";
                self.problem(span, "a transformation has either `fields` or a `tag`", advice);
                return None;
            }
        };
        if given.is_empty() {
            self.problem(span, "`fields` is empty", "name at least one field");
            return None;
        }
        let mut selectors = Some(Vec::new());
        for (number, (text, selector)) in given.into_iter().enumerate() {
            if let Some(path) = path {
                let path = path.clone().value(&format!("selector {number}"));
                self.places.note(path, self.source.place(&text.span()));
            }
            if let Some(selector) = &selector
                && !seen.insert(selector.clone())
            {
                let what = format!("{selector} is chosen by more than one rule");
                self.problem(&text.span(), what, "name it once");
            }
            selectors = selectors.zip(selector).map(|(mut selectors, selector)| {
                selectors.push(selector);
                selectors
            });
        }
        selectors
    }
}
