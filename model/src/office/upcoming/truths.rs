//! What a condition can be on the days of a stretch: a set of truth values,
//! never empty. A set may hold a value that no day has; it never lacks one
//! that some day has.

use crate::domain::Tri;

/// A set of truth values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Truths(u8);

impl Truths {
    /// Nothing is certain.
    pub(super) const ANY: Truths = Truths(7);
    /// Nothing at all; only for collecting.
    pub(super) const NONE: Truths = Truths(0);

    /// Exactly one value.
    pub(super) const fn only(value: Tri) -> Truths {
        Truths(match value {
            Tri::True => 1,
            Tri::False => 2,
            Tri::Unknown => 4,
        })
    }

    /// Whether a day may have the value.
    pub(super) const fn may(self, value: Tri) -> bool {
        self.0 & Truths::only(value).0 != 0
    }

    /// The value all days have, if it is certain.
    pub(super) fn certain(self) -> Option<Tri> {
        Tri::ALL.into_iter().find(|value| self == Truths::only(*value))
    }

    /// The values of either set.
    pub(super) const fn or_else(self, other: Truths) -> Truths {
        Truths(self.0 | other.0)
    }

    /// Adds a value.
    pub(super) fn add(&mut self, value: Tri) {
        self.0 |= Truths::only(value).0;
    }

    fn values(self) -> impl Iterator<Item = Tri> {
        Tri::ALL.into_iter().filter(move |value| self.may(*value))
    }

    fn pairs(self, other: Truths, join: impl Fn(Tri, Tri) -> Tri) -> Truths {
        let mut joined = Truths::NONE;
        for a in self.values() {
            for b in other.values() {
                joined.add(join(a, b));
            }
        }
        joined
    }

    /// Negation.
    pub(super) const fn not(self) -> Truths {
        Truths(self.0 & 4 | (self.0 & 1) << 1 | (self.0 & 2) >> 1)
    }

    /// Conjunction.
    pub(super) fn and(self, other: Truths) -> Truths {
        match (self.certain(), other.certain()) {
            (Some(Tri::True), _) => other,
            (_, Some(Tri::True)) => self,
            _ => self.pairs(other, Tri::and),
        }
    }

    /// Disjunction.
    pub(super) fn or(self, other: Truths) -> Truths {
        match (self.certain(), other.certain()) {
            (Some(Tri::False), _) => other,
            (_, Some(Tri::False)) => self,
            _ => self.pairs(other, Tri::or),
        }
    }

    /// Choice.
    pub(super) fn choose(self, then: Truths, otherwise: Truths) -> Truths {
        let mut chosen = Truths::NONE;
        if self.may(Tri::True) {
            chosen = chosen.or_else(then);
        }
        if self.may(Tri::False) {
            chosen = chosen.or_else(otherwise);
        }
        if self.may(Tri::Unknown) {
            chosen = chosen.or_else(then.pairs(otherwise, |a, b| Tri::Unknown.choose(a, b)));
        }
        chosen
    }

    /// At least `count` of the parts.
    pub(super) fn at_least(count: usize, parts: &[Truths]) -> Truths {
        let those =
            |wanted: &dyn Fn(Truths) -> bool| parts.iter().filter(|part| wanted(**part)).count();
        let yes = Truths::only(Tri::True);
        let (sure, hoped) = (those(&|part| part == yes), those(&|part| part.may(Tri::True)));
        let possible = those(&|part| part != Truths::only(Tri::False));
        let never_false = those(&|part| !part.may(Tri::False));
        let mut truths = Truths::NONE;
        if hoped >= count {
            truths.add(Tri::True);
        }
        if never_false < count {
            truths.add(Tri::False);
        }
        if sure < count && possible >= count && parts.iter().any(|part| part.may(Tri::Unknown)) {
            truths.add(Tri::Unknown);
        }
        truths
    }
}
