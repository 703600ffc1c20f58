//! What is said about text that cannot be parsed: the parser's findings in
//! plain words, with what to write instead of the usual slips.

use std::ops::Range;

use super::{ParseFault, fault};

/// What the parser uses for a symbol that begins no word of the language.
const NO_WORD: &str = "token recognition error at: ";

/// The parser's findings as faults. Symbols that cannot stand anywhere hide
/// what follows from them, and a run of them (a Chinese word) is one fault.
pub(super) fn syntax_faults(findings: Vec<(Range<usize>, &str)>, text: &str) -> Vec<ParseFault> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (span, message) in &findings {
        if message.starts_with(NO_WORD) {
            match runs.last_mut() {
                Some(last) if last.end == span.start => last.end = span.end,
                _ => runs.push(span.clone()),
            }
        }
    }
    let percentages = percentages(text);
    if !percentages.is_empty() {
        return percentages;
    }
    if runs.is_empty() {
        return findings
            .into_iter()
            .map(|(span, message)| {
                let (message, help) = plain_syntax(message);
                fault(span, message, help)
            })
            .collect();
    }
    runs.into_iter()
        .map(|run| {
            let word = text.get(run.clone()).unwrap_or_default();
            fault(run.clone(), format!("`{word}` cannot stand here"), instead_of(word))
        })
        .collect()
}

/// What to write instead of symbols that are none of the language.
fn instead_of(word: &str) -> &'static str {
    match word {
        "=" | "＝" => "write `==` to compare",
        "&" | "＆" => "write `&&` for \"and\"",
        "|" | "｜" => "write `||` for \"or\"",
        "≥" | "≧" => "write `>=`",
        "≤" | "≦" => "write `<=`",
        "≠" | "<>" => "write `!=`",
        "×" => "write `*`",
        "÷" => "write `/`",
        _ if word.chars().any(|symbol| "，。；：（）“”‘’【】！＞＜％、".contains(symbol)) => {
            "write punctuation in its English form: `,` `(` `)` `\"`"
        }
        _ if word.is_ascii() => "see docs/rule-language.md for what can stand here",
        _ => "names are the catalogue's English names; Chinese belongs into quotes",
    }
}

/// A fault for every percentage outside of quotes: rules write ratios.
fn percentages(text: &str) -> Vec<ParseFault> {
    let mut found = Vec::new();
    let mut quote = None;
    let mut number = 0..0;
    for (at, symbol) in text.char_indices() {
        match (quote, symbol) {
            (Some(open), _) if open == symbol => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(symbol),
            (None, '0'..='9' | '.') if number.end == at => number.end = at + 1,
            (None, '0'..='9') => number = at..at + 1,
            (None, '%') if number.end == at && at > 0 => {
                let digits = text.get(number.clone()).unwrap_or_default();
                let help = match hundredth(digits) {
                    Some(ratio) => format!("write it as a ratio: `{ratio}`"),
                    None => "write it as a ratio, for example `0.04` for 4%".to_owned(),
                };
                let message = format!("`{digits}%` is no number of the rule language");
                found.push(fault(number.start..at + 1, message, &help));
            }
            _ => {}
        }
    }
    found
}

/// The hundredth of a decimal, in digits.
fn hundredth(digits: &str) -> Option<String> {
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let whole = format!("{whole:0>3}");
    let (before, last) = whole.split_at_checked(whole.len() - 2)?;
    let ratio = format!("{}.{last}{part}", before.trim_start_matches('0'));
    let ratio = ratio.trim_end_matches('0').trim_end_matches('.');
    let bare = ratio.is_empty() || ratio.starts_with('.');
    Some(if bare { format!("0{ratio}") } else { ratio.to_owned() })
}

/// The parser's words in ours.
fn plain_syntax(message: &str) -> (String, &'static str) {
    let short = message.split(" expecting ").next().unwrap_or(message).replace('\'', "`");
    let help = if short.contains("<EOF>") {
        "the expression ends too early: complete it or close a bracket"
    } else {
        "see docs/rule-language.md for what can stand here"
    };
    (short.replace("<EOF>", "end of expression"), help)
}
