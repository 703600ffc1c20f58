//! Scores: BM25 over every list a term stands in, summed term after term in
//! one order, and a share of what the other documents of a family scored.

use std::{cmp::Ordering, sync::Arc};

use rustc_hash::FxHashMap;
use tantivy::{
    DocId, InvertedIndexReader, SegmentReader, Term,
    columnar::{Column, StrColumn},
    fieldnorm::FieldNormReader,
    schema::{Field, IndexRecordOption},
};

use super::{
    SearchError,
    query::{Part, Query},
    schema::Fields,
};

/// Saturation of repeated terms, and how far length counts (Robertson and
/// Zaragoza, The Probabilistic Relevance Framework, 2009).
const K1: f32 = 1.2;
const B: f32 = 0.75;

/// How many of the best are compared within their families.
const CANDIDATES: usize = 1000;

/// How many documents speak for a family; where there are fewer, the rest
/// counts as nothing.
const FAMILY: usize = 20;

/// The lists of an index, ready to be read.
pub(super) struct Lists {
    lists: Vec<List>,
    ids: StrColumn,
    family: Column<u64>,
    documents: u32,
}

struct List {
    part: Part,
    field: Field,
    index: Arc<InvertedIndexReader>,
    norms: Option<FieldNormReader>,
    /// `K1` and length for every length that one byte can tell.
    damping: Vec<f32>,
}

/// A document that was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scored {
    pub(super) document: DocId,
    pub(super) score: f32,
    order: u64,
}

/// Best first; ties by id.
fn best_first(a: &Scored, b: &Scored) -> Ordering {
    b.score.total_cmp(&a.score).then(a.order.cmp(&b.order))
}

impl Lists {
    pub(super) fn new(segment: &SegmentReader, fields: &Fields) -> Result<Lists, SearchError> {
        let list = |part: Part| -> Result<List, SearchError> {
            let field = field(part, fields);
            let index = segment.inverted_index(field)?;
            let norms = if fields.texts().contains(&field) {
                segment.fieldnorms_readers().get_field(field)?
            } else {
                None
            };
            let documents = segment.max_doc().max(1) as f32;
            let average = (index.total_num_tokens() as f32 / documents).max(1.0);
            let damping = (0..=u8::MAX)
                .map(|id| FieldNormReader::id_to_fieldnorm(id) as f32 / average)
                .map(|length| K1 * (1.0 - B + B * length))
                .collect();
            Ok(List { part, field, index, norms, damping })
        };
        Ok(Lists {
            lists: Part::ALL.into_iter().map(list).collect::<Result<_, _>>()?,
            ids: ids(segment)?,
            family: segment.fast_fields().u64("family")?,
            documents: segment.max_doc(),
        })
    }

    /// The id of a document.
    pub(super) fn id(&self, document: DocId) -> Result<String, SearchError> {
        let mut id = String::new();
        if let Some(ord) = self.ids.ords().first(document) {
            self.ids.ord_to_str(ord, &mut id)?;
        }
        Ok(id)
    }

    /// How many documents there are.
    pub(super) fn documents(&self) -> u32 {
        self.documents
    }

    /// What a query finds among the allowed documents: the best ones, as many
    /// as asked for, and how many there are in all.
    pub(super) fn best(
        &self,
        query: &Query,
        allowed: Option<&[bool]>,
        most: usize,
    ) -> Result<(Vec<Scored>, usize), SearchError> {
        let scores = self.scores(query)?;
        let mut found = Vec::new();
        for (document, score) in (0..).zip(scores) {
            let open = allowed
                .is_none_or(|allowed| allowed.get(document as usize).copied().unwrap_or(false));
            if score > 0.0 && open {
                let order = self.ids.ords().first(document).unwrap_or(u64::MAX);
                found.push(Scored { document, score, order });
            }
        }
        let total = found.len();
        let kept = CANDIDATES.max(most);
        if kept < found.len() {
            found.select_nth_unstable_by(kept, best_first);
            found.truncate(kept);
        }
        found.sort_unstable_by(best_first);
        self.add_families(&mut found);
        found.sort_unstable_by(best_first);
        found.truncate(most);
        Ok((found, total))
    }

    fn scores(&self, query: &Query) -> Result<Vec<f32>, SearchError> {
        let mut scores = vec![0.0f32; self.documents as usize];
        // A character alone finds nothing, unless the question is one.
        let alone = query.terms.keys().all(|(part, _)| {
            matches!(
                part,
                Part::Unigrams | Part::Words | Part::TitleWords | Part::Labels | Part::Parts
            )
        });
        for ((part, term), weight) in &query.terms {
            let Some(list) = self.lists.iter().find(|list| list.part == *part) else { continue };
            let adds = *part == Part::Unigrams && !alone;
            list.add(term, *weight as f32, self.documents, adds, &mut scores)?;
        }
        Ok(scores)
    }

    /// Adds the mean of the best scores of each family to its members: the
    /// article that answers stands in the statute that speaks of the matter.
    fn add_families(&self, found: &mut [Scored]) {
        let mut sums: FxHashMap<u64, (usize, f32)> = FxHashMap::default();
        let family = |scored: &Scored| self.family.first(scored.document);
        for scored in found.iter().take(CANDIDATES) {
            if let Some(family) = family(scored) {
                let (count, sum) = sums.entry(family).or_default();
                if *count < FAMILY {
                    *count += 1;
                    *sum += scored.score;
                }
            }
        }
        for scored in found.iter_mut().take(CANDIDATES) {
            if let Some((_, sum)) = family(scored).and_then(|family| sums.get(&family)) {
                scored.score += sum / FAMILY as f32;
            }
        }
    }
}

impl List {
    fn add(
        &self,
        term: &str,
        weight: f32,
        documents: u32,
        only_found: bool,
        scores: &mut [f32],
    ) -> Result<(), SearchError> {
        let term = Term::from_field_text(self.field, term);
        let Some(info) = self.index.get_term_info(&term)? else { return Ok(()) };
        let holding = info.doc_freq as f32;
        let rarity = (1.0 + (documents as f32 - holding + 0.5) / (holding + 0.5)).ln();
        let weight = weight * rarity * (K1 + 1.0);
        let option = IndexRecordOption::WithFreqs;
        let mut postings = self.index.read_block_postings_from_terminfo(&info, option)?;
        loop {
            let block = postings.docs();
            if block.is_empty() {
                return Ok(());
            }
            for (at, document) in block.iter().enumerate() {
                let norm = self.norms.as_ref().map_or(0, |norms| norms.fieldnorm_id(*document));
                let damping = match self.norms {
                    Some(_) => self.damping.get(usize::from(norm)).copied().unwrap_or(K1),
                    None => K1,
                };
                let count = postings.freq(at) as f32;
                if let Some(score) = scores.get_mut(*document as usize)
                    && (!only_found || *score > 0.0)
                {
                    *score += weight * count / (count + damping);
                }
            }
            postings.advance();
        }
    }
}

fn ids(segment: &SegmentReader) -> Result<StrColumn, SearchError> {
    let missing = || tantivy::TantivyError::SchemaError("it has no ids".to_owned());
    Ok(segment.fast_fields().str("id")?.ok_or_else(missing)?)
}

fn field(part: Part, fields: &Fields) -> Field {
    match part {
        Part::Words => fields.words,
        Part::Parts => fields.parts,
        Part::Bigrams => fields.bigrams,
        Part::TitleWords => fields.title_words,
        Part::TitleBigrams => fields.title_bigrams,
        Part::Labels => fields.labels,
        Part::Number => fields.number,
        Part::Unigrams => fields.unigrams,
    }
}
