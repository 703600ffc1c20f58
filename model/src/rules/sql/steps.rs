//! Long parts that a text would repeat become columns of their own. Without
//! this, choices inside choices double with every level: the size class of a
//! firm, which asks for its industry fifteen times, would fill 100 megabytes.
//!
//! A part that reads one table only is added to that table by a common table
//! (`query.rs`); one that reads several stays where it is.

use rustc_hash::FxHashMap;

use super::{dialect::Sql, number::Quotient};
use crate::rules::ir::{NodeId, NumId};

/// In a query, parts longer than this, in bytes, are worth a column.
pub(super) const LONG: usize = 320;

/// In an expression that stands alone, parts up to this length are repeated.
pub(super) const ALONE: usize = 4_000;

/// The aliases of tables that take further columns.
const ALIASES: [&str; 3] = ["s", "u", "m"];

/// One further column.
#[derive(Debug, Clone)]
pub(super) struct Step {
    /// The alias its text uses.
    pub(super) alias: &'static str,
    pub(super) name: String,
    pub(super) text: String,
    /// Steps of a level read those of lower levels only.
    pub(super) level: usize,
}

/// The columns found so far, and what was printed already.
#[derive(Debug)]
pub(super) struct Steps {
    /// Longer parts become columns.
    long: usize,
    names: FxHashMap<String, Sql>,
    /// Not yet part of any table.
    pub(super) pending: Vec<Step>,
    pub(super) nodes: FxHashMap<(NodeId, bool), Sql>,
    pub(super) numbers: FxHashMap<NumId, Quotient>,
}

impl Steps {
    pub(super) fn new(long: usize) -> Steps {
        Steps {
            long,
            names: FxHashMap::default(),
            pending: Vec::new(),
            nodes: FxHashMap::default(),
            numbers: FxHashMap::default(),
        }
    }

    /// The text itself, or the column that stands for it.
    pub(super) fn share(&mut self, sql: Sql) -> Sql {
        if sql.text.len() <= self.long {
            return sql;
        }
        if let Some(known) = self.names.get(&sql.text) {
            return known.clone();
        }
        let Some(alias) = only_alias(&sql.text) else { return sql };
        let name = format!("part_{}", self.names.len() + 1);
        let column = Sql::tight(format!("{alias}.{name}"));
        let below = self.pending.iter().filter(|step| reads(&sql.text, &step.name));
        let level = below.map(|step| step.level + 1).max().unwrap_or(0);
        self.names.insert(sql.text.clone(), column.clone());
        self.pending.push(Step { alias, name, text: sql.text, level });
        column
    }
}

/// The names before each point of a text, numbers excepted.
fn qualifiers(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.match_indices('.').filter_map(|(at, _)| {
        let (before, after) = (text.get(..at)?, text.get(at + 1..)?);
        let own = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let name = before.rsplit(|c| !own(c)).next()?;
        let digits = name.chars().all(|c| c.is_ascii_digit());
        (!digits).then_some((name, after))
    })
}

/// The one table a text reads; `x` is the row of a list.
fn only_alias(text: &str) -> Option<&'static str> {
    let mut only = None;
    for (name, _) in qualifiers(text).filter(|(name, _)| *name != "x") {
        let alias = ALIASES.into_iter().find(|alias| *alias == name)?;
        if only.is_some_and(|other| other != alias) {
            return None;
        }
        only = Some(alias);
    }
    only
}

/// Whether a text reads the column of that name.
fn reads(text: &str, column: &str) -> bool {
    qualifiers(text).any(|(_, after)| {
        after
            .strip_prefix(column)
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()))
    })
}
