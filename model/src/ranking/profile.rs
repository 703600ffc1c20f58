//! What the ranking knows of one subject on one day.

use std::sync::Arc;

use crate::{
    domain::{RegionCode, RegionTable, SubjectKind, Tri},
    frame::{Column, Values},
    matching::Matcher,
    rules::{
        scalar::{At, Dossier, Manual},
        traits::Trait,
    },
};

use super::{
    history::History,
    portrait::{Portraits, coordinate},
};

/// Fields whose words ask for policies, by kind: texts, and the names of
/// industries and codes.
const WORDS: [&[&str]; 2] = [
    &["business_scope", "industry", "industry_chains", "entity_kind"],
    &["employment_status", "education", "skill_level"],
];

/// Field with the industry of an enterprise.
const INDUSTRY: &str = "industry";

/// One subject on one day.
#[derive(Debug)]
pub struct Profile<'a> {
    regions: &'a RegionTable,
    /// The traits of its kind.
    traits: &'a [Trait],
    /// By trait: whether it has it.
    pub has: Vec<Tri>,
    /// Home, where known.
    pub home: Option<RegionCode>,
    /// Dense index of its industry, where known.
    pub industry: Option<u16>,
    /// Its words, for text relevance.
    pub words: String,
    /// Its portrait.
    pub portrait: Option<u16>,
    /// Text score of every policy for its words.
    pub relevance: Arc<[f64]>,
    /// What it was shown before.
    pub history: &'a History,
    /// Notices of the last 30 days.
    pub recent: u32,
}

impl<'a> Profile<'a> {
    /// Reads the dossier of a subject.
    #[must_use]
    pub fn read(
        matcher: &Matcher<'a>,
        kind: SubjectKind,
        subject: Dossier<'a>,
        portraits: &Portraits,
        history: &'a History,
    ) -> Profile<'a> {
        let dated = matcher.scalar.dated;
        let traits = dated.program.traits[kind.index()].as_slice();
        let at = At { subject, unit: None, member: None };
        let has: Vec<Tri> =
            traits.iter().map(|one| matcher.scalar.node(one.node, &at, Manual::Open)).collect();
        let catalogue = &dated.reference.catalogue;
        let place = |field| known(subject, field).and_then(place_of(subject.row));
        let home = catalogue.home(kind).and_then(|field| place(field.id));
        let industry = catalogue.field(kind, INDUSTRY).and_then(|field| place(field.id));
        let portrait = portraits.nearest(&coordinates(portraits, traits, &has));
        Profile {
            regions: &dated.reference.regions,
            traits,
            home: home.and_then(|index| dated.reference.regions.code(index)),
            industry,
            words: words(matcher, kind, subject, &has),
            has,
            portrait,
            relevance: Arc::from([]),
            history,
            recent: history.recent(dated.as_of),
        }
    }

    /// How certainly a trait makes the theme relevant: 1, 0.5 while unknown, 0.
    #[must_use]
    pub fn theme(&self, theme: &str) -> f64 {
        self.most(|one| one.themes.iter().any(|name| name == theme))
    }

    /// How certainly the subject is in the life event.
    #[must_use]
    pub fn life_event(&self, event: &str) -> f64 {
        self.most(|one| one.life_events.iter().any(|name| name == event))
    }

    fn most(&self, wanted: impl Fn(&Trait) -> bool) -> f64 {
        let of = self.traits.iter().zip(&self.has).filter(|(one, _)| wanted(one));
        of.map(|(_, has)| coordinate(*has)).fold(0.0, f64::max)
    }

    /// Whether the home lies in a region; `None` where that cannot be told.
    #[must_use]
    pub fn within(&self, region: RegionCode) -> Option<bool> {
        self.regions.within(self.home?, region)
    }

    /// Labels of the traits it has for certain.
    pub fn labels(&self) -> impl Iterator<Item = &'a str> {
        let of = self.traits.iter().zip(&self.has);
        of.filter(|(_, has)| **has == Tri::True).map(|(one, _)| one.label.as_str())
    }
}

/// The traits of a subject in the order of the portraits; one that this
/// catalogue does not have is unknown.
#[must_use]
pub fn coordinates(portraits: &Portraits, traits: &[Trait], has: &[Tri]) -> Vec<f64> {
    let of = |id: &String| traits.iter().position(|one| one.id == *id).and_then(|at| has.get(at));
    portraits.traits.iter().map(|id| coordinate(of(id).copied().unwrap_or(Tri::Unknown))).collect()
}

/// The column of a field where the subject's cell is known.
fn known(subject: Dossier<'_>, field: crate::catalogue::FieldId) -> Option<&Column> {
    let column = subject.frame.column(field)?;
    column.known.as_ref().is_none_or(|known| known.value(subject.row)).then_some(column)
}

fn place_of(row: usize) -> impl Fn(&Column) -> Option<u16> {
    move |column| match &column.values {
        Values::Place(places) => places.get(row).copied(),
        _ => None,
    }
}

/// The words of a dossier: texts and names of its fields, and the labels of
/// its traits. The same dossier always gives the same words.
fn words(matcher: &Matcher<'_>, kind: SubjectKind, subject: Dossier<'_>, has: &[Tri]) -> String {
    let dated = matcher.scalar.dated;
    let (catalogue, industries) = (&dated.reference.catalogue, &dated.reference.industries);
    let mut words: Vec<&str> = Vec::new();
    for name in WORDS[kind.index()] {
        let Some(field) = catalogue.field(kind, name) else { continue };
        let Some(column) = known(subject, field.id) else { continue };
        let row = subject.row;
        let name_of = |index: u16| industries.code(index).and_then(|code| industries.name(code));
        let label = |code: u8| {
            field.codes.as_ref().and_then(|codes| codes.entry(code)).map(|entry| &*entry.label)
        };
        match &column.values {
            Values::Text { offsets, bytes } => words.extend(text(offsets, bytes, row)),
            Values::Place(places) => words.extend(places.get(row).and_then(|at| name_of(*at))),
            Values::Code(codes) => words.extend(codes.get(row).and_then(|code| label(*code))),
            Values::Set { offsets, members } => {
                for member in slice(offsets, row).and_then(|of| members.get(of)).unwrap_or(&[]) {
                    words.extend(u8::try_from(*member).ok().and_then(label));
                }
            }
            _ => {}
        }
    }
    let traits = &dated.program.traits[kind.index()];
    let held = traits.iter().zip(has).filter(|(_, has)| **has == Tri::True);
    words.extend(held.map(|(one, _)| one.label.as_str()));
    words.join("。")
}

fn slice(offsets: &[i32], row: usize) -> Option<std::ops::Range<usize>> {
    let at = |position: usize| usize::try_from(*offsets.get(position)?).ok();
    Some(at(row)?..at(row + 1)?)
}

fn text<'f>(offsets: &[i32], bytes: &'f [u8], row: usize) -> Option<&'f str> {
    std::str::from_utf8(bytes.get(slice(offsets, row)?)?).ok()
}
