//! The fields of the index.

use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STORED, STRING, Schema, SchemaBuilder,
    TextFieldIndexing, TextOptions,
};

/// The fields, by what they hold.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields {
    /// Words of the whole document.
    pub(super) words: Field,
    /// Shorter words inside the words.
    pub(super) parts: Field,
    /// Single characters.
    pub(super) unigrams: Field,
    /// Pairs of characters.
    pub(super) bigrams: Field,
    /// Words of the title.
    pub(super) title_words: Field,
    /// Pairs of characters of the title.
    pub(super) title_bigrams: Field,
    /// Words of issuer, place, themes, life events, materials.
    pub(super) labels: Field,
    /// The document number, in one form.
    pub(super) number: Field,
    /// A theme, in full.
    pub(super) theme: Field,
    /// A life event, in full.
    pub(super) life_event: Field,
    /// For whom.
    pub(super) kind: Field,
    /// An issuer, in full.
    pub(super) issuer: Field,
    /// Region code.
    pub(super) region: Field,
    /// First and last day of a period, in turn.
    pub(super) periods: Field,
    /// The id; its place among all ids breaks ties.
    pub(super) id: Field,
    /// Number of the family.
    pub(super) family: Field,
    /// The record as JSON.
    pub(super) record: Field,
}

impl Fields {
    /// Those with terms of texts, in which length counts.
    pub(super) fn texts(&self) -> [Field; 7] {
        [
            self.words,
            self.parts,
            self.unigrams,
            self.bigrams,
            self.title_words,
            self.title_bigrams,
            self.labels,
        ]
    }
}

/// The schema and its fields.
pub(super) fn schema() -> (Schema, Fields) {
    let mut builder = SchemaBuilder::new();
    let counted = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer("whitespace")
            .set_index_option(IndexRecordOption::WithFreqs)
            .set_fieldnorms(true),
    );
    let fields = Fields {
        words: builder.add_text_field("words", counted.clone()),
        parts: builder.add_text_field("parts", counted.clone()),
        unigrams: builder.add_text_field("unigrams", counted.clone()),
        bigrams: builder.add_text_field("bigrams", counted.clone()),
        title_words: builder.add_text_field("title_words", counted.clone()),
        title_bigrams: builder.add_text_field("title_bigrams", counted.clone()),
        labels: builder.add_text_field("labels", counted),
        number: builder.add_text_field("number", STRING),
        theme: builder.add_text_field("theme", STRING),
        life_event: builder.add_text_field("life_event", STRING),
        kind: builder.add_text_field("kind", STRING),
        issuer: builder.add_text_field("issuer", STRING),
        region: builder.add_u64_field("region", INDEXED | FAST),
        periods: builder.add_i64_field("periods", FAST),
        id: builder.add_text_field("id", STRING | FAST),
        family: builder.add_u64_field("family", FAST),
        record: builder.add_text_field("record", STORED),
    };
    (builder.build(), fields)
}
