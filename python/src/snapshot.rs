//! Snapshots as `zhida build` seals them: opened, matched, explained, searched,
//! with the policies they were built with or with others.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::SystemTime;

use jiff::civil::Date;
use pyo3::prelude::*;
use zhida_model::catalogue;
use zhida_model::diagnostic::Diagnostic;
use zhida_model::domain::{IndustryTable, RegionTable, SubjectKind};
use zhida_model::frame::World;
use zhida_model::policy::Parameters;
use zhida_model::ranking::{Histories, Ranker as Learned, Ranking, Shelf};
use zhida_model::reference::Reference;
use zhida_model::rules::program::Source;
use zhida_store::feedback::{self, FEEDBACK};
use zhida_store::{RANKER, Snapshot as Stored, StoreError};

use crate::arguments::{Day, from_json};
use crate::catalogue::subject_kind;
use crate::errors::{Error, Result, detached};
use crate::explain::{self, Question};
use crate::matches::{Days, Matches};
use crate::policies::{Policies, Rules};
use crate::ranker::{Ranker, unread};
use crate::text::{self, Narrowed};

/// Everybody's dossiers on one day, with the policies they were built with.
///
/// It is mapped into memory, so that opening costs next to nothing.
#[pyclass(frozen, skip_from_py_object, module = "zhida")]
#[derive(Debug)]
pub(crate) struct Snapshot {
    root: PathBuf,
    stored: Stored,
    world: World,
    rules: Arc<Rules>,
    shelf: OnceLock<Arc<Shelf>>,
    /// The trained order of the folder, as long as its files stay as they were.
    trained: Mutex<Option<(Stamps, Option<Ranking>)>>,
}

/// When the files of the trained order were written, and how long they are.
type Stamps = [Option<(SystemTime, u64)>; 2];

/// Which order was asked for.
#[derive(Debug, Clone)]
pub(crate) enum Order {
    /// The first one, without anything learned.
    First,
    /// That of the data folder, where it has one.
    Folder,
    /// One that was handed over.
    Own(Arc<Learned>),
}

impl<'py> FromPyObject<'_, 'py> for Order {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Order> {
        if let Ok(ranker) = object.cast::<Ranker>() {
            return Ok(Order::Own(Arc::clone(&ranker.get().learned)));
        }
        match object.extract::<bool>() {
            Ok(true) => Ok(Order::Folder),
            Ok(false) => Ok(Order::First),
            Err(_) => {
                let text = "ranked is True, False or a Ranker".to_owned();
                Err(Error::Argument(text).into())
            }
        }
    }
}

impl Snapshot {
    fn read(root: &Path) -> Result<Snapshot> {
        let broken = |error: StoreError| Error::Snapshot(error.to_string());
        let file = |name: &str| utf8(Stored::file_of(root, name).map_err(broken)?, name);
        let table = |name: &str, error: &dyn std::fmt::Display| {
            Error::Snapshot(format!("`{name}` of the snapshot: {error}"))
        };
        let regions = RegionTable::from_csv(&file("regions.csv")?)
            .map_err(|error| table("regions.csv", &error))?;
        let industries = IndustryTable::from_csv(&file("industries.csv")?)
            .map_err(|error| table("industries.csv", &error))?;
        let older = |name: &str, findings: Vec<Diagnostic>| {
            let first = findings.first().map(ToString::to_string).unwrap_or_default();
            table(name, &format!("this version cannot read it, build again: {first}"))
        };
        let catalogue = catalogue::read("catalogue.yaml", &file("catalogue.yaml")?)
            .map_err(|findings| older("catalogue.yaml", findings))?;
        let parameters = file("parameters.yaml")?;
        let parameters = Parameters::read("parameters.yaml", &parameters, &catalogue, &regions)
            .map_err(|findings| older("parameters.yaml", findings))?;
        let stored = Stored::open(root, &catalogue).map_err(broken)?;
        let reference = Reference { catalogue, regions, industries, parameters };
        let mut sources = Vec::new();
        for name in stored.files("policies/") {
            let text = utf8(stored.file(name).map_err(broken)?, name)?;
            sources.push(Source { name: name.to_owned(), text });
        }
        let world = stored.world().map_err(broken)?;
        Ok(Snapshot {
            root: root.to_owned(),
            stored,
            world,
            rules: Arc::new(Rules::new(reference, sources)),
            shelf: OnceLock::new(),
            trained: Mutex::default(),
        })
    }

