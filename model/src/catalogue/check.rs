//! From the catalogue file as written to the checked [`Catalogue`].
//!
//! Everything that is wrong is reported at once, each finding with its place
//! and what to do. The expressions of derived fields are not read here: that
//! is `rules`' task, and it has the same places to point at.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde_saphyr::Spanned;

use super::index::{Catalogue, CodeList, Parts, Relation, RelationId, SourceTable, TableId};
use super::suggest;
use super::types::{CatalogueFile, CodeEntry, FieldType, ParameterEntry};
use super::yaml::{self, Text};
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::domain::SubjectKind;

mod fields;
mod relations;
mod resolve;
mod sources;
mod tables;

pub(crate) use self::fields::stored;

/// The most codes of a list: a code is stored in one byte.
const MOST_CODES: usize = 256;

/// The most entries of any other kind: ids are stored in two bytes.
const MOST_ENTRIES: usize = 65_535;

/// Days in a hundred years; a longer refresh interval is a slip of the pen.
const MOST_DAYS: u32 = 36_525;

/// Names with a meaning of their own in rules.
const RESERVED: [&str; 9] =
    ["as_of", "unit", "since", "until", "true", "false", "null", "in", "manual"];

/// Reads and checks a catalogue file. `file` is its name in messages.
///
/// # Errors
/// Every finding, in the order of the file.
pub fn read(file: &str, text: &str) -> Result<Catalogue, Vec<Diagnostic>> {
    let written: CatalogueFile = yaml::parse(file, text, yaml::Form::Catalogue)?;
    let mut check = Check::new(file, text, &written);
    let codes = check.code_lists(&written.codes);
    check.parameters(&written.parameters);
    check.departments(&written);
    let registers = check.tables(&written.tables);
    let mut fields = check.fields(&written.fields, &codes);
    check.relations(&written.relations, &written.fields);
    check.sizes(&written);
    let Some(registers) = registers.filter(|_| check.findings.is_empty()) else {
        check.findings.sort();
        return Err(check.findings);
    };
    resolve::inherit(&mut fields, &written);
    let (tables, relations) = (check.source_tables(&written), check.checked_relations(&written));
    Ok(Catalogue::new(Parts {
        version: written.version,
        departments: written.departments,
        codes,
        tables,
        fields,
        relations,
        parameters: written.parameters,
        registers,
    }))
}

/// What all checks share: the names of the file, and the findings so far.
struct Check<'a> {
    file: &'a str,
    text: Text<'a>,
    tables: HashMap<&'a str, &'a super::types::Table>,
    positions: HashMap<&'a str, TableId>,
    findings: Vec<Diagnostic>,
}

/// What a finding is about: the entry's name in messages and its place.
#[derive(Clone, Copy)]
struct Entry<'a> {
    subject: &'a str,
    place: Place,
}

