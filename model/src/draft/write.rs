//! Prints the policy file. Comments say what a person must decide; the same
//! words come back as questions with their lines.

use std::fmt::Write as _;

use crate::text::{extract::Logic, span::Span};

use super::{
    Document, Question,
    condition::{Conditions, Node, Test, article},
    grant::Grant,
    header::Head,
    ledger::Reason,
    paper::Papers,
};

/// The file and its questions.
pub(super) struct Written {
    pub(super) yaml: String,
    pub(super) questions: Vec<Question>,
}

/// Lines as they are written.
#[derive(Default)]
struct Pen {
    text: String,
    lines: usize,
    questions: Vec<Question>,
    ids: usize,
}

impl Pen {
    fn line(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push('\n');
        self.lines += 1;
    }

    /// A line with a question about it.
    fn doubtful(&mut self, text: &str, question: Option<String>) {
        match question {
            None => self.line(text),
            Some(question) => {
                self.questions.push(Question { line: self.lines + 1, words: question.clone() });
                self.line(&format!("{text} # 待定：{question}"));
            }
        }
    }
}

/// Prints everything.
pub(super) fn policy(
    document: &Document<'_>,
    head: &Head,
    conditions: &Conditions,
    grant: &Grant,
    papers: &Papers,
    anything: Option<Span>,
) -> Written {
    let mut pen = Pen::default();
    front(head, papers, &mut pen);
    text(document, &mut pen);
    pen.line("conditions:");
    for node in &conditions.nodes {
        condition(document, node, 1, &mut pen);
    }
    if conditions.nodes.is_empty() {
        let quote = anything.map(|span| {
            (
                article(document, document.structure.line_at(span.start).unwrap_or(0)),
                document.words(span),
            )
        });
        let (article, words) = quote.unwrap_or_else(|| ("正文".to_owned(), head.title.clone()));
        let question = "没有读出任何条件：谁可以享受？".to_owned();
        pen.doubtful("  - id: c1", Some(question));
        pen.line(&format!("    article: {}", quoted(&article)));
        pen.line(&format!("    quote: {}", quoted(&words)));
        pen.line("    manual: 是否属于本文件的适用对象？");
    }
    benefit(grant, &mut pen);
    Written { yaml: pen.text, questions: pen.questions }
}

fn front(head: &Head, papers: &Papers, pen: &mut Pen) {
    pen.line("# 由文件自动起草，未经人工确认，不能用于判断。");
    pen.line(&format!("id: {}", head.id));
    pen.line(&format!("version: {}", quoted(&head.version)));
    pen.line(&format!("title: {}", quoted(&head.title)));
    let mut about = format!(
        "document: {{number: {}, issuer: {}",
        quoted(&head.number),
        quoted(head.issuer.as_deref().unwrap_or("待定"))
    );
    if let Some(day) = head.issued_on {
        let _ = write!(about, ", issued_on: {day}");
    }
    pen.doubtful(
        &format!("{about}}}"),
        head.issuer.is_none().then(|| "没有读出发文机关".to_owned()),
    );
    let unknown = head.region.is_none();
    pen.doubtful(
        &format!("level: {}", head.level),
        unknown.then(|| "没有读出发文机关的层级".to_owned()),
    );
    let region = head.region.map_or_else(|| "000000".to_owned(), |code| code.to_string());
    pen.doubtful(
        &format!("region: \"{region}\""),
        unknown.then(|| "没有读出发文机关的地区".to_owned()),
    );
    let doubt = (!head.certain).then(|| "文件同时说到企业和个人，请确认判断谁".to_owned());
    pen.doubtful(&format!("audience: {}", head.audience.name()), doubt);
    let days: Vec<String> = [("from", head.valid.0), ("to", head.valid.1)]
        .iter()
        .filter_map(|(key, day)| day.map(|day| format!("{key}: {day}")))
        .collect();
    let undated = head.valid.0.is_none().then(|| "没有读出施行日期".to_owned());
    pen.doubtful(&format!("valid: {{{}}}", days.join(", ")), undated);
    if !head.claim.is_empty() {
        let periods: Vec<String> =
            head.claim.iter().map(|(from, to)| format!("{{from: {from}, to: {to}}}")).collect();
        pen.line(&format!("claim: [{}]", periods.join(", ")));
    }
    pen.line("route: apply");
    if !head.themes.is_empty() {
        pen.line(&format!("themes: [{}]", head.themes.join(", ")));
    }
    if !papers.materials.is_empty() {
        pen.line("materials:");
        for name in &papers.materials {
            pen.line(&format!("  - {{name: {}}}", quoted(name)));
        }
    }
    let department = head.issuer.as_deref().unwrap_or("待定");
    let phone = papers
        .phone
        .as_deref()
        .map(|phone| format!(", phone: {}", quoted(phone)))
        .unwrap_or_default();
    let doubt = head.issuer.is_none().then(|| "没有读出主管部门".to_owned());
    pen.doubtful(&format!("contact: {{department: {}{phone}}}", quoted(department)), doubt);
    pen.line("status: draft");
}