    /// The folder it was opened from.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Version of the snapshot.
    pub(crate) fn version(&self) -> &str {
        &self.stored.manifest().version
    }

    /// Data cut-off.
    pub(crate) fn cut_off(&self) -> Date {
        self.stored.manifest().known_at
    }

    /// The dossiers.
    pub(crate) fn world(&self) -> &World {
        &self.world
    }

    /// The policies, where all of them can be used.
    pub(crate) fn rules(&self) -> Result<&Rules> {
        self.rules.usable()?;
        Ok(&self.rules)
    }

    /// What is the same for all days of a learned order.
    pub(crate) fn shelf(&self) -> Arc<Shelf> {
        Arc::clone(self.shelf.get_or_init(|| Arc::new(Shelf::new(&self.rules.program))))
    }

    fn ranking(&self, order: &Order) -> Result<Option<Ranking>> {
        match order {
            Order::First => Ok(None),
            Order::Folder => self.trained(),
            Order::Own(learned) => {
                let log = self.root.join(FEEDBACK);
                let histories = match log.exists() {
                    true => feedback::histories(&feedback::read(&log).map_err(unread)?),
                    false => Histories::default(),
                };
                Ok(Some(Ranking {
                    ranker: Arc::clone(learned),
                    shelf: self.shelf(),
                    histories: Arc::new(histories),
                }))
            }
        }
    }

    /// The order of the data folder, read anew where its files changed.
    fn trained(&self) -> Result<Option<Ranking>> {
        let stamp = |name: &str| {
            let found = self.root.join(name).metadata().ok()?;
            Some((found.modified().ok()?, found.len()))
        };
        let stamps = [stamp(RANKER), stamp(FEEDBACK)];
        let mut kept = self.trained.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, ranking)) = kept.as_ref()
            && *known == stamps
        {
            return Ok(ranking.clone());
        }
        let ranking = zhida_store::ranking(&self.root, &self.rules.program)
            .map_err(|error| Error::Ranker(error.to_string()))?;
        *kept = Some((stamps, ranking.clone()));
        Ok(ranking)
    }

    /// The day judged, by default the cut-off itself.
    fn days(&self, as_of: Option<Day>) -> Result<Days> {
        let known_at = self.stored.manifest().known_at;
        Days::new(as_of.map_or(known_at, |day| day.0), known_at)
    }
}

fn utf8(bytes: Vec<u8>, name: &str) -> Result<String> {
    String::from_utf8(bytes)
        .map_err(|_| Error::Snapshot(format!("`{name}` of the snapshot is not UTF-8")))
}

#[pymethods]
impl Snapshot {
    /// Opens the current snapshot below the folder that `zhida build` was given,
    /// or the snapshot in a folder.
    ///
    /// >>> import zhida
    /// >>> snapshot = zhida.Snapshot.open("town/data")
    /// >>> snapshot.known_at
    /// datetime.date(2026, 3, 31)
    ///
    /// Raises SnapshotError where there is none, or it is damaged.
    #[staticmethod]
    fn open(py: Python<'_>, path: PathBuf) -> PyResult<Snapshot> {
        detached(py, || Snapshot::read(&path))
    }

