//! Policies in memory: checked, matched to tables, explained.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use pyo3::prelude::*;
use pyo3::types::{PyMapping, PyString};
use rayon::prelude::*;
use zhida_model::diagnostic::{Diagnostic, Severity};
use zhida_model::office::proofs::report;
use zhida_model::reference::Reference;
use zhida_model::rules::program::{Program, Source};
use zhida_model::rules::{cases, lint};
use zhida_store::search::SearchIndex;

use crate::arguments::{Day, dict, from_json, tables};
use crate::capsule::Table;
use crate::catalogue::{self, Base, Catalogue, Finding, subject_kind};
use crate::errors::{Error, Result, detached};
use crate::explain::{self, Question};
use crate::matches::{Days, Matches};
use crate::row;

/// Compiled policies with what they were read against.
#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) reference: Reference,
    pub(crate) program: Program,
    findings: Vec<Diagnostic>,
    sources: Vec<Source>,
    neighbours: Vec<Source>,
    cases: Vec<Source>,
    pub(crate) index: OnceLock<SearchIndex>,
}

impl Rules {
    /// Compiles policies; those with errors are left out and told by `check`.
    pub(crate) fn new(reference: Reference, sources: Vec<Source>) -> Rules {
        let (program, findings) = Program::compile(&sources, &reference);
        Rules {
            reference,
            program,
            findings,
            sources,
            neighbours: Vec::new(),
            cases: Vec::new(),
            index: OnceLock::new(),
        }
    }

    /// Nothing is judged by half of the policies.
    pub(crate) fn usable(&self) -> Result<()> {
        let errors: Vec<Diagnostic> = self
            .findings
            .iter()
            .filter(|finding| finding.severity == Severity::Error)
            .cloned()
            .collect();
        if errors.is_empty() {
            return Ok(());
        }
        Err(Error::policy("the policies have errors, correct them first", errors))
    }

    /// What `zhida check` finds, errors before warnings within each file.
    fn check(&self, deep: bool) -> Vec<Diagnostic> {
        let mut findings = self.findings.clone();
        let run = |file: &Source| cases::run(file, &self.sources, &self.reference).findings;
        let reports: Vec<Vec<Diagnostic>> = self.cases.par_iter().map(run).collect();
        let all: Vec<Source> = self.sources.iter().chain(&self.neighbours).cloned().collect();
        findings.extend(lint::lint(&self.program, &all, &self.cases, &self.reference));
        findings.extend(reports.into_iter().flatten());
        if deep {
            let report = report::report(&self.program, &self.reference);
            findings.retain(|finding| !report.overrules(finding));
            findings.extend(report.findings);
        }
        findings
            .sort_by(|a, b| (&a.file, a.place, a.severity).cmp(&(&b.file, b.place, b.severity)));
        findings
    }
}

/// Policies, ready to be checked, matched and explained.
///
/// `len` counts their versions. It may be shared between threads.
#[pyclass(frozen, skip_from_py_object, module = "zhida")]
#[derive(Debug, Clone)]
pub(crate) struct Policies {
    pub(crate) rules: Arc<Rules>,
}

