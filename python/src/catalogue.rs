//! The definitions: catalogue, code tables, parameters, policy files, and what
//! is found wrong in them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use pyo3::prelude::*;
use zhida_model::catalogue;
use zhida_model::diagnostic::{Diagnostic, Severity};
use zhida_model::domain::{IndustryTable, RegionTable, SubjectKind};
use zhida_model::policy::Parameters;
use zhida_model::reference::Reference;
use zhida_model::rules::program::Source;

use crate::errors::{Error, Result, detached};

/// Something found in a file.
///
/// `severity` is `"error"`, `"warning"` or `"note"`; `line` and `column` count
/// from 1, and `line` is 0 where the whole file is meant; `rule` is a short name
/// that stays the same; `subject` the condition, field or case concerned;
/// `remedy` what to do next.
#[pyclass(frozen, get_all, eq, skip_from_py_object, module = "zhida")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    severity: &'static str,
    file: String,
    line: usize,
    column: usize,
    rule: &'static str,
    subject: String,
    message: String,
    remedy: String,
}

impl From<&Diagnostic> for Finding {
    fn from(found: &Diagnostic) -> Finding {
        Finding {
            severity: match found.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Note => "note",
            },
            file: found.file.clone(),
            line: found.place.line,
            column: found.place.column,
            rule: found.code,
            subject: found.subject.clone(),
            message: found.message.clone(),
            remedy: found.help.clone(),
        }
    }
}

#[pymethods]
impl Finding {
    fn __str__(&self) -> String {
        let subject = match self.subject.as_str() {
            "" => String::new(),
            subject => format!("{subject}: "),
        };
        let remedy = match self.remedy.as_str() {
            "" => String::new(),
            remedy => format!("\n  help: {remedy}"),
        };
        let place = match self.line {
            0 => String::new(),
            line => format!(":{line}:{}", self.column),
        };
        let (file, severity) = (&self.file, self.severity);
        format!("{file}{place}: {severity}[{}]: {subject}{}{remedy}", self.rule, self.message)
    }

    fn __repr__(&self) -> String {
        format!("<Finding {}[{}] {}:{}>", self.severity, self.rule, self.file, self.line)
    }
}

/// What every field of a dossier means, with the tables of regions and industries.
#[pyclass(frozen, skip_from_py_object, module = "zhida")]
#[derive(Debug, Clone)]
pub(crate) struct Catalogue {
    pub(crate) base: Arc<Base>,
}

/// What a catalogue file and the code tables beside it say.
#[derive(Debug)]
pub(crate) struct Base {
    pub(crate) folder: PathBuf,
    pub(crate) catalogue: catalogue::Catalogue,
    pub(crate) regions: RegionTable,
    pub(crate) industries: IndustryTable,
}

#[pymethods]
impl Catalogue {
    /// Reads a folder with `catalogue.yaml`, `regions.csv` and `industries.csv`, or
    /// the catalogue file in such a folder.
    ///
    /// >>> import zhida
    /// >>> catalogue = zhida.Catalogue.load("data-samples")
    /// >>> [field.label for field in catalogue.fields("enterprise") if field.name == "employees"]
    /// ['从业人数']
    ///
    /// Raises PolicyError with its findings where the catalogue has errors, and
    /// FileError where a file cannot be read.
    #[staticmethod]
    #[pyo3(signature = (path))]
    fn load(py: Python<'_>, path: PathBuf) -> PyResult<Catalogue> {
        detached(py, || Base::read(&path)).map(|base| Catalogue { base: Arc::new(base) })
    }

    /// The version its file gives itself.
    #[getter]
    fn version(&self) -> &str {
        self.base.catalogue.version()
    }

    /// The fields of `"enterprise"` or `"citizen"` dossiers, in the order of the file.
    #[pyo3(signature = (kind))]
    fn fields(&self, kind: &str) -> PyResult<Vec<Field>> {
        let kind = subject_kind(kind)?;
        Ok(self.base.catalogue.fields_of(kind).map(Field::from).collect())
    }

    fn __repr__(&self) -> String {
        let folder = self.base.folder.display();
        format!("<Catalogue {} of {folder}>", self.base.catalogue.version())
    }
}

/// One field of the catalogue: the name and type of a column.
///
/// `type` is `bool`, `int`, `decimal`, `money` (in fen), `date`, `region`,
/// `industry`, `code`, `text`, `set` or `facts`; `codes` lists what a `code`,
/// and a `set` or `facts` of codes, may hold; a `derived` field is computed and
/// has no column.
#[pyclass(frozen, get_all, eq, skip_from_py_object, module = "zhida")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field {
    name: String,
    label: String,
    kind: &'static str,
    r#type: String,
    unit: String,
    codes: Option<Vec<String>>,
    derived: bool,
}

