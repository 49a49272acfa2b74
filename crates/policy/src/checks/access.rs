//! Access that should not be granted: some of these actions on some of these resources. Judges no policy.

use crate::{ActionMatcher, DocumentKind, Error, ErrorKind, PolicySet, ResourceMatcher, everything};

/// Actions and resources, as AWS's `CheckAccessNotGranted` takes them: at least one of the actions on at least one of the
/// resources; without actions any action, without resources any resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    actions: Vec<String>,
    resources: Vec<String>,
}

impl Access {
    /// Patterns as they stand in policies.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidName`] for an action or a resource that can match nothing, and [`ErrorKind::Structure`] where
    /// neither is given.
    pub fn new(
        actions: impl IntoIterator<Item: Into<String>>,
        resources: impl IntoIterator<Item: Into<String>>,
    ) -> Result<Self, Error> {
        let access = Self {
            actions: actions.into_iter().map(Into::into).collect(),
            resources: resources.into_iter().map(Into::into).collect(),
        };
        if access.actions.is_empty() && access.resources.is_empty() {
            return Err(Error::new(
                ErrorKind::Structure,
                "neither an action nor a resource is given",
            ));
        }
        if let Some(action) = access.actions.iter().find(|text| !ActionMatcher::reads(text)) {
            return Err(Error::name(format!(
                "`{action}` is no action: a service and a name are needed, such as `s3:Delete*`"
            )));
        }
        if let Some(resource) = access.resources.iter().find(|text| !ResourceMatcher::reads(text)) {
            return Err(Error::name(format!(
                "`{resource}` is no resource: an ARN or `*` is needed"
            )));
        }
        Ok(access)
    }

    /// A policy that allows just this.
    pub(super) fn policies(&self, kind: DocumentKind) -> PolicySet {
        PolicySet::compile(&[everything::policy_for(kind, &self.actions, &self.resources)])
    }
}
