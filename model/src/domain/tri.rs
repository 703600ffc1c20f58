//! Three-valued truth (Kleene's strong logic, as in SQL and DMN): unknown is
//! never false.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// True, false or unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tri {
    /// Known to be false.
    False,
    /// Known to be true.
    True,
    /// Not known.
    Unknown,
}

impl Tri {
    /// All three values, for tables and tests.
    pub const ALL: [Tri; 3] = [Tri::False, Tri::True, Tri::Unknown];

    /// Unknown where the option is empty.
    #[must_use]
    pub fn of(value: Option<bool>) -> Tri {
        match value {
            Some(true) => Tri::True,
            Some(false) => Tri::False,
            None => Tri::Unknown,
        }
    }

    /// The truth value where it is known.
    #[must_use]
    pub fn known(self) -> Option<bool> {
        match self {
            Tri::True => Some(true),
            Tri::False => Some(false),
            Tri::Unknown => None,
        }
    }

    /// False if either is false, true if both are true, unknown otherwise.
    #[must_use]
    pub fn and(self, other: Tri) -> Tri {
        match (self, other) {
            (Tri::False, _) | (_, Tri::False) => Tri::False,
            (Tri::True, Tri::True) => Tri::True,
            _ => Tri::Unknown,
        }
    }

    /// True if either is true, false if both are false, unknown otherwise.
    #[must_use]
    pub fn or(self, other: Tri) -> Tri {
        match (self, other) {
            (Tri::True, _) | (_, Tri::True) => Tri::True,
            (Tri::False, Tri::False) => Tri::False,
            _ => Tri::Unknown,
        }
    }

    /// `self` decides between the two; while it is unknown the answer is
    /// known only where both branches agree.
    #[must_use]
    pub fn choose(self, then: Tri, otherwise: Tri) -> Tri {
        match self {
            Tri::True => then,
            Tri::False => otherwise,
            Tri::Unknown if then == otherwise => then,
            Tri::Unknown => Tri::Unknown,
        }
    }
}

impl std::ops::Not for Tri {
    type Output = Tri;

    fn not(self) -> Tri {
        match self {
            Tri::True => Tri::False,
            Tri::False => Tri::True,
            Tri::Unknown => Tri::Unknown,
        }
    }
}

impl From<bool> for Tri {
    fn from(value: bool) -> Tri {
        if value { Tri::True } else { Tri::False }
    }
}

#[cfg(test)]
#[path = "tests/tri.rs"]
mod tests;
