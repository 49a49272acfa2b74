//! The services behind the one endpoint. Knows how each is recognised, and none of their operations.

use http::{HeaderMap, Method, Uri};
use serde::Serialize;

use crate::query;

/// A service of AWS's that the testkit plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Service {
    /// Simple Storage Service.
    S3,
    /// Security Token Service.
    Sts,
    /// Identity and Access Management.
    Iam,
}

impl Service {
    /// Those that speak the query protocol: forms posted to the root, XML in answer.
    pub(crate) const QUERY: [Self; 2] = [Self::Sts, Self::Iam];

    /// The name by which requests are signed for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::S3 => "s3",
            Self::Sts => "sts",
            Self::Iam => "iam",
        }
    }

    /// The version of a query API, which every request names.
    pub(crate) fn version(self) -> &'static str {
        match self {
            Self::S3 => "2006-03-01",
            Self::Sts => "2011-06-15",
            Self::Iam => "2010-05-08",
        }
    }

    /// The namespace of a query API's documents.
    pub(crate) fn namespace(self) -> &'static str {
        match self {
            Self::S3 => "http://s3.amazonaws.com/doc/2006-03-01/",
            Self::Sts => "https://sts.amazonaws.com/doc/2011-06-15/",
            Self::Iam => "https://iam.amazonaws.com/doc/2010-05-08/",
        }
    }

    /// Which service a request is for: a form posted to the root is for the service that it is signed for; unsigned, for
    /// the one whose version it names. S3 has no such request.
    pub(crate) fn of(method: &Method, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Self {
        if !is_form(method, uri, headers) {
            return Self::S3;
        }
        let signed = signed_for(headers);
        let named = |service: &Self| signed.as_deref() == Some(service.as_str());
        if let Some(service) = Self::QUERY.into_iter().find(named) {
            return service;
        }
        let version = query::value(std::str::from_utf8(body).ok(), "Version");
        let versed = |service: &Self| version.as_deref() == Some(service.version());
        Self::QUERY.into_iter().find(versed).unwrap_or(Self::Sts)
    }
}

/// Whether this is a request of the query protocol.
pub(crate) fn is_form(method: &Method, uri: &Uri, headers: &HeaderMap) -> bool {
    let form = "application/x-www-form-urlencoded";
    method == Method::POST
        && uri.path() == "/"
        && headers
            .get(http::header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| {
                value
                    .get(..form.len())
                    .is_some_and(|start| start.eq_ignore_ascii_case(form))
            })
}

/// The service in the scope of a signature: `<key id>/<date>/<region>/<service>/aws4_request`.
fn signed_for(headers: &HeaderMap) -> Option<String> {
    let header = headers.get(http::header::AUTHORIZATION)?.to_str().ok()?;
    let (_, from) = header.split_once("Credential=")?;
    let scope = from.split(',').next()?.trim();
    Some(scope.rsplit('/').nth(1)?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(authorization: Option<&str>, body: &str) -> Service {
        let mut headers = HeaderMap::new();
        headers.insert(
            "content-type",
            "application/x-www-form-urlencoded".parse().unwrap(),
        );
        if let Some(authorization) = authorization {
            headers.insert("authorization", authorization.parse().unwrap());
        }
        Service::of(&Method::POST, &"/".parse().unwrap(), &headers, body.as_bytes())
    }

    #[test]
    fn a_form_is_for_the_service_it_is_signed_for_or_whose_version_it_names() {
        let signed = |service: &str| {
            format!("AWS4-HMAC-SHA256 Credential=AKIA/20261123/us-east-1/{service}/aws4_request, X")
        };
        assert_eq!(
            of(Some(&signed("iam")), "Action=GetUser&Version=2010-05-08"),
            Service::Iam
        );
        assert_eq!(of(Some(&signed("sts")), "Action=GetCallerIdentity"), Service::Sts);
        assert_eq!(of(None, "Action=GetUser&Version=2010-05-08"), Service::Iam);
        assert_eq!(of(None, "Action=Nonsense"), Service::Sts);
    }
}
