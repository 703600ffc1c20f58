//! The tables behind expressions. Members of a relation are judged in a common
//! table of their own and counted per subject (and unit), which every engine
//! can join; correlated subqueries are avoided. Counts of a subject, and long
//! parts of expressions, become further columns of the dossier table.
//!
//! Counts never build on tables that hold other counts: an engine that puts
//! the text of a common table wherever its name stands would multiply them.

use std::cell::RefCell;

use rustc_hash::FxHashMap;

use super::{
    dialect::{Dialect, indented},
    printer::{Counted, Printer},
    steps::{LONG, Step, Steps},
    walk::Reads,
};
use crate::{
    catalogue::{Relation, RelationId},
    domain::SubjectKind,
    rules::{dated::Dated, ir::NodeId, scalar::Manual},
};

/// Whose rows are judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judged {
    /// The kind of subject.
    pub kind: SubjectKind,
    /// The relation whose members are the units, if the policy has them.
    pub unit: Option<RelationId>,
}

/// One column to be printed.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its name in the result.
    pub name: String,
    /// Lines of comment above it.
    pub comments: Vec<String>,
    /// The truth node.
    pub node: NodeId,
    /// How clauses that a person judges are read.
    pub manual: Manual,
}

/// Common tables, and a `SELECT` of truth values over them.
pub(super) struct Query<'a> {
    dated: &'a Dated<'a>,
    dialect: Dialect,
    judged: Judged,
    counted: FxHashMap<Counted, String>,
    steps: RefCell<Steps>,
    /// By [`SubjectKind::index`]: the dossier table with the long parts added to
    /// it. Each reads the one before once, and nothing else.
    dossiers: [String; 2],
    /// The table of the subject once its counts are columns of it.
    subject: Option<String>,
    /// Name and text of every common table, in order.
    pub(super) tables: Vec<(String, String)>,
}