#[pymethods]
impl Policies {
    /// Reads policies: a folder of definitions as `zhida check` reads it, a folder
    /// of policy files, or one file.
    ///
    /// `catalogue` is a Catalogue or the path of one; by default that of the
    /// folder, or of the folder above. `parameters` is a file of dated local
    /// parameters; by default `parameters.yaml` beside the catalogue. A policy
    /// with errors is told by `check`, and stops `match` and `explain`.
    ///
    /// >>> import zhida
    /// >>> policies = zhida.Policies.load("data-samples")
    /// >>> "minimum-living" in policies.ids
    /// True
    ///
    /// Raises PolicyError where catalogue or parameters have errors, and FileError
    /// where a file cannot be read.
    #[staticmethod]
    #[pyo3(signature = (path, *, catalogue=None, parameters=None))]
    fn load(
        py: Python<'_>,
        path: PathBuf,
        catalogue: Option<&Bound<'_, PyAny>>,
        parameters: Option<PathBuf>,
    ) -> PyResult<Policies> {
        let given = match catalogue {
            None => None,
            Some(object) => match object.cast::<Catalogue>() {
                Ok(known) => Some(Ok(Arc::clone(&known.get().base))),
                Err(_) => Some(Err(object.extract::<PathBuf>()?)),
            },
        };
        let rules = detached(py, || {
            // A folder of definitions holds its policies in a folder of their own.
            let whole = path.join("catalogue.yaml").is_file();
            let folder = if whole { path.join("policies") } else { path.clone() };
            let base = match given {
                Some(Ok(base)) => base,
                Some(Err(path)) => Arc::new(Base::read(&path)?),
                None if whole => Arc::new(Base::read(&path)?),
                None => Arc::new(Base::read(&home(&folder)?)?),
            };
            let reference = base.reference(parameters.as_deref())?;
            let mut rules = Rules::new(reference, catalogue::sources(&folder, false)?);
            rules.cases = catalogue::sources(&folder, true)?;
            let others = base.folder.join("policies");
            if others.is_dir() && others != folder {
                let known = |other: &Source| rules.sources.iter().any(|one| one.name == other.name);
                rules.neighbours = catalogue::sources(&others, false)?
                    .into_iter()
                    .filter(|one| !known(one))
                    .collect();
            }
            Ok(rules)
        })?;
        Ok(Policies { rules: Arc::new(rules) })
    }

    /// The ids of all policies, each once, in order.
    #[getter]
    fn ids(&self) -> Vec<&str> {
        let mut ids: Vec<&str> =
            self.rules.program.policies.iter().map(|policy| policy.key.id.as_str()).collect();
        ids.dedup();
        ids
    }

    /// What `zhida check` finds in the policies and in the cases beside them; with
    /// `deep` also what can be proved about the rules, which takes longer.
    ///
    /// >>> import zhida
    /// >>> zhida.Policies.load("data-samples").check()
    /// []
    #[pyo3(signature = (*, deep=false))]
    fn check(&self, py: Python<'_>, deep: bool) -> PyResult<Vec<Finding>> {
        let found = detached(py, || Ok(self.rules.check(deep)))?;
        Ok(found.iter().map(Finding::from).collect())
    }

    /// Judges every row of a table by every policy version of the day.
    ///
    /// `table` is anything with `__arrow_c_stream__` or `__arrow_c_array__`: a
    /// pyarrow Table, a polars DataFrame, a DuckDB result. It has one row a
    /// subject of `kind`, `"enterprise"` or `"citizen"`; columns are named by the
    /// catalogue, as `zhida build` writes them to `dossiers/`:
    ///
    /// - `subject`: the key, 32 hexadecimal digits; without it, the row number;
    /// - `<field>`: the value, null where it is not known;
    /// - `<field>__reason`: why it is not known; for facts also whether the list
    ///   is complete (null), without which an absent fact means nothing;
    /// - `<relation>__complete`: whether the list of that relation is complete.
    ///
    /// A field without a column is unknown, never false or zero. A column that the
    /// catalogue does not know is an error, or left out with `extra="ignore"`.
    ///
    /// `as_of` is the day judged and `known_at` the day up to which the data are
    /// known: dates, or text such as `"2026-03-31"`. `relations` maps names of
    /// relations to tables of edges with `subject`, `target`, `since`, `until`;
    /// `other` holds dossiers of the other kind, for edges that lead there.
    ///
    /// The result has the rows and scores that `zhida match` writes.
    ///
    /// >>> import datetime, polars, zhida
    /// >>> policies = zhida.Policies.load("data-samples")
    /// >>> table = polars.DataFrame({"birth_date": [datetime.date(1950, 3, 1), None]})
    /// >>> matches = policies.match(
    /// ...     table, as_of="2026-03-31", known_at="2026-03-31", kind="citizen"
    /// ... )
    /// >>> matches.column_names[:3]
    /// ['subject', 'kind', 'policy']
    /// >>> polars.DataFrame(matches).height == len(matches)
    /// True
    ///
    /// Raises TableError with column, row and remedy where the table cannot be
    /// read, and PolicyError where the policies have errors.
    #[pyo3(name = "match", signature = (table, *, as_of, known_at, kind, other=None, relations=None, extra="error"))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments of a Python method")]
    fn match_table(
        &self,
        py: Python<'_>,
        table: &Bound<'_, PyAny>,
        as_of: Day,
        known_at: Day,
        kind: &str,
        other: Option<&Bound<'_, PyAny>>,
        relations: Option<&Bound<'_, PyMapping>>,
        extra: &str,
    ) -> PyResult<Matches> {
        let kind = subject_kind(kind)?;
        let days = Days::new(as_of.0, known_at.0)?;
        let table = Table::take(table, "table")?;
        let tables = tables(kind, table, other, relations, extra)?;
        detached(py, || {
            self.rules.usable()?;
            Matches::of_tables(&self.rules, &tables, days)
        })
    }