impl From<&catalogue::Field> for Field {
    fn from(field: &catalogue::Field) -> Field {
        let codes = field.codes.as_ref();
        Field {
            name: field.name.clone(),
            label: field.label.clone(),
            kind: field.subject.name(),
            r#type: format!("{:?}", field.kind).to_lowercase(),
            unit: field.unit.clone(),
            codes: codes.map(|list| list.entries.iter().map(|one| one.code.clone()).collect()),
            derived: field.derived.is_some(),
        }
    }
}

#[pymethods]
impl Field {
    fn __repr__(&self) -> String {
        format!("<Field {} {} ({})>", self.name, self.label, self.r#type)
    }
}

impl Base {
    /// Reads a folder with catalogue.yaml, or that file, and the tables beside it.
    pub(crate) fn read(path: &Path) -> Result<Base> {
        let (folder, file) = match path.is_dir() {
            true => (path.to_owned(), path.join("catalogue.yaml")),
            false => (path.parent().unwrap_or(Path::new("")).to_owned(), path.to_owned()),
        };
        let regions = RegionTable::from_csv(&text(&folder.join("regions.csv"))?);
        let industries = IndustryTable::from_csv(&text(&folder.join("industries.csv"))?);
        let name = file.display().to_string();
        let catalogue = catalogue::read(&name, &text(&file)?)
            .map_err(|findings| Error::policy(&format!("`{name}` has errors"), findings))?;
        let in_file = |name: &str, error: &dyn std::fmt::Display| {
            Error::File(format!("in `{}`: {error}", folder.join(name).display()))
        };
        Ok(Base {
            catalogue,
            regions: regions.map_err(|error| in_file("regions.csv", &error))?,
            industries: industries.map_err(|error| in_file("industries.csv", &error))?,
            folder,
        })
    }

    /// With parameters, what policies are read against.
    pub(crate) fn reference(&self, parameters: Option<&Path>) -> Result<Reference> {
        let beside = self.folder.join("parameters.yaml");
        let path = parameters.unwrap_or(&beside);
        let name = path.display().to_string();
        let read = Parameters::read(&name, &text(path)?, &self.catalogue, &self.regions);
        let parameters =
            read.map_err(|findings| Error::policy(&format!("`{name}` has errors"), findings))?;
        Ok(Reference {
            catalogue: self.catalogue.clone(),
            regions: self.regions.clone(),
            industries: self.industries.clone(),
            parameters,
        })
    }
}

/// `enterprise` or `citizen`.
pub(crate) fn subject_kind(name: &str) -> Result<SubjectKind> {
    SubjectKind::ALL.into_iter().find(|kind| kind.name() == name).ok_or_else(|| {
        Error::Argument(format!("kind `{name}` is unknown: give `enterprise` or `citizen`"))
    })
}

/// A text file.
pub(crate) fn text(path: &Path) -> Result<String> {
    let shown = path.display();
    let bytes = std::fs::read(path)
        .map_err(|error| Error::File(format!("cannot read `{shown}`: {error}")))?;
    String::from_utf8(bytes)
        .map_err(|_| Error::File(format!("`{shown}` is not UTF-8: save it as UTF-8")))
}

/// Policy files, or their cases, of a folder or a single file, ordered by path.
pub(crate) fn sources(path: &Path, cases: bool) -> Result<Vec<Source>> {
    let mut files = if path.is_dir() {
        let fail = |error| Error::File(format!("cannot list `{}`: {error}", path.display()));
        let entries = std::fs::read_dir(path).map_err(fail)?;
        let files = entries.map(|entry| entry.map(|entry| entry.path()));
        files.collect::<std::io::Result<Vec<_>>>().map_err(fail)?
    } else if path.is_file() {
        let beside = path.with_extension("cases.yaml");
        std::iter::once(path.to_owned()).chain(beside.is_file().then_some(beside)).collect()
    } else {
        let shown = path.display();
        return Err(Error::File(format!(
            "`{shown}` does not exist: name a policy file or a folder of them"
        )));
    };
    files.sort();
    let wanted = |path: &PathBuf| {
        let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
        name.ends_with(".yaml") && name.ends_with(".cases.yaml") == cases
    };
    files
        .iter()
        .filter(|path| wanted(path))
        .map(|path| Ok(Source { name: path.display().to_string(), text: text(path)? }))
        .collect()
}