    /// The data cut-off.
    #[getter]
    fn known_at<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let day = self.stored.manifest().known_at;
        let class = py.import("datetime")?.getattr("date")?;
        class.call1((day.year(), day.month(), day.day()))
    }

    /// The policies it was built with.
    #[getter]
    fn policies(&self) -> Policies {
        Policies { rules: Arc::clone(&self.rules) }
    }

    /// Number of dossiers of `"enterprise"` or `"citizen"`.
    fn rows(&self, kind: &str) -> PyResult<usize> {
        Ok(self.stored.rows(subject_kind(kind)?))
    }

    /// Judges everybody, or all of one kind, as `zhida match` does. `as_of` is
    /// the day judged, by default the data cut-off; no earlier day is accepted.
    ///
    /// The order of each subject's policies, and their scores, are those of the
    /// folder's `ranker.json` where it has one, with what its `feedback.parquet`
    /// says was shown before; `ranked=False` keeps the first order, as
    /// `zhida match --plain` does, and a Ranker as `ranked` takes that one.
    ///
    /// >>> import zhida
    /// >>> matches = zhida.Snapshot.open("town/data").match(as_of="2026-03-31")
    /// >>> len(matches) > 0
    /// True
    #[pyo3(
        name = "match",
        signature = (*, as_of=None, kind=None, ranked=Order::Folder),
        text_signature = "($self, *, as_of=None, kind=None, ranked=True)"
    )]
    fn match_all(
        &self,
        py: Python<'_>,
        as_of: Option<Day>,
        kind: Option<&str>,
        ranked: Order,
    ) -> PyResult<Matches> {
        let days = self.days(as_of)?;
        let kinds = match kind {
            Some(kind) => vec![subject_kind(kind)?],
            None => SubjectKind::ALL.to_vec(),
        };
        detached(py, || {
            let (rules, ranking) = (self.rules()?, self.ranking(&ranked)?);
            Matches::of_world(rules, &self.world, &kinds, days, ranking.as_ref())
        })
    }

    /// Why a policy does or does not fit the subject of a key: the explanations
    /// that `zhida explain --format json` prints, one for each unit of the policy.
    /// `ranked` as in `match`: under `order` stands why it has its place in a
    /// learned order.
    ///
    /// Raises ArgumentError for a key, policy or version that is not there.
    #[pyo3(
        signature = (subject, policy, *, as_of=None, version=None, ranked=Order::Folder),
        text_signature = "($self, subject, policy, *, as_of=None, version=None, ranked=True)"
    )]
    fn explain<'py>(
        &self,
        py: Python<'py>,
        subject: &str,
        policy: &str,
        as_of: Option<Day>,
        version: Option<&str>,
        ranked: Order,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (key, days) = (explain::key(subject)?, self.days(as_of)?);
        let text = detached(py, || {
            let (rules, ranking) = (self.rules()?, self.ranking(&ranked)?);
            let found = self.stored.find(key);
            let found = found.map_err(|error| Error::Snapshot(error.to_string()))?;
            let (kind, row) = found.ok_or_else(|| {
                Error::Argument(format!("nobody in this snapshot has the key `{key}`"))
            })?;
            let question = Question { kind, row, policy, version, days };
            explain::json(rules, &self.world, &question, ranking.as_ref())
        })?;
        from_json(py, &text)
    }

    /// Finds policies of the snapshot by words; see `zhida.search`.
    #[pyo3(signature = (words, *, limit=10, region=None, below=false, theme=None, life_event=None, kind=None, issuer=None, on=None, pinyin=false))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments of a Python method")]
    fn search<'py>(
        &self,
        py: Python<'py>,
        words: &str,
        limit: usize,
        region: Option<&str>,
        below: bool,
        theme: Option<String>,
        life_event: Option<String>,
        kind: Option<String>,
        issuer: Option<String>,
        on: Option<Day>,
        pinyin: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let on = on.map(|day| day.0);
        let narrowed =
            Narrowed { limit, region, below, theme, life_event, kind, issuer, on, pinyin };
        let found = detached(py, || text::in_rules(&self.rules, words, narrowed))?;
        from_json(py, &found)
    }

    fn __repr__(&self) -> String {
        format!("<Snapshot {} of {}>", self.stored.dir().display(), self.stored.manifest().known_at)
    }
}
