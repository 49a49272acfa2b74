//! Which of AWS's own addresses are used. It must not know any other store's.

/// Which of AWS's own addresses requests go to; a custom endpoint has its own.
///
/// Source: [FIPS endpoints](https://docs.aws.amazon.com/general/latest/gr/rande.html#FIPS-endpoints), [dual-stack
/// endpoints](https://docs.aws.amazon.com/AmazonS3/latest/userguide/dual-stack-endpoints.html).
///
/// ```
/// use bucketline_sink::AwsEndpoints;
///
/// let endpoints = AwsEndpoints::default().fips(true).dual_stack(true);
/// assert!(endpoints.is_fips() && endpoints.is_dual_stack());
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AwsEndpoints {
    fips: bool,
    dual_stack: bool,
}

impl AwsEndpoints {
    /// Whether those whose cryptography is validated by FIPS 140 are used.
    #[must_use]
    pub const fn fips(mut self, used: bool) -> Self {
        self.fips = used;
        self
    }

    /// Whether those that answer over IPv6 as well are used.
    #[must_use]
    pub const fn dual_stack(mut self, used: bool) -> Self {
        self.dual_stack = used;
        self
    }

    /// Whether FIPS endpoints are used.
    #[must_use]
    pub const fn is_fips(self) -> bool {
        self.fips
    }

    /// Whether dual-stack endpoints are used.
    #[must_use]
    pub const fn is_dual_stack(self) -> bool {
        self.dual_stack
    }
}
