//! An opened index, and what it answers.

use std::{path::Path, sync::OnceLock};

use tantivy::{Index, ReloadPolicy, Searcher, TantivyDocument, schema::Value};

use super::{
    Filter, Record, SearchError, SearchManifest, Snippet,
    analysis::Analyzer,
    build,
    query::{LONGEST_QUESTION, Query},
    rank::Lists,
    schema::{Fields, schema},
    vocabulary::Vocabulary,
};

/// Longest question for which another spelling is looked for, in characters.
const LONGEST_SPELLED: usize = 60;

/// What somebody asks.
#[derive(Debug, Clone, Default)]
pub struct Question<'a> {
    /// The words. Only the first [`LONGEST_QUESTION`] characters are read.
    pub text: &'a str,
    /// What every hit must fit.
    pub filter: Filter,
    /// How many hits to leave out from the start.
    pub offset: usize,
    /// How many hits to give.
    pub limit: usize,
    /// Whether letters may stand for the sound of Chinese words or for its
    /// first letters: `cbj` for 残保金.
    pub pinyin: bool,
}

/// A document that answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The document.
    pub record: Record,
    /// How well it answers; comparable within one answer only.
    pub score: f32,
    /// The title with marks.
    pub title: Snippet,
    /// The words that answer best.
    pub snippet: Snippet,
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// How many documents share something with the question.
    pub total: usize,
    /// The best of them, best first; ties by id.
    pub hits: Vec<Hit>,
    /// The question as it may have been meant.
    pub did_you_mean: Option<String>,
}

/// An index that can be asked, from any number of threads.
pub struct SearchIndex {
    fields: Fields,
    analyzer: Analyzer,
    searcher: Searcher,
    lists: Option<Lists>,
    vocabulary: OnceLock<Vocabulary>,
}

impl std::fmt::Debug for SearchIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SearchIndex").field("documents", &self.documents()).finish_non_exhaustive()
    }
}

impl SearchIndex {
    /// Opens an index, after comparing every byte with its checksums.
    ///
    /// # Errors
    /// [`SearchError::NoIndex`], [`SearchError::Foreign`] and
    /// [`SearchError::Damaged`]; nothing is answered from such an index.
    pub fn open(dir: &Path) -> Result<SearchIndex, SearchError> {
        let analyzer = Analyzer::new();
        let manifest = SearchManifest::read(dir, &analyzer)?;
        let damaged = |detail: String| SearchError::Damaged { path: dir.to_owned(), detail };
        let index = Index::open_in_dir(dir).map_err(|error| damaged(error.to_string()))?;
        let broken = index.validate_checksum().map_err(|error| damaged(error.to_string()))?;
        if let Some(file) = broken.iter().min() {
            return Err(damaged(format!("`{}` is not what was written", file.display())));
        }
        let (expected, fields) = schema();
        if index.schema() != expected {
            return Err(damaged("it has other fields".to_owned()));
        }
        let opened = SearchIndex::new(&index, fields, analyzer)
            .map_err(|error| damaged(error.to_string()))?;
        if u64::from(opened.documents()) != manifest.documents {
            let (found, expected) = (opened.documents(), manifest.documents);
            return Err(damaged(format!("it holds {found} documents, not {expected}")));
        }
        Ok(opened)
    }

    /// An index of some records that lives in memory.
    ///
    /// # Errors
    /// [`SearchError::Duplicate`] for two records of one id.
    pub fn in_memory(records: &[Record]) -> Result<SearchIndex, SearchError> {
        let analyzer = Analyzer::new();
        let (index, fields) = build::in_memory(&analyzer, records)?;
        SearchIndex::new(&index, fields, analyzer)
    }

    fn new(index: &Index, fields: Fields, analyzer: Analyzer) -> Result<SearchIndex, SearchError> {
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let searcher = reader.searcher();
        let lists = match searcher.segment_readers() {
            [] => None,
            [segment] => Some(Lists::new(segment, &fields)?),
            many => {
                let error = format!("it has {} segments, not one", many.len());
                return Err(tantivy::TantivyError::SchemaError(error).into());
            }
        };
        Ok(SearchIndex { fields, analyzer, searcher, lists, vocabulary: OnceLock::new() })
    }

    /// How many documents it holds.
    #[must_use]
    pub fn documents(&self) -> u32 {
        self.lists.as_ref().map_or(0, Lists::documents)
    }

    /// Answers a question. Signs, operators and control characters in it are
    /// plain text; one without any word or character of the index has no hits.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn search(&self, question: &Question<'_>) -> Result<Answer, SearchError> {
        let none = Answer { total: 0, hits: Vec::new(), did_you_mean: None };
        let Some((segment, lists)) =
            self.searcher.segment_readers().first().zip(self.lists.as_ref())
        else {
            return Ok(none);
        };
        let text: String = question.text.chars().take(LONGEST_QUESTION).collect();
        let meant = if question.pinyin { self.vocabulary()?.meant(&text) } else { Vec::new() };
        let query = Query::new(&self.analyzer, &text, &meant);
        let allowed = question.filter.allowed(segment, &self.fields)?;
        let most = question.offset.saturating_add(question.limit);
        let (best, total) = lists.best(&query, allowed.as_deref(), most)?;
        let best = best.into_iter().skip(question.offset);
        let hits = best.map(|scored| {
            let record = self.record(scored.document)?;
            let body = match record.conditions.is_empty() {
                true => record.body.clone(),
                false => format!("{}\n{}", record.body, record.conditions),
            };
            Ok(Hit {
                title: Snippet::whole(&self.analyzer, &query, &record.title),
                snippet: Snippet::best(&self.analyzer, &query, &body),
                score: scored.score,
                record,
            })
        });
        let hits = hits.collect::<Result<Vec<_>, SearchError>>()?;
        let spelled = meant.is_empty() && text.chars().nth(LONGEST_SPELLED).is_none();
        let did_you_mean =
            if spelled { self.vocabulary()?.instead(query.text.trim()) } else { None };
        Ok(Answer { total, hits, did_you_mean })
    }

    /// The ids that answer a text best, with their scores: a line of a run.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn run(&self, text: &str, depth: usize) -> Result<Vec<(String, f32)>, SearchError> {
        let Some(lists) = &self.lists else { return Ok(Vec::new()) };
        let query = Query::new(&self.analyzer, text, &[]);
        let (best, _) = lists.best(&query, None, depth)?;
        best.into_iter().map(|scored| Ok((lists.id(scored.document)?, scored.score))).collect()
    }

    fn record(&self, document: u32) -> Result<Record, SearchError> {
        let address = tantivy::DocAddress::new(0, document);
        let stored: TantivyDocument = self.searcher.doc(address)?;
        let json = stored.get_first(self.fields.record).and_then(|value| value.as_str());
        serde_json::from_str(json.unwrap_or_default())
            .map_err(|error| SearchError::Read(error.into()))
    }

    fn vocabulary(&self) -> Result<&Vocabulary, SearchError> {
        if let Some(vocabulary) = self.vocabulary.get() {
            return Ok(vocabulary);
        }
        let vocabulary = match self.searcher.segment_readers().first() {
            Some(segment) => Vocabulary::new(segment, self.fields.words)?,
            None => Vocabulary::default(),
        };
        Ok(self.vocabulary.get_or_init(|| vocabulary))
    }
}
