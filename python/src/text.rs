//! Documents and words: statements of a text, and search among policies or in
//! an index that `zhida search index` wrote.

use std::path::PathBuf;

use jiff::civil::Date;
use pyo3::prelude::*;
use zhida_model::domain::RegionCode;
use zhida_model::text::extract::{Places as Home, extract_in};
use zhida_model::text::place::Finder;
use zhida_store::search::{Filter, Places, Question, Record, SearchIndex};

use crate::arguments::{Day, from_json};
use crate::catalogue::Catalogue;
use crate::errors::{Error, Result, detached};
use crate::policies::{Policies, Rules};

/// What an answer is narrowed to.
#[derive(Debug)]
pub(crate) struct Narrowed<'a> {
    pub(crate) limit: usize,
    pub(crate) region: Option<&'a str>,
    pub(crate) below: bool,
    pub(crate) theme: Option<String>,
    pub(crate) life_event: Option<String>,
    pub(crate) kind: Option<String>,
    pub(crate) issuer: Option<String>,
    pub(crate) on: Option<Date>,
    pub(crate) pinyin: bool,
}

/// The statements of a text as `zhida extract` prints them: conditions,
/// benefits, deadlines and other quantities, each with the words it came from
/// and their place, counted in characters.
///
/// `doc` is what the statements call the document. With a `catalogue`, places
/// are recognised; `region` is where the document holds, six digits.
///
/// >>> import zhida
/// >>> items = zhida.extract("企业职工人数不少于50人的，给予10万元奖励。", doc="notice")
/// >>> [(item["kind"], item["value"]) for item in items]
/// [('condition', '50'), ('benefit', '100000')]
#[pyfunction]
#[pyo3(signature = (text, doc="", *, catalogue=None, region=None))]
pub(crate) fn extract<'py>(
    py: Python<'py>,
    text: &str,
    doc: &str,
    catalogue: Option<&Bound<'py, Catalogue>>,
    region: Option<&str>,
) -> PyResult<Bound<'py, PyAny>> {
    let home = region.map(code).transpose()?;
    let base = catalogue.map(|catalogue| &catalogue.get().base);
    if home.is_some() && base.is_none() {
        let text = "to say where the document holds give `catalogue=` as well";
        return Err(Error::Argument(text.to_owned()).into());
    }
    let found = detached(py, || {
        let finder = base.map(|base| Finder::new(&base.regions));
        let places = finder.as_ref().map(|finder| Home { finder, home });
        let items = extract_in(doc, text, places);
        serde_json::to_string(&items).map_err(|error| Error::Internal(error.to_string()))
    })?;
    from_json(py, &found)
}

/// Finds policies by words, as `zhida search --format json` prints them.
///
/// `within` is Policies, or the path of an index that `zhida search index`
/// wrote. `region` keeps what reaches that region, with `below` also what holds
/// in parts of it; `theme`, `life_event`, `kind`, `issuer` and `on`, a day in
/// force, narrow further. With `pinyin`, letters stand for Chinese words.
///
/// >>> import zhida
/// >>> found = zhida.search("残保金", zhida.Policies.load("data-samples"), limit=1)
/// >>> found["hits"][0]["rank"]
/// 1
#[pyfunction]
#[pyo3(signature = (words, within, *, limit=10, region=None, below=false, theme=None, life_event=None, kind=None, issuer=None, on=None, pinyin=false))]
#[expect(clippy::too_many_arguments, reason = "keyword arguments of a Python function")]
pub(crate) fn search<'py>(
    py: Python<'py>,
    words: &str,
    within: &Bound<'py, PyAny>,
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
    let narrowed = Narrowed { limit, region, below, theme, life_event, kind, issuer, on, pinyin };
    let found = match within.cast::<Policies>() {
        Ok(policies) => {
            let rules = &policies.get().rules;
            detached(py, || in_rules(rules, words, narrowed))?
        }
        Err(_) => {
            let path: PathBuf = within.extract()?;
            detached(py, || {
                if narrowed.region.is_some() {
                    let text = "an index alone does not know which region lies in which: search policies, or leave `region` out";
                    return Err(Error::Argument(text.to_owned()));
                }
                let index = SearchIndex::open(&path);
                let index = index.map_err(|error| Error::Search(error.to_string()))?;
                ask(&index, words, narrowed, None)
            })?
        }
    };
    from_json(py, &found)
}

/// Searches policies; their index is made at the first question.
pub(crate) fn in_rules(rules: &Rules, words: &str, narrowed: Narrowed<'_>) -> Result<String> {
    let index = match rules.index.get() {
        Some(index) => index,
        None => {
            let reference = &rules.reference;
            let records: Vec<Record> = rules
                .program
                .policies
                .iter()
                .map(|policy| {
                    let name = reference.regions.full_name(policy.region).unwrap_or_default();
                    Record::of_policy(&policy.file, Some((policy.region.value(), &name)))
                })
                .collect();
            let made = SearchIndex::in_memory(&records);
            let made = made.map_err(|error| Error::Search(error.to_string()))?;
            rules.index.get_or_init(|| made)
        }
    };
    let region = narrowed.region.map(code).transpose()?;
    let regions = &rules.reference.regions;
    if let Some(region) = region
        && regions.index(region).is_none()
    {
        let text = format!("region `{region}` is not in regions.csv: give a code of GB/T 2260");
        return Err(Error::Argument(text));
    }
    let places = region.map(|region| Places::reaching(regions, region, narrowed.below));
    ask(index, words, narrowed, places)
}

fn code(text: &str) -> Result<RegionCode> {
    RegionCode::parse(text).map_err(|error| Error::Argument(error.to_string()))
}

fn ask(
    index: &SearchIndex,
    words: &str,
    narrowed: Narrowed<'_>,
    places: Option<Places>,
) -> Result<String> {
    let Narrowed { theme, life_event, kind, issuer, on, .. } = narrowed;
    let question = Question {
        text: words,
        filter: Filter { places, theme, life_event, kind, issuer, on },
        offset: 0,
        limit: narrowed.limit,
        pinyin: narrowed.pinyin,
    };
    let answer = index.search(&question).map_err(|error| Error::Search(error.to_string()))?;
    Ok(answer.json(words).to_string())
}
