//! From scores to a list: one of a family first, the best of what excludes one
//! another, themes mixed, every policy shown to somebody, nobody past a
//! deadline without a notice. It reorders and never withholds.

use super::facts::PolicyFacts;

/// Rivals of one another up to this many are solved exactly.
const EXACT: usize = 20;
/// How much a theme that stands above already costs, of the score.
const REPEATED_THEME: f64 = 0.08;
/// Place (from 0) up to which a list is looked at by most people.
const VISIBLE: usize = 5;
/// One list in so many lifts a policy that is shown too little.
const LIFT_ONE_IN: u64 = 10;
/// Days before a deadline in which a policy never shown is lifted.
pub const LAST_CALL_DAYS: i32 = 14;

/// What the list knows of one match.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'p> {
    /// The policy.
    pub policy: &'p PolicyFacts,
    /// Score; higher is better.
    pub score: f64,
    /// Whether it is offered (not suppressed).
    pub offered: bool,
    /// Days until the window closes.
    pub days_left: Option<i32>,
    /// Whether the subject was shown it before.
    pub shown_before: bool,
    /// Whether it is shown too little (see [`super::KindRanker::underexposed`]).
    pub underexposed: bool,
    /// A number for subject, policy and week that decides who lifts it.
    pub draw: u64,
}

/// The order of the entries, as their positions. Every entry is in it once.
#[must_use]
pub fn arrange(entries: &[Entry<'_>]) -> Vec<usize> {
    let mut by_score: Vec<usize> = (0..entries.len()).collect();
    let score = |position: &usize| entries.get(*position).map_or(f64::MIN, |entry| entry.score);
    by_score.sort_by(|a, b| score(b).total_cmp(&score(a)).then(a.cmp(b)));
    let (offered, rest): (Vec<usize>, Vec<usize>) =
        by_score.into_iter().partition(|at| entries.get(*at).is_some_and(|entry| entry.offered));
    let chosen = compatible(entries, &offered);
    let mut families: Vec<(&str, &str)> = Vec::new();
    let (mut first, mut second) = (Vec::new(), Vec::new());
    for at in offered {
        let Some(entry) = entries.get(at) else { continue };
        let (family, id) = (entry.policy.family.as_str(), entry.policy.id.as_str());
        let taken = families.iter().any(|(other, of)| *other == family && *of != id);
        if taken || !chosen.contains(&at) {
            second.push(at);
        } else {
            families.push((family, id));
            first.push(at);
        }
    }
    let mut list = mixed(entries, first);
    list.extend(second);
    lift(entries, &mut list);
    list.extend(rest);
    list
}

/// The offered entries but those that lose against rivals with which they
/// cannot be held: of each group of rivals the compatible bundle with the
/// highest sum of scores, exact up to [`EXACT`] of them, else the best first.
fn compatible(entries: &[Entry<'_>], offered: &[usize]) -> Vec<usize> {
    let against = |a: usize, b: usize| match (entries.get(a), entries.get(b)) {
        (Some(a), Some(b)) => a.policy.excludes.contains(&b.policy.id),
        _ => false,
    };
    let mut left: Vec<usize> = offered.to_vec();
    let mut chosen = Vec::new();
    while let Some(start) = left.first().copied() {
        let mut group = vec![start];
        let mut next = 0;
        while let Some(at) = group.get(next).copied() {
            let more = left.iter().filter(|other| against(at, **other) && !group.contains(other));
            let more: Vec<usize> = more.copied().collect();
            group.extend(more);
            next += 1;
        }
        left.retain(|at| !group.contains(at));
        group.sort_by_key(|at| offered.iter().position(|other| other == at));
        if group.len() > EXACT {
            let mut bundle: Vec<usize> = Vec::new();
            for at in group {
                if !bundle.iter().any(|other| against(at, *other)) {
                    bundle.push(at);
                }
            }
            chosen.extend(bundle);
        } else {
            let score = |at: usize| entries.get(at).map_or(0.0, |entry| entry.score.max(0.0));
            let mut search = Bundle { score: &score, against: &against, best: (-1.0, Vec::new()) };
            search.try_from(&group, 0.0, &mut Vec::new());
            chosen.extend(search.best.1);
        }
    }
    chosen
}

/// Branch and bound over compatible bundles.
struct Bundle<'s> {
    score: &'s dyn Fn(usize) -> f64,
    against: &'s dyn Fn(usize, usize) -> bool,
    best: (f64, Vec<usize>),
}

impl Bundle<'_> {
    fn try_from(&mut self, left: &[usize], sum: f64, taken: &mut Vec<usize>) {
        let possible: f64 = left.iter().map(|at| (self.score)(*at)).sum();
        if sum + possible <= self.best.0 {
            return;
        }
        let Some((at, rest)) = left.split_first() else {
            self.best = (sum, taken.clone());
            return;
        };
        if !taken.iter().any(|other| (self.against)(*at, *other)) {
            taken.push(*at);
            self.try_from(rest, sum + (self.score)(*at), taken);
            taken.pop();
        }
        self.try_from(rest, sum, taken);
    }
}

/// Maximal marginal relevance (Carbonell & Goldstein 1998) over the visible
/// places: a theme that stands above already makes an entry worth less there.
fn mixed(entries: &[Entry<'_>], mut left: Vec<usize>) -> Vec<usize> {
    let mut list: Vec<usize> = Vec::with_capacity(left.len());
    while list.len() < VISIBLE && !left.is_empty() {
        let worth = |at: usize| {
            let Some(entry) = entries.get(at) else { return f64::MIN };
            let above = list.iter().filter_map(|other| entries.get(*other));
            let same = above.map(|other| overlap(entry.policy, other.policy)).fold(0.0, f64::max);
            entry.score * (1.0 - REPEATED_THEME * same)
        };
        let mut best = 0;
        for position in 1..left.len() {
            if let (Some(a), Some(b)) = (left.get(position), left.get(best))
                && worth(*a) > worth(*b)
            {
                best = position;
            }
        }
        list.push(left.remove(best));
    }
    list.extend(left);
    list
}

/// Jaccard index of the themes of two policies; 0 for the same policy with
/// another unit.
#[must_use]
pub fn overlap(a: &PolicyFacts, b: &PolicyFacts) -> f64 {
    if a.id == b.id {
        return 0.0;
    }
    let both = a.themes.iter().filter(|theme| b.themes.contains(theme)).count();
    let all = a.themes.len() + b.themes.len() - both;
    if all == 0 { 0.0 } else { ratio(both, all) }
}

fn ratio(part: usize, whole: usize) -> f64 {
    let float = |number: usize| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
    float(part) / float(whole)
}

/// Brings one entry from below into the last visible place: first whose window
/// closes soon and was never shown, else one shown too little, where the draw says so.
fn lift(entries: &[Entry<'_>], list: &mut Vec<usize>) {
    if list.len() <= VISIBLE {
        return;
    }
    let below = list.get(VISIBLE..).unwrap_or(&[]);
    let find = |wanted: &dyn Fn(&Entry<'_>) -> bool| {
        below.iter().position(|at| entries.get(*at).is_some_and(wanted)).map(|at| at + VISIBLE)
    };
    let closing = |entry: &Entry<'_>| {
        !entry.shown_before && entry.days_left.is_some_and(|days| days <= LAST_CALL_DAYS)
    };
    let rare = |entry: &Entry<'_>| entry.underexposed && entry.draw.is_multiple_of(LIFT_ONE_IN);
    if let Some(position) = find(&closing).or_else(|| find(&rare)) {
        let lifted = list.remove(position);
        list.insert(VISIBLE - 1, lifted);
    }
}
