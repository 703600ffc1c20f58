//! Writes an index: every record becomes terms, one segment holds them all.

use std::path::Path;

use jiff::civil::Date;
use rustc_hash::{FxHashMap, FxHashSet};
use tantivy::{Index, IndexWriter, TantivyDocument, indexer::NoMergePolicy};

use super::{
    Record, SearchError, SearchManifest,
    analysis::{self, Analyzer},
    schema::{Fields, schema},
};
use crate::StoreError;

/// Memory of the writer: a corpus of a hundred million characters is written
/// in a few segments before they are merged into one.
const MEMORY: usize = 256 << 20;

/// Writes an index of the records into a new or empty directory.
///
/// # Errors
/// [`SearchError::Taken`] where something is there already,
/// [`SearchError::Duplicate`] for two records of one id, and what the disk
/// says. The manifest is written last: without it nothing is an index.
pub fn build_index(dir: &Path, records: &[Record]) -> Result<SearchManifest, SearchError> {
    std::fs::create_dir_all(dir).map_err(StoreError::io("create", dir))?;
    let mut entries = std::fs::read_dir(dir).map_err(StoreError::io("list", dir))?;
    if entries.next().is_some() {
        return Err(SearchError::Taken { path: dir.to_owned() });
    }
    let analyzer = Analyzer::new();
    let (schema, fields) = schema();
    let index = Index::create_in_dir(dir, schema)?;
    fill(&index, fields, &analyzer, records)?;
    let count = u64::try_from(records.len()).unwrap_or(u64::MAX);
    let manifest = SearchManifest::new(&analyzer, count);
    manifest.write(dir)?;
    Ok(manifest)
}

/// An index of the records that lives in memory.
pub(super) fn in_memory(
    analyzer: &Analyzer,
    records: &[Record],
) -> Result<(Index, Fields), SearchError> {
    let (schema, fields) = schema();
    let index = Index::create_in_ram(schema);
    fill(&index, fields, analyzer, records)?;
    Ok((index, fields))
}

fn fill(
    index: &Index,
    fields: Fields,
    analyzer: &Analyzer,
    records: &[Record],
) -> Result<(), SearchError> {
    check_ids(records)?;
    let memory = if records.len() < 10_000 { 32 << 20 } else { MEMORY };
    let mut writer: IndexWriter = index.writer_with_num_threads(1, memory)?;
    writer.set_merge_policy(Box::new(NoMergePolicy));
    let mut families: FxHashMap<&str, u64> = FxHashMap::default();
    for (at, record) in records.iter().enumerate() {
        // Whoever has no family is one by itself, numbered behind all others.
        let alone = u64::try_from(records.len() + at).unwrap_or(u64::MAX);
        let next = u64::try_from(families.len()).unwrap_or(u64::MAX);
        let family = record.family().map_or(alone, |name| *families.entry(name).or_insert(next));
        let mut document = terms(&fields, analyzer, record);
        document.add_u64(fields.family, family);
        document.add_text(fields.id, &record.id);
        let json = serde_json::to_string(record).map_err(std::io::Error::from)?;
        document.add_text(fields.record, json);
        writer.add_document(document)?;
    }
    writer.commit()?;
    let segments = index.searchable_segment_ids()?;
    if segments.len() > 1 {
        writer.merge(&segments).wait()?;
        writer.garbage_collect_files().wait()?;
    }
    writer.wait_merging_threads()?;
    Ok(())
}

/// Refuses two records of one id.
fn check_ids(records: &[Record]) -> Result<(), SearchError> {
    let mut seen: FxHashSet<&str> = FxHashSet::default();
    match records.iter().find(|record| !seen.insert(&record.id)) {
        Some(record) => Err(SearchError::Duplicate { id: record.id.clone() }),
        None => Ok(()),
    }
}

/// The terms of a record.
fn terms(fields: &Fields, analyzer: &Analyzer, record: &Record) -> TantivyDocument {
    let mut document = TantivyDocument::new();
    let text = [&record.title, &record.body, &record.conditions]
        .into_iter()
        .filter(|text| !text.is_empty())
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join("\n");
    let words = |text: &str| -> Vec<String> {
        analyzer.words(text).into_iter().map(|word| word.term).collect()
    };
    // The terms are cut already; what the index cuts at is white space.
    let mut add = |field, terms: Vec<String>| document.add_text(field, terms.join(" "));
    add(fields.words, words(&text));
    add(fields.parts, analyzer.parts(&text));
    add(fields.unigrams, analysis::unigrams(&text));
    add(fields.bigrams, analysis::bigrams(&text));
    // The title of an article names the whole statute, not what it is about.
    if record.family().is_none() {
        add(fields.title_words, words(&record.title));
        add(fields.title_bigrams, analysis::bigrams(&record.title));
    }
    let labels = [&record.issuer, &record.place].into_iter().chain(&record.themes);
    let labels = labels.chain(&record.life_events).chain(&record.materials);
    let labels: Vec<&str> = labels.map(String::as_str).collect();
    add(fields.labels, words(&labels.join("\n")));
    whole(&mut document, fields, record);
    document
}

/// What is looked up as a whole.
fn whole(document: &mut TantivyDocument, fields: &Fields, record: &Record) {
    if !record.number.is_empty() {
        document.add_text(fields.number, analysis::number(&record.number));
    }
    for theme in &record.themes {
        document.add_text(fields.theme, theme);
    }
    for event in &record.life_events {
        document.add_text(fields.life_event, event);
    }
    for issuer in analysis::names(&record.issuer) {
        document.add_text(fields.issuer, issuer);
    }
    document.add_text(fields.kind, &record.kind);
    if let Some(region) = record.region {
        document.add_u64(fields.region, region.into());
    }
    for (from, to) in &record.periods {
        document.add_i64(fields.periods, day(from.unwrap_or(Date::MIN)));
        document.add_i64(fields.periods, day(to.unwrap_or(Date::MAX)));
    }
}

/// A day as a number that grows with it.
pub(super) fn day(date: Date) -> i64 {
    i64::from(date.year()) * 10_000 + i64::from(date.month()) * 100 + i64::from(date.day())
}
