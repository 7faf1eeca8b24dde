//! The permission table: which role may do what, and what a token's scopes allow.

/// One thing that needs a right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Permission {
    /// Find studies and read their attributes.
    Search,
    /// Look at and retrieve images.
    View,
    /// Bring objects in.
    Import,
    /// List share links, with their recipients.
    SeeShares,
    /// Make share links and revoke them.
    Share,
    /// Make share links that open without a factor. No role and no token has it: it is given at
    /// the command line only.
    ShareWithoutFactor,
    /// Withdraw a wrongly sent study, and bring it back.
    Withdraw,
    /// See what was refused and why.
    SeeRefusals,
    /// Read, try again and discard what was refused.
    HandleRefusals,
    /// Find and look at the clean copies of de-identification projects.
    ReadClean,
    /// Look at what is held of a project, and decide whether it may leave.
    Review,
    /// Open the way back from a clean copy to the patient.
    ReIdentify,
    /// De-identification projects, and which origins' studies go into them.
    ManageProjects,
    /// Accounts and tokens.
    ManageUsers,
    /// DICOM peers.
    ManagePeers,
    /// Configuration.
    ManageConfiguration,
    /// Read the audit.
    ReadAudit,
    /// Read metrics.
    ReadMetrics,
}

/// The text names nothing of that kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is unknown; known are: {known}")]
pub struct UnknownName {
    /// What was given.
    pub given: String,
    /// What could have been given.
    pub known: String,
}

/// Words that stand in the API, at the command line and in the catalog alike.
macro_rules! named {
    ($(#[$doc:meta])* $type:ident { $($(#[$vdoc:meta])* $variant:ident = $name:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $type { $($(#[$vdoc])* $variant,)* }

        impl $type {
            /// All of them, in the order they are shown.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];
            /// The name used in the API, the command line and the catalog.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }
        impl std::str::FromStr for $type {
            type Err = $crate::UnknownName;
            fn from_str(text: &str) -> Result<Self, $crate::UnknownName> {
                Self::ALL.iter().copied().find(|each| each.name() == text).ok_or_else(|| $crate::UnknownName {
                    given: text.to_owned(),
                    known: Self::ALL.iter().map(|each| each.name()).collect::<Vec<_>>().join(", "),
                })
            }
        }
    };
}

pub(crate) use named;

named! {
    /// What an account is for.
    Role {
        /// Users, peers, configuration; no studies.
        Admin = "admin",
        /// Reads, imports, shares.
        Radiologist = "radiologist",
        /// Imports, shares, corrects.
        Technologist = "technologist",
        /// De-identification: projects, reviews, the way back; no studies of the archive.
        Privacy = "privacy",
        /// Clean copies only.
        Researcher = "researcher",
        /// Opens links that were sent to the address it is named by, and nothing else.
        Recipient = "recipient",
    }
}

named! {
    /// What an API token may be used for.
    TokenScope {
        /// Search, view, retrieve.
        DicomwebRead = "dicomweb:read",
        /// Import.
        DicomwebWrite = "dicomweb:write",
        /// See share links.
        ShareRead = "share:read",
        /// Make and revoke share links.
        ShareWrite = "share:write",
        /// De-identify.
        DeidWrite = "deid:write",
        /// Read the audit.
        AuditRead = "audit:read",
        /// Users, peers, configuration.
        Admin = "admin",
        /// Metrics.
        Metrics = "metrics",
    }
}

impl Role {
    /// The row of the permission table.
    pub const fn permissions(self) -> &'static [Permission] {
        match self {
            Self::Admin => &[
                Permission::ManageUsers,
                Permission::ManagePeers,
                Permission::ManageConfiguration,
                Permission::ReadMetrics,
            ],
            Self::Radiologist | Self::Technologist => &[
                Permission::Search,
                Permission::View,
                Permission::Import,
                Permission::SeeShares,
                Permission::Share,
                Permission::Withdraw,
                Permission::SeeRefusals,
                Permission::HandleRefusals,
                Permission::ReadClean,
            ],
            Self::Privacy => &[
                Permission::ReadClean,
                Permission::Review,
                Permission::ReIdentify,
                Permission::ManageProjects,
            ],
            Self::Researcher => &[Permission::ReadClean],
            Self::Recipient => &[],
        }
    }

    /// Whether this role may do that.
    pub fn may(self, permission: Permission) -> bool {
        self.permissions().contains(&permission)
    }
}

impl TokenScope {
    /// What the scope allows.
    pub const fn permissions(self) -> &'static [Permission] {
        match self {
            Self::DicomwebRead => &[Permission::Search, Permission::View],
            Self::DicomwebWrite => &[Permission::Import],
            Self::ShareRead => &[Permission::SeeShares],
            Self::ShareWrite => &[Permission::SeeShares, Permission::Share],
            Self::DeidWrite => &[Permission::ReadClean, Permission::ManageProjects],
            Self::AuditRead => &[Permission::ReadAudit],
            Self::Admin => {
                &[Permission::ManageUsers, Permission::ManagePeers, Permission::ManageConfiguration]
            }
            Self::Metrics => &[Permission::ReadMetrics],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_administrator_sees_no_study() {
        for permission in
            [Permission::Search, Permission::View, Permission::Share, Permission::Import]
        {
            assert!(!Role::Admin.may(permission), "{permission:?}");
            assert!(!TokenScope::Admin.permissions().contains(&permission), "{permission:?}");
        }
        assert!(Role::Radiologist.may(Permission::View));
        assert!(!Role::Radiologist.may(Permission::ManageUsers));
        for role in [Role::Privacy, Role::Researcher] {
            assert!(!role.may(Permission::View) && !role.may(Permission::Search), "{role}");
        }
        assert!(!Role::Researcher.may(Permission::Review));
    }

    #[test]
    fn names_parse_as_themselves() {
        for role in Role::ALL {
            assert_eq!(role.name().parse(), Ok(*role));
        }
        for scope in TokenScope::ALL {
            assert_eq!(scope.name().parse(), Ok(*scope));
        }
        assert!("root".parse::<Role>().is_err());
    }
}
