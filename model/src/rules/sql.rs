//! Policies as SQL over the dossier tables that `build` writes: for whoever
//! wants to run the rules in a warehouse, and as an oracle that shares nothing
//! with the other back ends but the intermediate form.
//!
//! The tables: `enterprise` and `citizen` with `subject` (the key in hex) and
//! one column per stored field (`NULL` is unknown), for facts a list of
//! structures (`code`, `from`, `to`, `amount`, `source`) with `<field>__reason`
//! beside it (`NULL` where the list is complete), for relations a column
//! `<relation>__complete` and a table `<kind>_<relation>` (`subject`, `target`,
//! `since`, `until`).
//!
//! In reading order: `dialect` (what differs), `number` (exact quotients),
//! `printer` (nodes and numbers), `date`, `facts`, `place`, `steps` (long parts
//! are printed once), `walk` and `query` (the joins), and here whole policies. The day judged, the cut-off, the
//! parameters in force and the coverage of registers are those of the text:
//! print it anew for another day. Amounts are left out.

mod date;
mod dialect;
mod facts;
mod number;
mod place;
mod printer;
mod query;
mod steps;
mod walk;

use std::cell::RefCell;

use rustc_hash::FxHashMap;

pub use self::{
    dialect::Dialect,
    query::{Column, Judged},
};
use self::{
    dialect::{Bind, Sql, indented},
    printer::{Printer, at_least},
    query::{Query, with},
    steps::{ALONE, Steps},
    walk::Reads,
};
use super::{
    dated::Dated,
    ir::NodeId,
    program::{Compiled, CompiledKind, Policy},
    scalar::Manual,
};

/// Columns of the result that no condition may be called.
const RESULT: [&str; 5] = ["subject", "unit", "v0", "v1", "verdict"];

/// A query with one row per subject (and unit): a column of `TRUE`, `FALSE` or
/// `NULL` per condition, `v0`, `v1`, and the `verdict`.
#[must_use]
pub fn policy_sql(dated: &Dated<'_>, policy: &Policy, dialect: Dialect) -> String {
    let judged = Judged { kind: policy.file.audience, unit: policy.unit };
    let mut query = Query::new(dated, dialect, judged);
    let leaves = leaves(dated, policy);
    let conditions = query.select(&leaves);
    let mut tables = std::mem::take(&mut query.tables);
    tables.push(("conditions".to_owned(), conditions));
    tables.push(("judged".to_owned(), judged_sql(dated, policy, dialect)));
    let names: Vec<String> = result_names(policy, dialect);
    let last = format!(
        "SELECT\n  {},\n  CASE WHEN v0 THEN 'eligible' WHEN NOT v0 THEN 'ineligible' \
         WHEN v1 THEN 'likely' ELSE 'unknown' END AS verdict\nFROM judged\n",
        names.join(",\n  ")
    );
    format!("{}{}", heading(dated, policy), with(&tables, &last))
}

/// A query with one row per subject (and unit) and a truth value per column.
#[must_use]
pub fn columns_sql(
    dated: &Dated<'_>,
    judged: Judged,
    columns: &[Column],
    dialect: Dialect,
) -> String {
    let mut query = Query::new(dated, dialect, judged);
    let select = query.select(columns);
    with(&query.tables, &select)
}

/// A truth node as one expression over the dossier table under the alias `s`
/// (and a unit's under `u`, its edge under `ue`). `None` where it asks for
/// members of a relation, or for so much that parts need columns of their own:
/// that takes a whole query.
#[must_use]
pub fn node_sql(
    dated: &Dated<'_>,
    node: NodeId,
    dialect: Dialect,
    manual: Manual,
) -> Option<String> {
    let reads = Reads::of(&dated.program.graph, [node]);
    let (counted, steps) = (FxHashMap::default(), RefCell::new(Steps::new(ALONE)));
    let printer = Printer { dated, dialect, counted: &counted, steps: &steps, manual };
    let text = reads.counted.is_empty().then(|| printer.node(node).text)?;
    steps.borrow().pending.is_empty().then_some(text)
}

