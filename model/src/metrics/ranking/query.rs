//! One query: its documents in order, with what was said of each.

use rustc_hash::FxHashMap;

use super::measure::{Cut, Gain, Measure};
use crate::metrics::sum::{Sum, sum};

/// How scores are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scores {
    /// In single precision, as trec_eval keeps them.
    #[default]
    Single,
    /// In double precision.
    Double,
}

/// What was said of a returned document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judged {
    /// Nothing.
    No,
    /// In the pool of documents to judge, and not judged (relevance below 0).
    Pooled,
    /// Its relevance, from 0 on.
    As(u32),
}

impl Judged {
    /// What a relevance of the judgments means.
    pub fn new(relevance: i32) -> Judged {
        u32::try_from(relevance).map_or(Judged::Pooled, Judged::As)
    }

    fn relevance(self) -> u32 {
        match self {
            Judged::As(relevance) => relevance,
            Judged::No | Judged::Pooled => 0,
        }
    }
}

/// The documents of a query in order, and everything that was judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranked {
    /// What was said of the returned documents, by rank.
    returned: Vec<Judged>,
    /// Relevance of all documents judged relevant, highest first.
    ideal: Vec<u32>,
    /// Documents judged not relevant.
    not_relevant: usize,
}

impl Ranked {
    /// Orders the documents of a query.
    pub fn of(
        judged: &FxHashMap<String, i32>,
        returned: Option<&FxHashMap<String, f64>>,
        scores: Scores,
    ) -> Ranked {
        let mut documents: Vec<(&str, f64)> = returned
            .into_iter()
            .flatten()
            .map(|(document, &score)| (document.as_str(), kept(score, scores)))
            .collect();
        documents.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then_with(|| b.0.cmp(a.0)));
        let said = |document: &str| judged.get(document).map_or(Judged::No, |&r| Judged::new(r));
        Ranked::new(
            documents.into_iter().map(|(document, _)| said(document)).collect(),
            judged.values().map(|&relevance| Judged::new(relevance)),
        )
    }

    /// A query whose documents are in order already: what was said of each by
    /// rank, and everything judged, returned or not.
    pub fn new(returned: Vec<Judged>, judged: impl IntoIterator<Item = Judged>) -> Ranked {
        let mut levels: Vec<u32> = judged
            .into_iter()
            .filter_map(|said| match said {
                Judged::As(relevance) => Some(relevance),
                Judged::No | Judged::Pooled => None,
            })
            .collect();
        levels.sort_unstable_by(|a, b| b.cmp(a));
        let relevant = levels.partition_point(|&relevance| relevance > 0);
        let not_relevant = levels.len() - relevant;
        levels.truncate(relevant);
        Ranked { returned, ideal: levels, not_relevant }
    }

    /// Documents judged relevant.
    pub fn relevant(&self) -> usize {
        self.ideal.len()
    }

    /// The value of a measure; 0 where nothing is relevant.
    pub fn measure(&self, measure: Measure) -> f64 {
        match measure {
            Measure::Returned => self.returned.len() as f64,
            Measure::Relevant => self.relevant() as f64,
            Measure::RelevantReturned => self.found(None) as f64,
            Measure::Precision(None) => share(self.found(None), self.returned.len()),
            Measure::Precision(Some(cut)) => share(self.found(Some(cut)), cut.get()),
            Measure::Recall(cut) => share(self.found(cut), self.relevant()),
            Measure::Success(cut) => f64::from(self.found(Some(cut)) > 0),
            Measure::Judged(cut) => self.judged(cut.get()),
            Measure::AveragePrecision(cut) => self.average_precision(cut),
            Measure::ReciprocalRank(cut) => self.reciprocal_rank(cut),
            Measure::Ndcg(gain, cut) => self.ndcg(gain, cut),
            Measure::RPrecision => {
                let top = self.returned.iter().take(self.relevant());
                share(top.filter(|said| said.relevance() > 0).count(), self.relevant())
            }
            Measure::Bpref => self.bpref(),
        }
    }

    /// Relevance of the first documents, by rank.
    fn top(&self, cut: Cut) -> impl Iterator<Item = u32> {
        let cut = cut.map_or(usize::MAX, std::num::NonZero::get);
        self.returned.iter().take(cut).map(|said| said.relevance())
    }

    fn found(&self, cut: Cut) -> usize {
        self.top(cut).filter(|&relevance| relevance > 0).count()
    }

    fn judged(&self, cut: usize) -> f64 {
        let judged = |said: &&Judged| matches!(said, Judged::As(_));
        share(self.returned.iter().take(cut).filter(judged).count(), cut)
    }

    fn average_precision(&self, cut: Cut) -> f64 {
        let mut found = 0_usize;
        let mut precisions = Sum::default();
        for (rank, relevance) in (1_usize..).zip(self.top(cut)) {
            if relevance > 0 {
                found += 1;
                precisions.add(share(found, rank));
            }
        }
        if self.ideal.is_empty() { 0.0 } else { precisions.value() / self.relevant() as f64 }
    }

    fn reciprocal_rank(&self, cut: Cut) -> f64 {
        let first = self.top(cut).position(|relevance| relevance > 0);
        first.map_or(0.0, |place| 1.0 / (place + 1) as f64)
    }

    fn ndcg(&self, gain: Gain, cut: Cut) -> f64 {
        let places = cut.map_or(usize::MAX, std::num::NonZero::get);
        let ideal = discounted(gain, self.ideal.iter().copied().take(places));
        if ideal > 0.0 { discounted(gain, self.top(cut)) / ideal } else { 0.0 }
    }

    /// Of the first R documents judged not relevant, how many stand below each
    /// relevant one; the denominator is that of trec_eval since version 8.
    fn bpref(&self) -> f64 {
        let bound = self.not_relevant.min(self.relevant());
        let mut above = 0_usize;
        let mut kept = Sum::default();
        for said in &self.returned {
            match said {
                Judged::As(0) => above += 1,
                Judged::As(_) if above == 0 => kept.add(1.0),
                Judged::As(_) => kept.add(1.0 - share(above.min(self.relevant()), bound)),
                Judged::No | Judged::Pooled => {}
            }
        }
        if self.ideal.is_empty() { 0.0 } else { kept.value() / self.relevant() as f64 }
    }
}

/// What a place is worth, by rank from one: 1 / log₂(1 + rank).
pub fn discount(rank: usize) -> f64 {
    1.0 / (rank as f64 + 1.0).log2()
}

fn discounted(gain: Gain, relevances: impl Iterator<Item = u32>) -> f64 {
    sum((1..).zip(relevances).filter(|&(_, relevance)| relevance > 0).map(|(rank, relevance)| {
        let relevance = f64::from(relevance);
        let gain = match gain {
            Gain::Linear => relevance,
            Gain::Exponential => relevance.exp2() - 1.0,
        };
        gain / (rank as f64 + 1.0).log2()
    }))
}

/// The score that is compared; the two zeros are one.
#[expect(clippy::cast_possible_truncation, reason = "that is what trec_eval does")]
fn kept(score: f64, scores: Scores) -> f64 {
    0.0 + match scores {
        Scores::Single => f64::from(score as f32),
        Scores::Double => score,
    }
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}
