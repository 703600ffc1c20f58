//! `zhida explain SUBJECT POLICY`: every condition with its words, the datum
//! behind it, its source and date, and the result.

use std::path::PathBuf;

use anyhow::{Result, bail};
use zhida_model::{
    catalogue::{Catalogue, similar},
    domain::Tri,
    matching::{
        Amount, ConditionTrace, Explanation, Matcher, Missing, Selected, Unit, explain, units,
        windows,
    },
    policy::cases::Verdict,
    ranking::Scored,
    rules::{dated::Dated, program::Policy, scalar::Dossier},
};

use crate::{
    output::{self, Format},
    snapshot::From,
};

/// Arguments of `zhida explain`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Subject key of 32 hex digits; `-` reads an identity number from standard input (needs --key-file)
    subject: String,
    /// Policy id
    policy: String,
    /// Version; the one the day selects by default
    #[arg(long)]
    version: Option<String>,
    #[command(flatten)]
    from: From,
    /// File with the secret behind subject keys, to look up an identity number
    #[arg(long, value_name = "FILE", env = "ZHIDA_KEY_FILE")]
    key_file: Option<PathBuf>,
    /// How to print the result
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<bool> {
    let opened = arguments.from.open()?;
    let (kind, row) = opened.subject(&arguments.subject, arguments.key_file.as_deref())?;
    let as_of = arguments.from.day(opened.known_at);
    let dated = Dated::new(&opened.program, &opened.reference, as_of, opened.known_at);
    let ranking = arguments.from.ranking(&opened.program)?;
    let matcher = Matcher::new(&dated, &opened.world).with(ranking.as_ref());
    let chosen: Vec<Selected<'_>> = chosen(arguments, &matcher, &dated)?;
    let Some((frame, row)) = opened.world.of(kind).locate(row) else {
        bail!("the snapshot does not hold that dossier: build again");
    };
    let subject = Dossier { frame, row };
    let mut explanations = Vec::new();
    for selected in &chosen {
        let file = &selected.policy.file;
        if file.audience != kind {
            bail!(
                "`{}` is for {} subjects, and this one is of kind {kind}: choose a policy for it, or another subject",
                file.id.value,
                file.audience
            );
        }
        for unit in units(&matcher.scalar, selected.policy, subject) {
            if !matches!(unit, Unit::Unseen) {
                let at = unit.at(subject);
                let order = ranking.as_ref().and_then(|ranking| {
                    let found = matcher.found(selected, &at);
                    ranking.scored(&matcher, kind, subject, &at, &found)
                });
                let explanation = explain(&matcher.scalar, selected, &at);
                explanations.push(Explained { explanation, order });
            }
        }
    }
    match arguments.format {
        Format::Json => output::say(&serde_json::to_string_pretty(&explanations)?),
        Format::Table => {
            if explanations.is_empty() {
                output::say("没有可以判断的对象：相关关系没有登记，或登记不完整。");
            }
            for explanation in &explanations {
                print(&explanation.explanation, &opened.reference.catalogue);
                if let Some(order) = &explanation.order {
                    print_order(order);
                }
            }
        }
    }
    Ok(true)
}

/// An explanation with the reasons for its place in a list, where the order
/// was learned.
#[derive(Debug, serde::Serialize)]
struct Explained {
    #[serde(flatten)]
    explanation: Explanation,
    #[serde(skip_serializing_if = "Option::is_none")]
    order: Option<Scored>,
}

/// Reasons printed for each direction.
const REASONS: usize = 4;

fn print_order(order: &Scored) {
    let [open, apply, approve] = order.probabilities;
    output::say(&format!(
        "排序：{:.4} = 查看 {open:.3} × 申请 {apply:.3} × 办成 {approve:.3} × 金额价值 {:.3}",
        order.score, order.value
    ));
    for line in order.words(REASONS) {
        output::say(&format!("  {line}"));
    }
}

fn chosen<'a>(
    arguments: &Arguments,
    matcher: &Matcher<'a>,
    dated: &Dated<'a>,
) -> Result<Vec<Selected<'a>>> {
    let of_id = |policy: &&'a Policy| policy.key.id == arguments.policy;
    let all: Vec<&'a Policy> = dated.program.policies.iter().filter(of_id).collect();
    if all.is_empty() {
        bail!("no policy has the id `{}`: {}", arguments.policy, hint(arguments, dated));
    }
    if let Some(version) = &arguments.version {
        let selected: Vec<Selected<'a>> = dated
            .program
            .policies
            .iter()
            .enumerate()
            .filter(|(_, policy)| {
                policy.key.id == arguments.policy && policy.key.version == *version
            })
            .map(|(index, policy)| Selected {
                index,
                policy,
                window: windows(&policy.file, dated.as_of),
            })
            .collect();
        if selected.is_empty() {
            let known: Vec<&str> = all.iter().map(|policy| policy.key.version.as_str()).collect();
            bail!("`{}` has no version `{version}`; it has {}", arguments.policy, known.join(", "));
        }
        return Ok(selected);
    }
    let selected: Vec<Selected<'a>> = matcher
        .selected
        .iter()
        .copied()
        .filter(|selected| selected.policy.key.id == arguments.policy)
        .collect();
    if selected.is_empty() {
        let known: Vec<&str> = all.iter().map(|policy| policy.key.version.as_str()).collect();
        bail!(
            "no version of `{}` is judged on {}; choose one with --version: {}",
            arguments.policy,
            dated.as_of,
            known.join(", ")
        );
    }
    Ok(selected)
}