impl<'a> Query<'a> {
    pub(super) fn new(dated: &'a Dated<'a>, dialect: Dialect, judged: Judged) -> Query<'a> {
        Query {
            dated,
            dialect,
            judged,
            counted: FxHashMap::default(),
            steps: RefCell::new(Steps::new(LONG)),
            dossiers: SubjectKind::ALL.map(|kind| kind.name().to_owned()),
            subject: None,
            tables: Vec::new(),
        }
    }

    /// `SELECT subject[, unit], column …`, with the common tables it needs.
    pub(super) fn select(&mut self, columns: &[Column]) -> String {
        let nodes = columns.iter().map(|column| column.node);
        let reads = Reads::of(&self.dated.program.graph, nodes);
        for counted in &reads.counted {
            self.count(*counted);
        }
        self.join_counts(&reads.counted);
        let mut lines = vec!["s.subject".to_owned()];
        if self.judged.unit.is_some() {
            lines.push("u.subject AS unit".to_owned());
        }
        for column in columns {
            let text = self.printer(column.manual).node(column.node).text;
            let name = self.dialect.name(&column.name);
            let comments = column.comments.iter().map(|comment| format!("-- {comment}\n"));
            lines.push(format!("{}{text} AS {name}", comments.collect::<String>()));
        }
        self.add_steps(None);
        let from = self.from(self.judged.unit.is_some(), &reads.counted);
        format!("SELECT\n  {}\n{from}", indented(&lines.join(",\n")))
    }

    fn printer(&self, manual: Manual) -> Printer<'_> {
        let (dated, dialect) = (self.dated, self.dialect);
        Printer { dated, dialect, counted: &self.counted, steps: &self.steps, manual }
    }

    fn dossiers(&self, kind: SubjectKind) -> &str {
        &self.dossiers[kind.index()]
    }

    /// The table behind `s`.
    fn subjects(&self) -> &str {
        self.subject.as_deref().unwrap_or_else(|| self.dossiers(self.judged.kind))
    }

    fn add(&mut self, kind: SubjectKind, text: String) -> String {
        let name = format!("{kind}_{}", self.tables.len() + 1);
        self.tables.push((name.clone(), text));
        name
    }

    /// Makes counts that ask for no unit columns of the subject, all at once.
    fn join_counts(&mut self, counted: &[Counted]) {
        let plain: Vec<(Counted, String)> = counted
            .iter()
            .filter(|counted| !self.reads_unit(**counted))
            .filter_map(|counted| Some((*counted, self.named(*counted)?.to_owned())))
            .collect();
        if plain.is_empty() {
            return;
        }
        let (mut columns, mut joins) = (vec!["s.*".to_owned()], Vec::new());
        for (counted, name) in plain {
            let counts = ["yes", "no", "open"];
            columns.extend(counts.map(|count| format!("{name}.{count} AS {name}_{count}")));
            joins.push(format!("LEFT JOIN {name} ON {name}.subject = s.subject"));
            self.counted.insert(counted, format!("s.{name}_"));
        }
        let text = format!(
            "SELECT\n  {}\nFROM {} AS s\n{}",
            columns.join(",\n  "),
            self.subjects(),
            joins.join("\n"),
        );
        let name = self.add(self.judged.kind, text);
        self.subject = Some(name);
        // Counts are called otherwise from here on.
        let mut steps = self.steps.borrow_mut();
        steps.nodes.clear();
        steps.numbers.clear();
    }

    /// The common table of counts that stands under a name of its own.
    fn named(&self, counted: Counted) -> Option<&str> {
        self.counted.get(&counted)?.strip_suffix('.')
    }

    /// The long parts found since the last time, as columns of the tables they
    /// read; `member` is whose rows `m` stands for.
    fn add_steps(&mut self, member: Option<SubjectKind>) {
        let steps = std::mem::take(&mut self.steps.borrow_mut().pending);
        let unit = self.judged.unit.map(|id| self.relation(id).entry.target);
        let last = steps.iter().map(|step| step.level).max().unwrap_or(0);
        for level in 0..=last {
            for (alias, kind) in [("s", Some(self.judged.kind)), ("u", unit), ("m", member)] {
                let of = |step: &&Step| step.level == level && step.alias == alias;
                let columns: Vec<String> = steps
                    .iter()
                    .filter(of)
                    .map(|step| format!("{} AS {}", step.text, step.name))
                    .collect();
                let Some(kind) = kind.filter(|_| !columns.is_empty()) else { continue };
                let columns = indented(&columns.join(",\n"));
                let joined = alias == "s" && self.subject.is_some();
                let table = if joined { self.subjects() } else { self.dossiers(kind) };
                let text = format!("SELECT\n  *,\n  {columns}\nFROM {table} AS {alias}");
                let name = self.add(kind, text);
                if joined {
                    self.subject = Some(name);
                } else {
                    self.dossiers[kind.index()] = name;
                }
            }
        }
    }

    fn relation(&self, id: RelationId) -> &'a Relation {
        self.dated.reference.catalogue.relation_by_id(id)
    }

    /// The table of edges of a relation, as `build` writes it.
    fn edges(&self, id: RelationId) -> String {
        let entry = &self.relation(id).entry;
        self.dialect.name(&format!("{}_{}", entry.subject, entry.name))
    }

    /// `FROM` with the subject, the unit and counted members.
    fn from(&self, unit: bool, counted: &[Counted]) -> String {
        let mut lines = vec![format!("FROM {} AS s", self.subjects())];
        let mut filter = String::new();
        if let Some(id) = self.judged.unit.filter(|_| unit) {
            let (edges, target) = (self.edges(id), self.relation(id).entry.target);
            lines.push(format!(
                "JOIN (SELECT DISTINCT subject, target, since, until FROM {edges}) AS ue \
                 ON ue.subject = s.subject"
            ));
            let target = self.dossiers(target);
            lines.push(format!("JOIN {target} AS u ON u.subject = ue.target"));
            filter = format!("\nWHERE {}", self.on_the_day("ue"));
        }
        for counted in counted {
            // The others are columns of the subject already.
            let Some(name) = self.named(*counted) else { continue };
            let mut on = vec![format!("{name}.subject = s.subject")];
            if self.reads_unit(*counted) {
                on.push(format!("{name}.unit = u.subject"));
                for bound in ["since", "until"] {
                    on.push(format!("{name}.unit_{bound} IS NOT DISTINCT FROM ue.{bound}"));
                }
            }
            lines.push(format!("LEFT JOIN {name} ON {}", on.join(" AND ")));
        }
        format!("{}{filter}", lines.join("\n"))
    }

    fn reads_unit(&self, counted: Counted) -> bool {
        Reads::of(&self.dated.program.graph, counted.1).unit
    }

    /// An edge counts only on the day judged.
    fn on_the_day(&self, alias: &str) -> String {
        let day = self.printer(Manual::Open).today().text;
        format!(
            "({alias}.since IS NULL OR {alias}.since <= {day}) \
             AND ({alias}.until IS NULL OR {alias}.until >= {day})"
        )
    }

    /// A common table that counts members by the truth of a body.
    fn count(&mut self, counted: Counted) {
        let (relation, body) = counted;
        let entry = &self.relation(relation).entry;
        let unit = self.reads_unit(counted);
        let keys: &[(&str, &str)] = match unit {
            false => &[("s.subject", "subject")],
            true => &[
                ("s.subject", "subject"),
                ("u.subject", "unit"),
                ("ue.since", "unit_since"),
                ("ue.until", "unit_until"),
            ],
        };
        let truth = match body {
            Some(body) => self.printer(Manual::Open).node(body).text,
            None => "TRUE".to_owned(),
        };
        let inner = match body {
            Some(body) => Reads::of(&self.dated.program.graph, [body]).counted,
            None => Vec::new(),
        };
        self.add_steps(Some(entry.target));
        let mut from = self.from(unit, &inner);
        let filter = match from.split_once("\nWHERE ") {
            Some((before, filter)) => {
                let filter = format!("{filter}\nAND ");
                from = before.to_owned();
                filter
            }
            None => String::new(),
        };
        let mut selected: Vec<String> =
            keys.iter().map(|(from, name)| format!("{from} AS {name}")).collect();
        selected.push(format!("{truth} AS truth"));
        let members = format!(
            "SELECT\n  {}\n{from}\nJOIN {} AS e ON e.subject = s.subject\n\
             JOIN {} AS m ON m.subject = e.target\nWHERE {filter}{}",
            indented(&selected.join(",\n")),
            self.edges(relation),
            self.dossiers(entry.target),
            self.on_the_day("e"),
        );
        let names: Vec<&str> = keys.iter().map(|(_, name)| *name).collect();
        let names = names.join(", ");
        let text = format!(
            "SELECT\n  {names},\n  sum(CASE WHEN truth THEN 1 ELSE 0 END) AS yes,\n  \
             sum(CASE WHEN NOT truth THEN 1 ELSE 0 END) AS no,\n  \
             sum(CASE WHEN truth IS NULL THEN 1 ELSE 0 END) AS open\nFROM (\n  {}\n) AS members\n\
             GROUP BY {names}",
            indented(&members)
        );
        let name = format!("{}_{}", entry.name, self.tables.len() + 1);
        let name = self.dialect.name(&name);
        self.tables.push((name.clone(), text));
        self.counted.insert(counted, format!("{name}."));
    }
}

/// Common tables before the last query.
pub(super) fn with(tables: &[(String, String)], last: &str) -> String {
    if tables.is_empty() {
        return last.to_owned();
    }
    let tables: Vec<String> =
        tables.iter().map(|(name, text)| format!("{name} AS (\n  {}\n)", indented(text))).collect();
    format!("WITH {}\n{last}", tables.join(",\n"))
}
