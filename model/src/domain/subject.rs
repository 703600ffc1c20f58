//! The two kinds of subject a dossier can be about.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whom a dossier is about. Individual businesses, co-operatives and social
/// organisations are enterprises here: they carry a unified social credit code.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum SubjectKind {
    /// Holder of a unified social credit code (GB 32100).
    Enterprise,
    /// Holder of a citizen identity number (GB 11643).
    Citizen,
}

impl SubjectKind {
    /// Both kinds, in the order in which snapshots list them.
    pub const ALL: [SubjectKind; 2] = [SubjectKind::Enterprise, SubjectKind::Citizen];

    /// The name used in files and URLs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            SubjectKind::Enterprise => "enterprise",
            SubjectKind::Citizen => "citizen",
        }
    }

    /// The Chinese label shown to people.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            SubjectKind::Enterprise => "企业",
            SubjectKind::Citizen => "公民",
        }
    }

    /// Position in [`SubjectKind::ALL`].
    #[must_use]
    pub fn index(self) -> usize {
        self as usize
    }
}

impl std::fmt::Display for SubjectKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
