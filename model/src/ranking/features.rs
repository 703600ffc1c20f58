//! What the ranking looks at: one function a feature, the same in training
//! and in service. All are f64 and finite; what is not known has a neutral
//! value of its own, written beside each.

use jiff::civil::Date;

use super::{
    facts::PolicyFacts,
    history::{Counts, History},
    profile::Profile,
};
use crate::{
    matching::{Amount, Match},
    policy::{cases::Verdict, file::Route},
};

/// A sum of this many yuan or more has full value.
const FULL_VALUE_YUAN: f64 = 10_000_000.0;
/// Value of a policy that tells no sum: between a few hundred and a thousand yuan.
const NO_SUM: f64 = 0.4;
/// Days in which the urgency of a deadline falls to 1/e.
const URGENCY_DAYS: f64 = 30.0;
/// Days in which the newness of a policy falls to 1/e.
const FRESH_DAYS: f64 = 180.0;
/// Notices in [`super::history::FATIGUE_DAYS`] days that count as one unit of fatigue.
const FATIGUE_UNIT: f64 = 10.0;
/// Text score at which relevance is one half.
const HALF_RELEVANT: f64 = 20.0;

/// Everything a feature may look at.
#[derive(Debug, Clone, Copy)]
pub struct Context<'c> {
    /// The match.
    pub found: &'c Match,
    /// Its policy.
    pub policy: &'c PolicyFacts,
    /// The subject.
    pub profile: &'c Profile<'c>,
    /// Text score of the policy for the subject's words.
    pub relevance: f64,
    /// Smoothed rate of uptake in the subject's portrait.
    pub uptake: f64,
    /// How far the data are from the thresholds of the rule, 0..1; `None` where it has none.
    pub margin: Option<f64>,
    /// What happened with the policy before.
    pub counts: Counts,
    /// Share of the policy's themes among those of policies opened before.
    pub opened_theme: f64,
    /// The day.
    pub day: Date,
}