/// The ids somebody may have meant, or where to find all of them.
fn hint(arguments: &Arguments, dated: &Dated<'_>) -> String {
    let ids = dated.program.policies.iter().map(|policy| policy.key.id.as_str());
    let near = similar(&arguments.policy, ids, 5);
    if near.is_empty() {
        let folder = arguments.from.data.join("snapshots/current/policies");
        format!("the `id` of each stands in its file in `{}`", folder.display())
    } else {
        format!("did you mean {}?", near.join(", "))
    }
}

fn print(explanation: &Explanation, catalogue: &Catalogue) {
    output::say(&format!("{}  {}", explanation.title, explanation.document));
    output::say(&format!(
        "结论：{}（判断日 {}，数据截至 {}）",
        explanation.verdict_label, explanation.as_of, explanation.known_at
    ));
    let amount = match (&explanation.amount_words, explanation.amount) {
        _ if explanation.verdict == Verdict::Ineligible => String::new(),
        (Some(words), _) => format!("（{words}）"),
        (None, Amount::Unknown) => "（金额尚不能确定）".to_owned(),
        (None, _) => "（不涉及金额）".to_owned(),
    };
    output::say(&format!("待遇：{}{amount}", explanation.benefit));
    if let Some(reason) = &explanation.suppressed {
        output::say(&format!("不再推送：{}", reason.label()));
    }
    if !explanation.missing.is_empty() {
        let missing: Vec<String> =
            explanation.missing.iter().map(|item| missing(item, catalogue)).collect();
        output::say(&format!("尚缺：{}", missing.join("、")));
    }
    output::say("");
    for condition in &explanation.conditions {
        print_condition(condition, 0);
    }
    for doubt in &explanation.unverified {
        output::say(&format!("  注：{doubt}"));
    }
    output::say(&format!("咨询：{}；本结果供参考，以主管部门认定为准。\n", explanation.contact));
}

/// A missing datum with the departments that own it.
fn missing(item: &Missing, catalogue: &Catalogue) -> String {
    let owner = |id: &String| {
        catalogue.department(id).map_or_else(|| id.clone(), |found| found.label.clone())
    };
    let owners: Vec<String> = item.owners.iter().map(owner).collect();
    if owners.is_empty() {
        format!("{}（{}）", item.label, item.name)
    } else {
        format!("{}（{}，{}）", item.label, item.name, owners.join("、"))
    }
}

fn print_condition(condition: &ConditionTrace, depth: usize) {
    let indent = "  ".repeat(depth + 1);
    let mark = match condition.result {
        Tri::True => "✓ 满足",
        Tri::False => "✗ 不满足",
        Tri::Unknown if condition.manual => "? 待人工认定",
        Tri::Unknown => "? 信息不足",
    };
    let words = match (&condition.article, &condition.quote) {
        (Some(article), Some(quote)) => format!("{article}“{quote}”"),
        _ => condition.rule.clone(),
    };
    output::say(&format!("{indent}{mark}  {words}"));
    if condition.quote.is_some() {
        output::say(&format!("{indent}    规则：{}", condition.rule));
    }
    for test in condition.tests.iter().filter(|test| test.computed.is_some()) {
        if let Some(computed) = &test.computed {
            output::say(&format!("{indent}    计算：{} → {computed}", test.text));
        }
    }
    for evidence in &condition.evidence {
        let value = match (&evidence.value, evidence.reason) {
            (Some(value), None) => value.clone(),
            (Some(value), Some(reason)) => format!("{value}（{}）", reason.label()),
            (None, Some(reason)) => reason.label().to_owned(),
            (None, None) => "无".to_owned(),
        };
        let observed = evidence.observed.as_ref().map_or(String::new(), |day| format!("，{day}"));
        output::say(&format!(
            "{indent}    数据：{} = {value}（{} {}{observed}）",
            evidence.label, evidence.department, evidence.source
        ));
    }
    for member in &condition.members {
        print_condition(member, depth + 1);
    }
}