fn heading(dated: &Dated<'_>, policy: &Policy) -> String {
    let file = &policy.file;
    let document = format!("{} {}", file.document.issuer, file.document.number);
    format!(
        "-- {}\n-- {}\n-- {}, version {}, judged on {}, data up to {}\n",
        one_line(&file.title),
        one_line(document.trim()),
        policy.key.id,
        policy.key.version,
        dated.as_of,
        dated.known_at,
    )
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_leaf(condition: &Compiled) -> bool {
    matches!(condition.kind, CompiledKind::When(_) | CompiledKind::Manual(_))
}

fn name(condition: &Compiled) -> String {
    if RESULT.contains(&condition.id.as_str()) {
        return format!("{}_condition", condition.id);
    }
    condition.id.clone()
}

/// Under which name a leaf stands with manual clauses met.
fn met(condition: &Compiled) -> String {
    format!("{}__met", condition.id)
}

fn leaves(dated: &Dated<'_>, policy: &Policy) -> Vec<Column> {
    let mut columns = Vec::new();
    for condition in policy.all_conditions().filter(|condition| is_leaf(condition)) {
        let node = condition.node;
        let comments = comments(condition);
        columns.push(Column { name: name(condition), comments, node, manual: Manual::Open });
        if dated.program.graph.has_manual(node) {
            let comments = vec!["the same, supposing that a person agrees".to_owned()];
            columns.push(Column { name: met(condition), comments, node, manual: Manual::Met });
        }
    }
    columns
}

fn comments(condition: &Compiled) -> Vec<String> {
    let mut lines = Vec::new();
    let article = condition.article.as_deref().map(one_line).unwrap_or_default();
    if let Some(quote) = &condition.quote {
        lines.push(format!("{article}「{}」", one_line(quote)));
    } else if !article.is_empty() {
        lines.push(article);
    }
    match &condition.kind {
        CompiledKind::When(text) => lines.push(one_line(text)),
        CompiledKind::Manual(question) => lines.push(format!("manual: {}", one_line(question))),
        CompiledKind::Any(_) | CompiledKind::All(_) | CompiledKind::AtLeast(..) => {}
    }
    lines
}

/// Names of the result before the verdict.
fn result_names(policy: &Policy, dialect: Dialect) -> Vec<String> {
    let unit = policy.unit.map(|_| "unit".to_owned());
    let conditions = policy.all_conditions().map(|condition| dialect.name(&name(condition)));
    let both = ["v0".to_owned(), "v1".to_owned()];
    std::iter::once("subject".to_owned()).chain(unit).chain(conditions).chain(both).collect()
}

/// Groups over the leaves, and both readings of the whole.
fn judged_sql(dated: &Dated<'_>, policy: &Policy, dialect: Dialect) -> String {
    let group = Group { dated, dialect };
    let mut lines = vec!["subject".to_owned()];
    lines.extend(policy.unit.map(|_| "unit".to_owned()));
    for condition in policy.all_conditions() {
        let column = dialect.name(&name(condition));
        if is_leaf(condition) {
            lines.push(column);
        } else {
            let comments = comments(condition);
            let comments: String = comments.iter().map(|line| format!("-- {line}\n")).collect();
            let text = group.truth(condition, Manual::Open).text;
            lines.push(format!("{comments}{text} AS {column}"));
        }
    }
    for (column, manual) in [("v0", Manual::Open), ("v1", Manual::Met)] {
        let parts: Vec<Sql> =
            policy.conditions.iter().map(|condition| group.truth(condition, manual)).collect();
        lines.push(format!("{} AS {column}", Sql::joined(Bind::And, "AND", &parts).text));
    }
    format!("SELECT\n  {}\nFROM conditions", indented(&lines.join(",\n")))
}

/// Combines the columns of leaves as the file groups them.
struct Group<'a> {
    dated: &'a Dated<'a>,
    dialect: Dialect,
}

impl Group<'_> {
    fn truth(&self, condition: &Compiled, manual: Manual) -> Sql {
        let members = || -> Vec<Sql> {
            let members = condition.kind.members().iter();
            members.map(|member| self.truth(member, manual)).collect()
        };
        match &condition.kind {
            CompiledKind::When(_) | CompiledKind::Manual(_) => {
                let supposed =
                    manual == Manual::Met && self.dated.program.graph.has_manual(condition.node);
                let name = if supposed { met(condition) } else { name(condition) };
                Sql::tight(self.dialect.name(&name))
            }
            CompiledKind::Any(_) => Sql::joined(Bind::Or, "OR", &members()),
            CompiledKind::All(_) => Sql::joined(Bind::And, "AND", &members()),
            CompiledKind::AtLeast(count, _) => at_least(*count, &members()),
        }
    }
}

#[cfg(test)]
#[path = "tests/sql.rs"]
mod tests;