/// One feature.
#[derive(Debug, Clone, Copy)]
pub struct Feature {
    /// ASCII name, as models name it.
    pub name: &'static str,
    /// Chinese words for the explanation.
    pub label: &'static str,
    /// Its value.
    pub of: fn(&Context<'_>) -> f64,
}

/// How many features there are.
pub const COUNT: usize = 25;

/// All features, in the order in which models hold their weights.
pub const FEATURES: [Feature; COUNT] = [
    feature("text_relevance", "与档案文字的相关程度", text_relevance),
    feature("theme_match", "主题与情况相符", theme_match),
    feature("life_event", "与所处的人生或经营阶段相符", life_event),
    feature("industry_match", "针对所属行业", industry_match),
    feature("region_match", "由本地制定", region_match),
    feature("amount", "金额", amount),
    feature("amount_untold", "金额未定", amount_untold),
    feature("amount_per_paper", "金额与所需材料之比", amount_per_paper),
    feature("papers", "需要提交的材料", papers),
    feature("urgency", "临近截止", urgency),
    feature("freshness", "新近施行", freshness),
    feature("likely", "尚有条款需人工认定", likely),
    feature("unknown", "尚缺资料", unknown),
    feature("margin", "高出门槛的幅度", margin),
    feature("no_application", "免申即享", no_application),
    feature("one_confirmation", "确认即可", one_confirmation),
    feature("uptake", "相似人群的办理率", uptake),
    feature("shown_before", "以往已展示的次数", shown_before),
    feature("opened_before", "以往已查看", opened_before),
    feature("dismissed_before", "以往已忽略", dismissed_before),
    feature("opened_theme", "以往查看过同类政策", opened_theme),
    feature("interest", "已声明关注的主题", interest),
    feature("fatigue", "近期收到的通知较多", fatigue),
    feature("unit", "为家人或员工办理", unit),
    feature("level", "由基层制定", level),
];

const fn feature(name: &'static str, label: &'static str, of: fn(&Context<'_>) -> f64) -> Feature {
    Feature { name, label, of }
}

/// Position of a feature in [`FEATURES`].
#[must_use]
pub const fn position(name: &str) -> Option<usize> {
    let mut at = 0;
    while at < COUNT {
        if same(FEATURES[at].name.as_bytes(), name.as_bytes()) {
            return Some(at);
        }
        at += 1;
    }
    None
}

const fn same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut at = 0;
    while at < a.len() {
        if a[at] != b[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// The features of a match, in the order of [`FEATURES`].
#[must_use]
pub fn values(context: &Context<'_>) -> [f64; COUNT] {
    FEATURES.map(|feature| (feature.of)(context))
}

/// What a sum is worth: 0 for nothing to 1 for ten million yuan, by its
/// logarithm; a policy that tells no sum has the value of a small one.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "ranking only")]
pub fn value(amount: Amount) -> f64 {
    match amount {
        Amount::Known(fen) => {
            let yuan = fen.max(0) as f64 / 100.0;
            (yuan.ln_1p() / FULL_VALUE_YUAN.ln_1p()).min(1.0)
        }
        Amount::Unknown | Amount::None => NO_SUM,
    }
}

/// BM25F score s of the dossier's words as s / (s + 20), 0 without words.
fn text_relevance(context: &Context<'_>) -> f64 {
    context.relevance / (context.relevance + HALF_RELEVANT)
}

/// Share of the policy's themes that the subject's traits make relevant; a
/// trait that is unknown counts half.
fn theme_match(context: &Context<'_>) -> f64 {
    share(&context.policy.themes, |theme| context.profile.theme(theme))
}

/// The same for life events.
fn life_event(context: &Context<'_>) -> f64 {
    share(&context.policy.life_events, |event| context.profile.life_event(event))
}

fn share(names: &[String], of: impl Fn(&str) -> f64) -> f64 {
    if names.is_empty() {
        return 0.0;
    }
    names.iter().map(|name| of(name)).sum::<f64>() / small(names.len())
}

/// 1 where the rule names an industry that holds the subject's, 0.5 where the
/// subject's is unknown, 0 where the rule names none.
fn industry_match(context: &Context<'_>) -> f64 {
    if context.policy.industries.is_empty() {
        return 0.0;
    }
    match context.profile.industry {
        Some(own) => {
            let within = |(low, high): &(u16, u16)| (*low..=*high).contains(&own);
            f64::from(u8::from(context.policy.industries.iter().any(within)))
        }
        None => 0.5,
    }
}

/// Level of the issuer (0 nation … 3 county) / 3 where its region holds the
/// subject's home, 0 where it does not, half of it where the home is unknown.
fn region_match(context: &Context<'_>) -> f64 {
    let near = f64::from(context.policy.level) / 3.0;
    match context.profile.within(context.policy.region) {
        Some(true) => near,
        Some(false) => 0.0,
        None => near / 2.0,
    }
}

/// [`value`] of the sum; 0 where none is told (see `amount_untold`).
fn amount(context: &Context<'_>) -> f64 {
    context.found.amount.known().map_or(0.0, |_| value(context.found.amount))
}

/// 1 where the sum cannot be told or there is none.
fn amount_untold(context: &Context<'_>) -> f64 {
    f64::from(u8::from(context.found.amount.known().is_none()))
}

/// Value for each paper to hand in, the application itself counting as one.
fn amount_per_paper(context: &Context<'_>) -> f64 {
    value(context.found.amount) / (1.0 + small(context.policy.papers))
}

/// ln(1 + papers that no electronic licence replaces).
fn papers(context: &Context<'_>) -> f64 {
    small(context.policy.papers).ln_1p()
}

/// exp(−days left / 30); 0 without a last day.
fn urgency(context: &Context<'_>) -> f64 {
    context.found.days_left.map_or(0.0, |days| (-f64::from(days.max(0)) / URGENCY_DAYS).exp())
}

/// exp(−days in force / 180); 0 where the first day is not told.
fn freshness(context: &Context<'_>) -> f64 {
    let days = context.policy.since.and_then(|since| context.day.since(since).ok());
    days.map_or(0.0, |days| (-f64::from(days.get_days().max(0)) / FRESH_DAYS).exp())
}

/// 1 where a person still judges a clause, 0 where everything holds.
fn likely(context: &Context<'_>) -> f64 {
    f64::from(u8::from(context.found.verdict == Verdict::Likely))
}

/// 1 where a datum is missing, 0 where everything is known.
fn unknown(context: &Context<'_>) -> f64 {
    f64::from(u8::from(context.found.verdict == Verdict::Unknown))
}

/// The nearest threshold: d / (d + t) for a distance d from a threshold t;
/// 0.5 where the rule has none or the measure is unknown.
fn margin(context: &Context<'_>) -> f64 {
    context.margin.unwrap_or(0.5)
}

/// 1 for 免申即享.
fn no_application(context: &Context<'_>) -> f64 {
    f64::from(u8::from(context.policy.route == Route::Auto))
}

/// 1 where the subject only confirms.
fn one_confirmation(context: &Context<'_>) -> f64 {
    f64::from(u8::from(context.policy.route == Route::Confirm))
}

/// Log-odds of the smoothed rate of uptake.
fn uptake(context: &Context<'_>) -> f64 {
    let rate = context.uptake.clamp(1e-6, 1.0 - 1e-6);
    (rate / (1.0 - rate)).ln()
}

/// ln(1 + times shown before).
fn shown_before(context: &Context<'_>) -> f64 {
    f64::from(context.counts.shown).ln_1p()
}

/// 1 where it was opened before.
fn opened_before(context: &Context<'_>) -> f64 {
    f64::from(u8::from(context.counts.opened > 0))
}

/// 1 where it was put away before.
fn dismissed_before(context: &Context<'_>) -> f64 {
    f64::from(u8::from(context.counts.dismissed > 0))
}

/// Share of its themes among those of other policies opened before.
fn opened_theme(context: &Context<'_>) -> f64 {
    context.opened_theme
}

/// Share of its themes that the subject asked for.
fn interest(context: &Context<'_>) -> f64 {
    let interests = &context.profile.history.interests;
    share(&context.policy.themes, |theme| {
        f64::from(u8::from(interests.iter().any(|interest| interest == theme)))
    })
}

/// Notices of the last 30 days, in tens.
fn fatigue(context: &Context<'_>) -> f64 {
    f64::from(context.profile.recent) / FATIGUE_UNIT
}

/// 1 where it is about a child, a hire or another unit of the subject.
fn unit(context: &Context<'_>) -> f64 {
    f64::from(u8::from(context.found.unit.is_some()))
}

/// Level of the issuer / 3, wherever the subject lives.
fn level(context: &Context<'_>) -> f64 {
    f64::from(context.policy.level) / 3.0
}

fn small(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

/// Share of a policy's themes among the themes of policies opened before.
#[must_use]
pub fn themes_opened(
    policy: &PolicyFacts,
    history: &History,
    day: Date,
    themes_of: impl Fn(&str) -> Option<Vec<String>>,
) -> f64 {
    let opened: Vec<String> =
        history.opened(day).filter(|id| *id != policy.id).filter_map(themes_of).flatten().collect();
    share(&policy.themes, |theme| f64::from(u8::from(opened.iter().any(|other| other == theme))))
}
