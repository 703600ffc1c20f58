//! The model card that lies beside a ranker: what it is for, what it was made
//! from, how good it is and for whom, and what it must not be used for
//! (after Mitchell and others 2019, "Model Cards for Model Reporting").

use std::fmt::Write as _;

use zhida_model::ranking::{KindRanker, Ranker, features::FEATURES};
use zhida_pipeline::judge::{KindReport, Report};

/// Features named for each step.
const NAMED: usize = 8;

/// The card as Markdown.
pub fn card(ranker: &Ranker, report: Option<&Report>) -> String {
    let mut text = format!(
        "# Model card: the order of policies\n\n\
         Made by `zhida train` on {}, from snapshot `{}`.\n\n\
         ## Use\n\n\
         It puts the policies that somebody may qualify for in order. Who qualifies is decided \
         before by rules; the order changes no verdict and hides no policy. It must not be used \
         to grant, refuse or pay anything, nor to rate people.\n\n\
         ## Data\n\n\
         - Lists of {} to before {}; only outcomes of days before {} were seen.\n\
         - SHA-256 of the log: `{}`.\n\
         - Health, disability, religion, ethnicity and poverty are not looked at.\n",
        ranker.trained_on,
        ranker.snapshot,
        ranker.from,
        ranker.until,
        ranker.until,
        ranker.data_hash,
    );
    if report.is_some_and(|report| report.truth_known) {
        text.push_str(
            "- **The log is invented** (`zhida synth feedback`): the figures below say how well \
             planted tastes were found again, and nothing of real people.\n",
        );
    }
    for (kind, of) in &ranker.kinds {
        made_of(&mut text, kind, of);
    }
    text.push_str("\n## How good it is\n\n");
    match report {
        Some(report) => {
            let _ = writeln!(
                text,
                "On lists of {} to {}, none of which it learned from (leakage check: {} findings in {} entries).",
                report.from,
                report.to,
                report.leakage.findings,
                report.leakage.train + report.leakage.test,
            );
            for (kind, of) in &report.kinds {
                good(&mut text, kind, of);
            }
        }
        None => text.push_str(
            "Not measured: no list was left out of the training. Run `zhida evaluate ranker` on a later log.\n",
        ),
    }
    text.push_str(LIMITS);
    text
}

/// What holds for every ranker of this kind.
const LIMITS: &str = "\n## Limits\n\n\
    - It learns from what was shown: a policy that was never shown has the rate of its family and issuer.\n\
    - Attention by place is learned from lists in random order; without enough of them clicks are taken as they are.\n\
    - Weights are associations, not causes. Who opens a notice is not who needs it: watch the figures by group.\n\
    - Retrain when policies, portals or people change, and look at the reliability curve first.\n";

fn made_of(text: &mut String, kind: &str, of: &KindRanker) {
    let _ = write!(
        text,
        "\n## What it weighs: {kind}\n\n| step | rows | taken | penalty | heaviest weights (standardised) |\n|---|---:|---:|---:|---|\n"
    );
    for step in &of.steps {
        let mut weights: Vec<(&str, f64)> = FEATURES
            .iter()
            .zip(&step.weights)
            .map(|(feature, weight)| (feature.label, *weight))
            .collect();
        weights.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
        let words: Vec<String> = weights
            .iter()
            .take(NAMED)
            .map(|(label, weight)| format!("{label} {weight:+.2}"))
            .collect();
        let words = if words.is_empty() {
            "a rate alone: too few rows".to_owned()
        } else {
            words.join("; ")
        };
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {words} |",
            step.name, step.rows, step.taken, step.penalty
        );
    }
    let names: Vec<String> = of
        .portraits
        .groups
        .iter()
        .map(|group| format!("{} ({:.0}%)", group.name, 100.0 * group.share))
        .collect();
    if !names.is_empty() {
        let _ = writeln!(text, "\nCohorts ({}): {}.", of.portraits.criterion, names.join("; "));
    }
}

fn good(text: &mut String, kind: &str, of: &KindReport) {
    let _ = write!(
        text,
        "\n### {kind}: {} lists of {} subjects\n\n| order | nDCG@5 of the truth | nDCG@5 in shuffled lists |\n|---|---:|---:|\n",
        of.lists, of.subjects
    );
    let figure = |ranks: Option<zhida_pipeline::judge::Ranks>| {
        ranks.map_or_else(|| "–".to_owned(), |ranks| format!("{:.4} ({})", ranks.ndcg, ranks.lists))
    };
    for method in &of.methods {
        let _ = writeln!(
            text,
            "| {} | {} | {} |",
            method.method,
            figure(method.planted),
            figure(method.observed)
        );
    }
    text.push_str("\n| step | rows | rate | predicted | AUC | log loss | Brier | ECE |\n|---|---:|---:|---:|---:|---:|---:|---:|\n");
    for step in &of.steps {
        if let Some(found) = &step.figures {
            let _ = writeln!(
                text,
                "| {} | {} | {:.4} | {:.4} | {} | {:.4} | {:.4} | {:.4} |",
                step.step,
                found.rows,
                found.base_rate,
                found.mean_probability,
                found.auc.value.map_or_else(|| "–".to_owned(), |auc| format!("{auc:.4}")),
                found.log_loss,
                found.brier,
                found.equal_mass.ece,
            );
        }
    }
    text.push_str("\n| group | entries | predicted | opened |\n|---|---:|---:|---:|\n");
    for row in &of.groups {
        let _ = writeln!(
            text,
            "| {} {} | {} | {:.4} | {:.4} |",
            row.dimension, row.group, row.rows, row.predicted, row.observed
        );
    }
}