impl<'a> Check<'a> {
    fn new(file: &'a str, text: &'a str, written: &'a CatalogueFile) -> Check<'a> {
        let tables = written.tables.iter().map(|table| &table.value);
        let positions = tables.clone().zip(0..).map(|(t, at)| (t.name.as_str(), TableId::new(at)));
        Check {
            file,
            text: Text::new(text),
            positions: positions.collect(),
            tables: tables.map(|table| (table.name.as_str(), table)).collect(),
            findings: Vec::new(),
        }
    }

    fn report(
        &mut self,
        entry: Entry<'_>,
        code: &'static str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.findings.push(Diagnostic {
            file: self.file.to_owned(),
            place: entry.place,
            severity: Severity::Error,
            code,
            message: message.into(),
            subject: entry.subject.to_owned(),
            help: help.into(),
        });
    }

    /// The same entry, pointing at `value` behind `key:`.
    fn point<'e>(&self, entry: Entry<'e>, key: &str, value: &str) -> Entry<'e> {
        Entry { place: self.text.value(entry.place, key, value), ..entry }
    }

    /// Names are ASCII snake_case, and not words of the rule language.
    fn name(&mut self, entry: Entry<'_>, key: &str, name: &str) {
        if !is_snake_case(name) {
            let help = "write lower-case ASCII letters, digits and `_`, a letter first";
            let message = format!("`{name}` is no snake_case name");
            self.report(self.point(entry, key, name), "name", message, help);
        } else if RESERVED.contains(&name) {
            let message = format!("`{name}` has a meaning of its own in rules");
            self.report(self.point(entry, key, name), "name", message, "choose another name");
        }
    }

    /// A name that refers to something; `known` is what there is.
    fn known<'n>(
        &mut self,
        entry: Entry<'_>,
        code: &'static str,
        what: &str,
        name: &str,
        known: impl Iterator<Item = &'n str>,
    ) {
        let help = match suggest::nearest(name, known.map(|known| (known, known))) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("define the {what} in this file, or name one that is defined"),
        };
        self.report(entry, code, format!("`{name}` is no {what} of this catalogue"), help);
    }

    fn code_lists(
        &mut self,
        lists: &BTreeMap<String, Spanned<Vec<CodeEntry>>>,
    ) -> BTreeMap<String, Arc<CodeList>> {
        for (name, list) in lists {
            let place = self.text.key("codes", name);
            let entry = Entry { subject: name, place };
            self.name(entry, name, name);
            self.code_list(entry, &list.value, yaml::place(list));
        }
        let checked = lists.iter().map(|(name, list)| {
            let list = CodeList { name: name.clone(), entries: list.value.clone() };
            (name.clone(), Arc::new(list))
        });
        checked.collect()
    }

    fn code_list(&mut self, entry: Entry<'_>, codes: &[CodeEntry], body: Place) {
        if codes.is_empty() {
            self.report(entry, "codes", "the code list is empty", "give it at least one code");
        }
        if codes.len() > MOST_CODES {
            let message = format!("the list has {} codes; at most {MOST_CODES} fit", codes.len());
            self.report(entry, "codes", message, "split the list, or use a text field");
        }
        let inside = Entry { place: body, ..entry };
        let mut seen = HashMap::new();
        for code in codes {
            if !is_snake_case(&code.code) {
                let message = format!("`{}` is no snake_case code", code.code);
                let help = "write lower-case ASCII letters, digits and `_`, a letter first";
                self.report(self.point(inside, "code", &code.code), "name", message, help);
            }
            if seen.insert(code.code.as_str(), ()).is_some() {
                let message = format!("code `{}` occurs twice", code.code);
                let help = "keep one of them: the position of a code is its stored number";
                let place = self.text.last_value(body, "code", &code.code);
                self.report(Entry { place, ..entry }, "duplicate", message, help);
            }
        }
    }

    fn parameters(&mut self, parameters: &BTreeMap<String, ParameterEntry>) {
        for (name, parameter) in parameters {
            let entry = Entry { subject: name, place: self.text.key("parameters", name) };
            self.name(entry, name, name);
            if !matches!(parameter.kind, FieldType::Money | FieldType::Decimal | FieldType::Int) {
                let message =
                    format!("a parameter cannot be of type `{}`", kind_name(parameter.kind));
                self.report(entry, "type", message, "use money, decimal or int");
            }
        }
    }

    fn departments(&mut self, written: &CatalogueFile) {
        for name in written.departments.keys() {
            let entry = Entry { subject: name, place: self.text.key("departments", name) };
            self.name(entry, name, name);
        }
        for table in &written.tables {
            let owner = &table.value.owner;
            if !written.departments.contains_key(owner) {
                let entry = Entry { subject: &table.value.name, place: yaml::place(table) };
                let entry = self.point(entry, "owner", owner);
                let known = written.departments.keys().map(String::as_str);
                self.known(entry, "unknown_department", "department", owner, known);
            }
        }
    }

    /// Dense ids have two bytes.
    fn sizes(&mut self, written: &CatalogueFile) {
        let counts = [
            ("fields", written.fields.len()),
            ("relations", written.relations.len()),
            ("tables", written.tables.len()),
        ];
        for (what, count) in counts.into_iter().filter(|(_, count)| *count > MOST_ENTRIES) {
            let message = format!("{count} {what}; at most {MOST_ENTRIES} fit");
            let entry = Entry { subject: what, place: Place::default() };
            self.report(entry, "too_many", message, "split the catalogue by kind of subject");
        }
    }

    fn source_tables(&self, written: &CatalogueFile) -> Vec<SourceTable> {
        let label = |owner: &String| match written.departments.get(owner) {
            Some(department) => department.label.clone(),
            None => owner.clone(),
        };
        let tables = written.tables.iter().enumerate().map(|(index, table)| SourceTable {
            id: TableId::new(index),
            entry: table.value.clone(),
            owner_label: label(&table.value.owner),
            place: yaml::place(table),
        });
        tables.collect()
    }

    fn checked_relations(&self, written: &CatalogueFile) -> Vec<Relation> {
        let relations = written.relations.iter().enumerate().filter_map(|(index, relation)| {
            Some(Relation {
                id: RelationId::new(index),
                entry: relation.value.clone(),
                table: self.positions.get(relation.value.table.as_str()).copied()?,
                place: yaml::place(relation),
            })
        });
        relations.collect()
    }
}

/// `enterprise.rd_ratio`, as fields and relations are called in messages.
fn qualified(kind: SubjectKind, name: &str) -> String {
    format!("{kind}.{name}")
}

/// Lower-case ASCII letters, digits and underscores, a letter first.
fn is_snake_case(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// The name of a type as it is written in the file.
fn kind_name(kind: FieldType) -> &'static str {
    match kind {
        FieldType::Bool => "bool",
        FieldType::Int => "int",
        FieldType::Decimal => "decimal",
        FieldType::Money => "money",
        FieldType::Date => "date",
        FieldType::Region => "region",
        FieldType::Industry => "industry",
        FieldType::Code => "code",
        FieldType::Text => "text",
        FieldType::Set => "set",
        FieldType::Facts => "facts",
    }
}