/// The articles, each with all its lines.
fn text(document: &Document<'_>, pen: &mut Pen) {
    let mut articles: Vec<(Option<u32>, String, String)> = Vec::new();
    for (at, line) in document.structure.lines.iter().enumerate() {
        if !line.is_content() {
            continue;
        }
        let words = document.words(line.span);
        match articles.last_mut().filter(|(label, ..)| *label == line.article) {
            Some((.., known)) => {
                known.push('\n');
                known.push_str(&words);
            }
            None => articles.push((line.article, article(document, at), words)),
        }
    }
    if articles.is_empty() {
        pen.line("text: []");
        return;
    }
    pen.line("text:");
    for (_, name, words) in articles {
        pen.line(&format!("  - article: {}", quoted(&name)));
        pen.line(&format!("    words: {}", quoted(&words)));
    }
}

fn condition(document: &Document<'_>, node: &Node, depth: usize, pen: &mut Pen) {
    let indent = "  ".repeat(depth);
    pen.ids += 1;
    let id = pen.ids;
    match node {
        Node::Leaf { quote, test } => {
            pen.line(&format!("{indent}- id: c{id}"));
            let line = document.structure.line_at(quote.start).unwrap_or(0);
            pen.line(&format!("{indent}  article: {}", quoted(&article(document, line))));
            pen.line(&format!("{indent}  quote: {}", quoted(&document.words(*quote))));
            match test {
                Test::When(rule) => {
                    pen.line(&format!("{indent}  when: {}", quoted(&rule.when)));
                    if let Some(bound) = rule.bound {
                        pen.line(&format!("{indent}  bound: {bound}"));
                    }
                }
                Test::Manual(question, reason) => {
                    pen.questions.push(Question {
                        line: pen.lines + 1,
                        words: format!("{}：{question}", reason.label()),
                    });
                    let note = if *reason == Reason::Judgement {
                        String::new()
                    } else {
                        format!(" # {}", reason.label())
                    };
                    pen.line(&format!("{indent}  manual: {}{note}", quoted(question)));
                }
            }
        }
        Node::Group { logic, said, members, .. } => {
            let doubt = (!said).then(|| "以下各项是全部需要，还是满足其一即可？".to_owned());
            pen.doubtful(&format!("{indent}- id: g{id}"), doubt);
            let deeper = match logic {
                Logic::Any => {
                    pen.line(&format!("{indent}  any:"));
                    depth + 2
                }
                Logic::AtLeast(count) => {
                    pen.line(&format!("{indent}  at_least:"));
                    pen.line(&format!("{indent}    count: {count}"));
                    pen.line(&format!("{indent}    of:"));
                    depth + 3
                }
                Logic::All | Logic::Tiers => {
                    pen.line(&format!("{indent}  all:"));
                    depth + 2
                }
            };
            for member in members {
                condition(document, member, deeper, pen);
            }
        }
    }
}

fn benefit(grant: &Grant, pen: &mut Pen) {
    pen.doubtful("benefit:", grant.doubt.map(str::to_owned));
    pen.line(&format!("  kind: {}", grant.kind));
    pen.line(&format!("  summary: {}", quoted(&grant.summary)));
    if let Some(amount) = &grant.amount {
        pen.line(&format!("  amount: {amount}"));
    }
    if !grant.tiers.is_empty() {
        pen.line("  tiers:");
        for (label, when, amount) in &grant.tiers {
            pen.line(&format!("    - label: {}", quoted(label)));
            pen.line(&format!("      when: {}", quoted(when)));
            pen.line(&format!("      amount: {amount}"));
        }
    }
    if let Some(cap) = &grant.cap {
        pen.line(&format!("  cap: {cap}"));
    }
    pen.line(&format!("  per: {}", grant.per));
    if grant.ceiling {
        pen.line("  ceiling: true");
    }
}

/// A double-quoted scalar. Whatever YAML does not count as printable, or takes
/// for a line break, is escaped.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for symbol in text.chars() {
        match symbol {
            '"' | '\\' => {
                quoted.push('\\');
                quoted.push(symbol);
            }
            '\n' => quoted.push_str("\\n"),
            ' '..='~'
            | '\u{a0}'..='\u{2027}'
            | '\u{202a}'..='\u{d7ff}'
            | '\u{e000}'..='\u{fefe}'
            | '\u{ff00}'..='\u{fffd}'
            | '\u{10000}'.. => {
                quoted.push(symbol);
            }
            other => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(other));
            }
        }
    }
    quoted.push('"');
    quoted
}