    /// Why a policy does or does not fit: the explanations that
    /// `zhida explain --format json` prints, one for each unit of the policy.
    ///
    /// `subject` is a row: a dict, or a table of one row; or it is a key, and
    /// `table` the table that holds it. In a dict, facts are lists of dicts, money
    /// is whole fen, decimals are `decimal.Decimal`. Everything else as in `match`.
    ///
    /// >>> import datetime, zhida
    /// >>> policies = zhida.Policies.load("data-samples")
    /// >>> day = datetime.date(2026, 3, 31)
    /// >>> row = {"birth_date": datetime.date(1940, 5, 1)}
    /// >>> [why] = policies.explain(
    /// ...     row, "minimum-living", as_of=day, known_at=day, kind="citizen"
    /// ... )
    /// >>> why["verdict"], why["verdict_label"]
    /// ('unknown', '信息不足')
    ///
    /// Raises ArgumentError for a policy, version or key that is not there.
    #[pyo3(signature = (subject, policy, *, as_of, known_at, kind, table=None, other=None, relations=None, version=None, extra="error"))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments of a Python method")]
    fn explain<'py>(
        &self,
        py: Python<'py>,
        subject: &Bound<'py, PyAny>,
        policy: &str,
        as_of: Day,
        known_at: Day,
        kind: &str,
        table: Option<&Bound<'py, PyAny>>,
        other: Option<&Bound<'py, PyAny>>,
        relations: Option<&Bound<'py, PyMapping>>,
        version: Option<&str>,
        extra: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        let kind = subject_kind(kind)?;
        let days = Days::new(as_of.0, known_at.0)?;
        let key = match subject.cast::<PyString>() {
            Ok(text) => Some(explain::key(text.to_str()?)?),
            Err(_) => None,
        };
        let given = match (key, table, subject.cast::<PyMapping>()) {
            (Some(_), Some(table), _) => Table::take(table, "table")?,
            (Some(_), None, _) => {
                let text = "to explain a key give `table=`, the table that holds it; or give the row itself";
                return Err(Error::Argument(text.to_owned()).into());
            }
            (None, _, Ok(cells)) => row::table(&self.rules.reference, kind, &dict(cells)?)?,
            (None, _, Err(_)) => Table::take(subject, "subject")?,
        };
        let tables = tables(kind, given, other, relations, extra)?;
        let text = detached(py, || {
            self.rules.usable()?;
            let world = tables.world(&self.rules.reference)?;
            let row = explain::row(&world, kind, key)?;
            let question = Question { kind, row, policy, version, days };
            explain::json(&self.rules, &world, &question, None)
        })?;
        from_json(py, &text)
    }

    fn __len__(&self) -> usize {
        self.rules.program.policies.len()
    }

    fn __repr__(&self) -> String {
        format!("<Policies: {} versions>", self.rules.program.policies.len())
    }
}

/// The folder above that holds a catalogue.
fn home(folder: &std::path::Path) -> Result<PathBuf> {
    let absolute = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let found = absolute.ancestors().skip(1).take(2);
    let found = found.into_iter().find(|above| above.join("catalogue.yaml").is_file());
    found.map(std::path::Path::to_owned).ok_or_else(|| {
        Error::Argument(format!(
            "there is no catalogue.yaml above `{}`: give `catalogue=`",
            folder.display()
        ))
    })
}
