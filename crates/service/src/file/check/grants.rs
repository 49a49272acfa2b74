//! The `[[grant]]` sections, and where secrets are kept. Reads no secret.

use bucketline_auth::{AccountId, RoleArn};
use toml::Spanned;

use super::super::raw::{self, Text};
use super::{Checker, Declared, valid};
use crate::model::{Grant, GrantKind, Keeper, KeptKey, ModelPath};

impl Checker<'_> {
    pub(super) fn grants(
        &mut self,
        grants: Vec<Spanned<raw::Grant>>,
        vendor: Option<&AccountId>,
    ) -> Declared<Grant> {
        let mut declared = Declared::new();
        for grant in grants {
            let span = grant.span();
            let grant = grant.into_inner();
            if grant.id.get_ref().is_empty() {
                self.problem(&grant.id.span(), "a grant's `id` is empty", "give it a name");
            }
            let id = grant.id.clone();
            let kind = match grant.r#type.get_ref().as_str() {
                "access_key" => self.access_key_grant(&span, grant),
                "assume_role" => self.role_grant(&span, grant, vendor),
                other => {
                    let what = format!("`{other}` is not a type of grant");
                    self.problem(&grant.r#type.span(), what, "write `access_key` or `assume_role`");
                    None
                }
            };
            let checked = kind.map(|kind| Grant {
                id: id.get_ref().clone(),
                kind,
            });
            self.shared_external_id(&declared, &id, checked.as_ref());
            self.declare(&mut declared, &id, "grant", checked);
        }
        declared
    }

    /// An external ID tells one customer from another: shared by two accounts it protects neither.
    fn shared_external_id(&mut self, declared: &Declared<Grant>, id: &Text, grant: Option<&Grant>) {
        let Some(GrantKind::AssumeRole { role, external_id }) = grant.map(|grant| &grant.kind) else {
            return;
        };
        let other = declared.values().flatten().find(|other| match &other.kind {
            GrantKind::AssumeRole {
                role: theirs,
                external_id: same,
            } => same == external_id && theirs.account() != role.account(),
            GrantKind::AccessKey(_) => false,
        });
        if let Some(other) = other {
            let what = format!(
                "the grants `{}` and `{}` share an external id, for roles of two accounts",
                other.id,
                id.get_ref()
            );
            self.problem(&id.span(), what, "give each customer an external id of its own");
        }
    }

    fn access_key_grant(&mut self, span: &std::ops::Range<usize>, grant: raw::Grant) -> Option<GrantKind> {
        self.not_for("access_key", grant.role_arn.as_ref(), "role_arn");
        self.not_for("access_key", grant.external_id.as_ref(), "external_id");
        let Some(secret) = grant.secret_access_key else {
            let what = format!("the grant `{}` lacks its secret", grant.id.get_ref());
            self.problem(
                span,
                what,
                "write `secret_access_key = { env = \"NAME\" }` or `{ file = \"path\" }`",
            );
            return None;
        };
        let path = ModelPath::grant(grant.id.get_ref());
        self.access_key(path, grant.access_key_id.as_ref(), secret)
            .map(GrantKind::AccessKey)
    }

    fn role_grant(
        &mut self,
        span: &std::ops::Range<usize>,
        grant: raw::Grant,
        vendor: Option<&AccountId>,
    ) -> Option<GrantKind> {
        self.not_for("assume_role", grant.access_key_id.as_ref(), "access_key_id");
        if let Some(secret) = &grant.secret_access_key {
            self.problem(
                &secret.span(),
                "a grant of type `assume_role` takes no `secret_access_key`",
                "remove it",
            );
        }
        let (Some(arn), Some(external_id)) = (grant.role_arn, grant.external_id) else {
            let what = format!(
                "the grant `{}` lacks its role or its external id",
                grant.id.get_ref()
            );
            self.problem(span, what, "write `role_arn` and `external_id`");
            return None;
        };
        let role: Option<RoleArn> = self.parse(&arn, "role_arn", "");
        let external_id = self.parse(&external_id, "external_id", "");
        let role = role?;
        if vendor.is_some_and(|vendor| *vendor == role.account()) {
            self.problem(
                &arn.span(),
                "the role is in the vendor's own account",
                "a customer's grant names a role in the customer's account",
            );
        }
        Some(GrantKind::AssumeRole {
            role,
            external_id: external_id?,
        })
    }

    pub(super) fn access_key(
        &mut self,
        holder: ModelPath,
        id: Option<&Text>,
        secret: Spanned<raw::Secret>,
    ) -> Option<KeptKey> {
        let id = id.map(|id| self.parse(id, "access_key_id", ""));
        let span = secret.span();
        let keeper = self.keeper(secret)?;
        if id.is_none() && matches!(keeper, Keeper::Env(_)) {
            self.problem(
                &span,
                "an access key has no `access_key_id`",
                "write it beside the secret",
            );
        }
        let path = holder.value("secret_access_key");
        self.places.note(path.clone(), self.source.place(&span));
        Some(KeptKey {
            id: valid(id)?,
            secret: keeper,
            path,
        })
    }

    /// Where a secret is kept.
    pub(super) fn keeper(&mut self, secret: Spanned<raw::Secret>) -> Option<Keeper> {
        let span = secret.span();
        match secret.into_inner() {
            // Not repeated: somebody may have put the secret itself where its variable's name belongs.
            raw::Secret::Env(name) if !is_variable_name(&name) => {
                self.problem(
                    &span,
                    "`env` is not the name of an environment variable",
                    "it has letters, digits and `_`, as in `ACME_SECRET`; if the secret itself stood there, replace \
                     that key, since it was in a file",
                );
                None
            }
            raw::Secret::Env(name) => Some(Keeper::Env(name)),
            raw::Secret::File(path) => Some(Keeper::File(self.source.folder().join(path))),
        }
    }

    fn not_for(&mut self, kind: &str, value: Option<&Text>, key: &str) {
        if let Some(value) = value {
            self.problem(
                &value.span(),
                format!("a grant of type `{kind}` takes no `{key}`"),
                "remove it",
            );
        }
    }
}

/// The form of a variable's name. What is long and mixes cases without a `_` has it too, and is more likely a secret.
fn is_variable_name(name: &str) -> bool {
    let form = !name.starts_with(|c: char| c.is_ascii_digit())
        && !name.is_empty()
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let mixed =
        name.contains(|c: char| c.is_ascii_uppercase()) && name.contains(|c: char| c.is_ascii_lowercase());
    form && !(mixed && !name.contains('_') && name.len() >= 20)
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_secret_is_not_taken_for_the_name_of_its_variable() {
        for name in ["ACME_SECRET", "acme_secret", "Secret", "_X", "A1"] {
            assert!(super::is_variable_name(name), "{name}");
        }
        for name in [
            "",
            "1A",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY00",
            "A=B",
            "a b",
        ] {
            assert!(!super::is_variable_name(name), "{name}");
        }
    }
}
