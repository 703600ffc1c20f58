//! The names of the measures: ours, such as `P@5`, and trec_eval's.

use std::{fmt, num::NonZeroUsize, str::FromStr};

use serde::{Serialize, Serializer};

/// What a document of relevance r adds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Gain {
    /// r (Järvelin and Kekäläinen 2002).
    Linear,
    /// 2^r − 1 (Burges and others 2005).
    Exponential,
}

/// A cut: only so many documents from the top are looked at, all for `None`.
pub type Cut = Option<NonZeroUsize>;

/// One measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Measure {
    /// Documents returned.
    Returned,
    /// Relevant documents.
    Relevant,
    /// Relevant documents returned.
    RelevantReturned,
    /// Share of relevant documents among the first k, or among all returned.
    Precision(Cut),
    /// Share of the relevant documents that are among the first k.
    Recall(Cut),
    /// Whether any of the first k is relevant.
    Success(NonZeroUsize),
    /// Share of judged documents among the first k.
    Judged(NonZeroUsize),
    /// Mean over all relevant documents of the precision where each stands.
    AveragePrecision(Cut),
    /// One by the rank of the first relevant document.
    ReciprocalRank(Cut),
    /// Discounted gain by that of the ideal order.
    Ndcg(Gain, Cut),
    /// Precision at the number of relevant documents.
    RPrecision,
    /// Preferences of relevant over judged non-relevant documents kept.
    Bpref,
}

/// A name that is no measure.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no measure: name {NAMES}; k is a whole number from 1 on")]
pub struct MeasureNameError(pub String);

const NAMES: &str = "P@k, R@k, AP, AP@k, RR, RR@k, nDCG, nDCG@k, nDCG_exp, nDCG_exp@k, Rprec, \
                     bpref, success@k, judged@k, P, R, num_ret, num_rel or num_rel_ret";

impl Measure {
    /// Whether it is summed over queries, not averaged.
    pub fn is_count(self) -> bool {
        matches!(self, Measure::Returned | Measure::Relevant | Measure::RelevantReturned)
    }
}

/// Measures separated by commas.
///
/// # Errors
/// [`MeasureNameError`] for the first name that is none.
pub fn parse_list(text: &str) -> Result<Vec<Measure>, MeasureNameError> {
    text.split(',').map(|name| name.trim().parse()).collect()
}

impl FromStr for Measure {
    type Err = MeasureNameError;

    fn from_str(text: &str) -> Result<Measure, MeasureNameError> {
        let unknown = || MeasureNameError(text.to_owned());
        let lower = text.to_ascii_lowercase();
        let (name, cut) = match lower.split_once('@') {
            Some((name, cut)) => (name, Some(cut)),
            None => trec_cut(&lower),
        };
        let cut = match cut {
            Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                Some(digits.parse::<NonZeroUsize>().map_err(|_| unknown())?)
            }
            Some(_) => return Err(unknown()),
            None => None,
        };
        whole(name, cut).or_else(|| cut_at(name, cut)).ok_or_else(unknown)
    }
}

/// trec_eval's way of writing a cut: `P_5`, `ndcg_cut_10`.
fn trec_cut(name: &str) -> (&str, Option<&str>) {
    match name.rsplit_once('_') {
        Some((name, cut)) if cut.bytes().all(|byte| byte.is_ascii_digit()) => {
            (name.strip_suffix("_cut").unwrap_or(name), Some(cut))
        }
        _ => (name, None),
    }
}

/// Measures of a whole list.
fn whole(name: &str, cut: Cut) -> Option<Measure> {
    if cut.is_some() {
        return None;
    }
    match name {
        "num_ret" => Some(Measure::Returned),
        "num_rel" => Some(Measure::Relevant),
        "num_rel_ret" => Some(Measure::RelevantReturned),
        "rprec" => Some(Measure::RPrecision),
        "bpref" => Some(Measure::Bpref),
        "set_p" => Some(Measure::Precision(None)),
        "set_recall" => Some(Measure::Recall(None)),
        _ => None,
    }
}

/// Measures that may be cut.
fn cut_at(name: &str, cut: Cut) -> Option<Measure> {
    match name {
        "p" | "precision" => Some(Measure::Precision(cut)),
        "r" | "recall" => Some(Measure::Recall(cut)),
        "ap" | "map" => Some(Measure::AveragePrecision(cut)),
        "rr" | "mrr" | "recip_rank" => Some(Measure::ReciprocalRank(cut)),
        "ndcg" => Some(Measure::Ndcg(Gain::Linear, cut)),
        "ndcg_exp" => Some(Measure::Ndcg(Gain::Exponential, cut)),
        "success" => cut.map(Measure::Success),
        "judged" => cut.map(Measure::Judged),
        _ => None,
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, cut) = match *self {
            Measure::Returned => ("num_ret", None),
            Measure::Relevant => ("num_rel", None),
            Measure::RelevantReturned => ("num_rel_ret", None),
            Measure::Precision(cut) => ("P", cut),
            Measure::Recall(cut) => ("R", cut),
            Measure::Success(cut) => ("success", Some(cut)),
            Measure::Judged(cut) => ("judged", Some(cut)),
            Measure::AveragePrecision(cut) => ("AP", cut),
            Measure::ReciprocalRank(cut) => ("RR", cut),
            Measure::Ndcg(Gain::Linear, cut) => ("nDCG", cut),
            Measure::Ndcg(Gain::Exponential, cut) => ("nDCG_exp", cut),
            Measure::RPrecision => ("Rprec", None),
            Measure::Bpref => ("bpref", None),
        };
        match cut {
            Some(cut) => write!(f, "{name}@{cut}"),
            None => f.write_str(name),
        }
    }
}

impl Serialize for Measure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
