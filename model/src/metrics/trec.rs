//! Judgments and runs: what people said of documents, and what a system
//! returned. Read from the text formats of TREC, or put together row by row.
//!
//! A judgment is `query iteration document relevance`, a line of a run is
//! `query iteration document rank score tag`. As in trec_eval, the iteration
//! and the rank are not read: the order follows from the scores. Unlike there,
//! every faulty line is an error, and so is a document given twice.
//!
//! Left out: files and compression; whoever calls has read them.

use rustc_hash::FxHashMap;

/// What people said: query → document → relevance.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Qrels {
    queries: FxHashMap<String, FxHashMap<String, i32>>,
    rows: usize,
}

/// What a system returned: query → document → score.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Run {
    queries: FxHashMap<String, FxHashMap<String, f64>>,
    rows: usize,
    /// Tag of the run, empty where the file has none.
    pub tag: String,
}

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Problem {
    /// Too few fields, or too many.
    #[error("{found} fields where {expected} are expected: write `{form}`, separated by blanks")]
    Fields {
        /// Fields found.
        found: usize,
        /// Fields expected.
        expected: usize,
        /// The form of a line.
        form: &'static str,
    },
    /// A relevance that is no whole number.
    #[error(
        "field `relevance`: `{0}` is no whole number; write 0 for not relevant, 1 or more for relevant"
    )]
    Relevance(String),
    /// A score that is no finite number.
    #[error("field `score`: `{0}` is no finite number; correct it or leave the line out")]
    Score(String),
    /// A query or document without a name.
    #[error("field `{0}` is empty: name it")]
    Name(&'static str),
    /// A document judged twice.
    #[error("document `{document}` of query `{query}` is judged twice: keep one line")]
    JudgedTwice {
        /// The query.
        query: String,
        /// The document.
        document: String,
    },
    /// A document returned twice.
    #[error(
        "document `{document}` of query `{query}` is returned twice: keep the line with its rank"
    )]
    ReturnedTwice {
        /// The query.
        query: String,
        /// The document.
        document: String,
    },
    /// Lines of two runs in one file.
    #[error("the run is `{found}` here and `{before}` before: put each run into a file of its own")]
    Tag {
        /// Tag of this line.
        found: String,
        /// Tag of the lines before.
        before: String,
    },
}

/// A faulty line.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct Fault {
    /// Line, from one.
    pub line: usize,
    /// What is wrong with it.
    pub problem: Problem,
}

/// All faulty lines of a text.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{}", told(.0))]
pub struct Faults(pub Vec<Fault>);

/// Faults told in full; the rest is counted.
const TOLD: usize = 20;

fn told(faults: &[Fault]) -> String {
    let mut lines: Vec<String> = faults.iter().take(TOLD).map(ToString::to_string).collect();
    if faults.len() > TOLD {
        lines.push(format!("and {} more", faults.len() - TOLD));
    }
    lines.join("\n")
}

impl Qrels {
    /// Adds a judgment; a relevance below zero says that a document was
    /// looked for and not judged.
    ///
    /// # Errors
    /// [`Problem`] for an empty name or a document judged before.
    pub fn insert(&mut self, query: &str, document: &str, relevance: i32) -> Result<(), Problem> {
        named(query, document)?;
        if entry(&mut self.queries, query).insert(document.to_owned(), relevance).is_some() {
            let (query, document) = (query.to_owned(), document.to_owned());
            return Err(Problem::JudgedTwice { query, document });
        }
        self.rows += 1;
        Ok(())
    }

    /// Judgments there are.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Queries there are.
    pub fn queries(&self) -> usize {
        self.queries.len()
    }

    /// The judgments of a query.
    pub fn of(&self, query: &str) -> Option<&FxHashMap<String, i32>> {
        self.queries.get(query)
    }

    /// The queries, in order.
    pub fn names(&self) -> Vec<&str> {
        sorted(&self.queries)
    }

    /// The highest relevance given.
    pub fn highest(&self) -> Option<i32> {
        self.queries.values().flat_map(FxHashMap::values).copied().max()
    }
}

