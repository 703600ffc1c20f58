//! What an answer is narrowed to: place, theme, kind, issuer, day.

use std::collections::BTreeSet;

use jiff::civil::Date;
use tantivy::{
    SegmentReader, Term,
    schema::{Field, IndexRecordOption},
};
use zhida_model::domain::{RegionCode, RegionTable};

use super::{SearchError, build::day, schema::Fields};

/// The regions whose policies reach a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    codes: BTreeSet<u32>,
}

impl Places {
    /// The region itself and all it lies in for certain: a city's question
    /// finds the province's and the nation's policies, never a sibling's. With
    /// `below` also the regions inside it.
    #[must_use]
    pub fn reaching(regions: &RegionTable, region: RegionCode, below: bool) -> Places {
        let reaches = |code: &RegionCode| {
            *code == region
                || regions.within(region, *code) == Some(true)
                || (below && regions.within(*code, region) == Some(true))
        };
        Places { codes: regions.codes().filter(reaches).map(RegionCode::value).collect() }
    }
}

/// What every hit must fit. A document that does not say where or when it
/// applies is not left out for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// In force for one of these regions.
    pub places: Option<Places>,
    /// Has this theme.
    pub theme: Option<String>,
    /// Belongs to this life event.
    pub life_event: Option<String>,
    /// `enterprise` or `citizen`.
    pub kind: Option<String>,
    /// Was issued by this body, alone or with others.
    pub issuer: Option<String>,
    /// In force, or to be claimed, on this day.
    pub on: Option<Date>,
}

impl Filter {
    /// Which documents fit; `None` where nothing is asked for.
    pub(super) fn allowed(
        &self,
        segment: &SegmentReader,
        fields: &Fields,
    ) -> Result<Option<Vec<bool>>, SearchError> {
        let mut allowed: Option<Vec<bool>> = None;
        let mut narrow = |fits: Vec<bool>| match &mut allowed {
            Some(allowed) => {
                allowed.iter_mut().zip(fits).for_each(|(allowed, fits)| *allowed &= fits);
            }
            None => allowed = Some(fits),
        };
        let wanted = [
            (fields.theme, &self.theme),
            (fields.life_event, &self.life_event),
            (fields.kind, &self.kind),
            (fields.issuer, &self.issuer),
        ];
        for (field, text) in wanted {
            if let Some(text) = text {
                narrow(holding(segment, field, text)?);
            }
        }
        if let Some(places) = &self.places {
            let column = segment.fast_fields().u64("region")?;
            let fits = |document| match column.first(document) {
                Some(code) => u32::try_from(code).is_ok_and(|code| places.codes.contains(&code)),
                None => true,
            };
            narrow((0..segment.max_doc()).map(fits).collect());
        }
        if let Some(on) = self.on {
            let column = segment.fast_fields().i64("periods")?;
            let on = day(on);
            let fits = |document| {
                let days: Vec<i64> = column.values_for_doc(document).collect();
                let mut periods = days.chunks_exact(2);
                days.is_empty()
                    || periods.any(|days| matches!(days, [from, to] if *from <= on && on <= *to))
            };
            narrow((0..segment.max_doc()).map(fits).collect());
        }
        Ok(allowed)
    }
}

/// Which documents hold a text in a field that is not cut into terms.
fn holding(segment: &SegmentReader, field: Field, text: &str) -> Result<Vec<bool>, SearchError> {
    let mut fits = vec![false; segment.max_doc() as usize];
    let index = segment.inverted_index(field)?;
    let term = Term::from_field_text(field, text);
    let Some(info) = index.get_term_info(&term)? else { return Ok(fits) };
    let mut postings = index.read_block_postings_from_terminfo(&info, IndexRecordOption::Basic)?;
    while !postings.docs().is_empty() {
        for document in postings.docs() {
            if let Some(fits) = fits.get_mut(*document as usize) {
                *fits = true;
            }
        }
        postings.advance();
    }
    Ok(fits)
}