impl Run {
    /// Adds a document with its score; higher scores come first.
    ///
    /// # Errors
    /// [`Problem`] for an empty name, a score that is not finite, or a
    /// document returned before.
    pub fn insert(&mut self, query: &str, document: &str, score: f64) -> Result<(), Problem> {
        named(query, document)?;
        if !score.is_finite() {
            return Err(Problem::Score(score.to_string()));
        }
        if entry(&mut self.queries, query).insert(document.to_owned(), score).is_some() {
            let (query, document) = (query.to_owned(), document.to_owned());
            return Err(Problem::ReturnedTwice { query, document });
        }
        self.rows += 1;
        Ok(())
    }

    /// Documents returned in all.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Queries there are.
    pub fn queries(&self) -> usize {
        self.queries.len()
    }

    /// The documents of a query, in no order.
    pub fn of(&self, query: &str) -> Option<&FxHashMap<String, f64>> {
        self.queries.get(query)
    }

    /// The queries, in order.
    pub fn names(&self) -> Vec<&str> {
        sorted(&self.queries)
    }
}

/// Reads judgments. Empty lines and lines that begin with `#` are comments.
///
/// # Errors
/// [`Faults`], all of them.
pub fn qrels(text: &str) -> Result<Qrels, Faults> {
    let mut qrels = Qrels::default();
    read(text, |fields| {
        let &[query, _, document, relevance] = fields else {
            return Err(fields_of(fields.len(), 4, "query iteration document relevance"));
        };
        let number = relevance.parse().map_err(|_| Problem::Relevance(relevance.to_owned()))?;
        qrels.insert(query, document, number)
    })?;
    Ok(qrels)
}

/// Reads a run. Empty lines and lines that begin with `#` are comments.
///
/// # Errors
/// [`Faults`], all of them.
pub fn run(text: &str) -> Result<Run, Faults> {
    let mut run = Run::default();
    read(text, |fields| {
        let &[query, _, document, _, score, tag] = fields else {
            return Err(fields_of(fields.len(), 6, "query iteration document rank score tag"));
        };
        if run.tag.is_empty() {
            tag.clone_into(&mut run.tag);
        } else if run.tag != tag {
            return Err(Problem::Tag { found: tag.to_owned(), before: run.tag.clone() });
        }
        let number = score.parse().map_err(|_| Problem::Score(score.to_owned()))?;
        run.insert(query, document, number).map_err(|problem| match problem {
            Problem::Score(_) => Problem::Score(score.to_owned()),
            other => other,
        })
    })?;
    Ok(run)
}

fn read(text: &str, mut take: impl FnMut(&[&str]) -> Result<(), Problem>) -> Result<(), Faults> {
    let mut faults = Vec::new();
    let mut fields = Vec::new();
    for (number, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        fields.clear();
        fields.extend(line.split_ascii_whitespace());
        if fields.first().is_none_or(|first| first.starts_with('#')) {
            continue;
        }
        if let Err(problem) = take(&fields) {
            faults.push(Fault { line: number + 1, problem });
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Faults(faults)) }
}

fn fields_of(found: usize, expected: usize, form: &'static str) -> Problem {
    Problem::Fields { found, expected, form }
}

fn named(query: &str, document: &str) -> Result<(), Problem> {
    match (query.is_empty(), document.is_empty()) {
        (true, _) => Err(Problem::Name("query")),
        (_, true) => Err(Problem::Name("document")),
        _ => Ok(()),
    }
}

/// The table of a query.
fn entry<'a, V>(
    queries: &'a mut FxHashMap<String, FxHashMap<String, V>>,
    query: &str,
) -> &'a mut FxHashMap<String, V> {
    queries.entry(query.to_owned()).or_default()
}

fn sorted<V>(queries: &FxHashMap<String, V>) -> Vec<&str> {
    let mut names: Vec<&str> = queries.keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

#[cfg(test)]
#[path = "tests/trec.rs"]
mod tests;
