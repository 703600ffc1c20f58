//! Puts the clauses together: which of them are conditions, how they join, and
//! what of each can be written as an expression.

use crate::text::{
    extract::{Kind, Logic},
    span::{Span, find, has_any},
};

use super::{
    Document,
    clause::{Clause, Clauses},
    header::Head,
    ledger::{Entry, Fate, Reason},
    number::Rule,
    piece::{Read, piece, written},
    rest,
    role::{self, Role},
};

/// What a leaf asks.
#[derive(Debug, Clone)]
pub(super) enum Test {
    /// An expression.
    When(Rule),
    /// A question to a person, and why.
    Manual(String, Reason),
}

/// A condition or a group of them.
#[derive(Debug, Clone)]
pub(super) enum Node {
    /// One condition with the words it stands for.
    Leaf {
        /// The words.
        quote: Span,
        /// What it asks.
        test: Test,
    },
    /// Several that join.
    Group {
        /// How.
        logic: Logic,
        /// Whether the words say so.
        said: bool,
        /// The members, in order.
        members: Vec<Node>,
        /// The first character of its words.
        at: usize,
    },
}

impl Node {
    fn at(&self) -> usize {
        match self {
            Node::Leaf { quote, .. } => quote.start,
            Node::Group { at, .. } => *at,
        }
    }
}

/// What a clause that grants something asks first.
#[derive(Debug, Clone)]
pub(super) struct Premise {
    /// The clause.
    pub(super) clause: Span,
    /// Its conditions; empty where it names none.
    pub(super) nodes: Vec<Node>,
}

/// Everything the clauses state.
#[derive(Debug, Default)]
pub(super) struct Conditions {
    /// All must hold.
    pub(super) nodes: Vec<Node>,
    /// What became of each clause.
    pub(super) entries: Vec<Entry>,
    /// The clauses that grant money.
    pub(super) premises: Vec<Premise>,
}

/// Reads the conditions of a document.
pub(super) fn read(document: &Document<'_>, clauses: &Clauses, head: &Head) -> Conditions {
    let mut all = Conditions::default();
    let mut groups: Vec<Vec<Node>> = vec![Vec::new(); clauses.lists.len()];
    for clause in &clauses.all {
        let role = role::role(document, clauses, clause);
        let quiet = clause.heading || clause.span.len() < 3;
        let excludes = role == Role::Exclusion;
        let nodes = match role {
            _ if quiet => all.note(document, clause, Fate::Nothing, None),
            Role::Condition | Role::Exclusion => {
                all.states(document, clauses, head, clause, excludes)
            }
            Role::Benefit => all.grants(document, head, clause),
            Role::Material => all.note(document, clause, Fate::Material, None),
            Role::Window => all.note(document, clause, Fate::Window, None),
            Role::Procedure => all.note(document, clause, Fate::Nothing, None),
        };
        match clause.list.filter(|_| !excludes) {
            Some(list) => groups[list].extend(nodes),
            None => all.nodes.extend(nodes),
        }
    }
    // A list stands behind the one its introduction is in.
    for (at, list) in clauses.lists.iter().enumerate().rev() {
        let members = std::mem::take(&mut groups[at]);
        let node = group(list.logic, members, list.intro.start);
        match list.above {
            Some(above) if above < at => groups[above].extend(node),
            _ => all.nodes.extend(node),
        }
    }
    all.premises();
    all.nodes.sort_by_key(Node::at);
    all.demote(document);
    all
}

/// Members of a list as one node, or as they are where all must hold.
fn group(logic: Option<Logic>, mut members: Vec<Node>, at: usize) -> Vec<Node> {
    members.sort_by_key(Node::at);
    let (said, logic) = (logic.is_some(), logic.unwrap_or(Logic::All));
    match (logic, members.len()) {
        (_, 0) => Vec::new(),
        (Logic::All | Logic::Tiers, _) if said => members,
        (Logic::AtLeast(count), have) if usize::try_from(count).is_ok_and(|count| count > have) => {
            members
        }
        (_, 1) => members,
        _ => vec![Node::Group { logic, said, members, at }],
    }
}

impl Conditions {
    /// Enters a clause into the ledger.
    fn note(
        &mut self,
        document: &Document<'_>,
        clause: &Clause,
        fate: Fate,
        read: Option<&Read>,
    ) -> Vec<Node> {
        self.entries.push(Entry {
            article: article(document, clause.line),
            words: document.words(clause.span),
            span: clause.span,
            fate,
            rules: read
                .iter()
                .flat_map(|read| read.rules.iter().map(|(rules, _)| written(rules)))
                .collect(),
            reason: read.and_then(Read::reason),
            left: read.map(|read| read.left.clone()).unwrap_or_default(),
        });
        Vec::new()
    }

    /// A clause that says who qualifies, or who does not.
    fn states(
        &mut self,
        document: &Document<'_>,
        clauses: &Clauses,
        head: &Head,
        clause: &Clause,
        excludes: bool,
    ) -> Vec<Node> {
        let mut read = piece(document, head, clause.span, excludes);
        if excludes && clause.list.is_some_and(|list| both(document, clauses, list)) {
            read = Read::open(document, clause.span, Reason::Depends);
        }
        // 申请人应当符合下列条件 asks nothing itself; with a number or a second
        // part it does, and whoever reads only the list would miss it.
        let asks = has_any(clause.span.of(document.chars), &[","])
            || document.items_in(clause.span).iter().any(|item| item.kind == Kind::Condition);
        if clause.opens.is_some() && read.rules.is_empty() && !asks {
            return self.note(document, clause, Fate::Nothing, None);
        }
        let fate = read.fate();
        self.note(document, clause, fate, Some(&read));
        let nodes = read.nodes(document, excludes);
        match (clause.list, nodes.len()) {
            (Some(_), 2..) if !excludes => vec![Node::Group {
                logic: Logic::All,
                said: true,
                members: nodes,
                at: clause.span.start,
            }],
            _ => nodes,
        }
    }

    /// A clause that grants something; what stands before 给予 is its premise.
    fn grants(&mut self, document: &Document<'_>, head: &Head, clause: &Clause) -> Vec<Node> {
        let items = document.items_in(clause.span);
        let paid = items.iter().find(|item| item.kind == Kind::Benefit);
        let Some(paid) = paid else {
            return self.note(document, clause, Fate::Benefit, None);
        };
        let premise = premise(document, clause.span, paid.start);
        let asks = premise.is_some_and(|span| !rest::rest(document.chars, span, &[]).is_empty());
        let Some(premise) = premise.filter(|_| asks) else {
            self.premises.push(Premise { clause: clause.span, nodes: Vec::new() });
            return self.note(document, clause, Fate::Benefit, None);
        };
        let read = piece(document, head, premise, false);
        let fate = read.fate();
        self.note(document, clause, fate, Some(&read));
        self.premises.push(Premise { clause: clause.span, nodes: read.nodes(document, false) });
        Vec::new()
    }

    /// Two thresholds of one kind for the same datum belong to different
    /// cases, which the words of each clause alone do not tell apart.
    fn demote(&mut self, document: &Document<'_>) {
        let key = |node: &Node| match node {
            Node::Leaf { test: Test::When(rule), .. } => compared(&rule.when),
            _ => None,
        };
        let keys: Vec<Option<(String, String)>> = self.nodes.iter().map(key).collect();
        let mut demoted = Vec::new();
        for (node, own) in self.nodes.iter_mut().zip(&keys) {
            let Some((left, value)) = own else { continue };
            let differs =
                keys.iter().flatten().any(|(other, theirs)| other == left && theirs != value);
            let Node::Leaf { quote, test } = node else { continue };
            if differs {
                *test = doubted(document, *quote);
                demoted.push(*quote);
            }
        }
        self.judged(&demoted);
    }

    /// Where nobody can meet all conditions together, those that ask of a datum
    /// that others ask of as well are left to a person.
    pub(super) fn soften(&mut self, document: &Document<'_>) {
        let mut fields = Vec::new();
        self.nodes.iter().for_each(|node| datum(node, &mut fields));
        let mut softened = Vec::new();
        for node in &mut self.nodes {
            let Node::Leaf { quote, test } = node else { continue };
            let Test::When(rule) = test else { continue };
            let own = first_name(&rule.when);
            if fields.iter().filter(|field| **field == own).count() > 1 {
                *test = doubted(document, *quote);
                softened.push(*quote);
            }
        }
        self.judged(&softened);
    }

    /// Enters into the ledger that a person judges these words after all.
    fn judged(&mut self, quotes: &[Span]) {
        for entry in &mut self.entries {
            if quotes.iter().any(|quote| entry.span.covers(*quote)) {
                entry.fate = Fate::Person;
                entry.rules.clear();
                entry.reason = Some(Reason::Depends);
            }
        }
    }

    /// One grant: its premise is a condition. Several: one of them must fit.
    fn premises(&mut self) {
        let asking: Vec<&Premise> =
            self.premises.iter().filter(|premise| !premise.nodes.is_empty()).collect();
        let node = match asking.as_slice() {
            [] => return,
            [one] if self.premises.len() == 1 => {
                self.nodes.extend(one.nodes.iter().cloned());
                return;
            }
            several => {
                let mut members: Vec<Node> = several
                    .iter()
                    .map(|premise| Node::Group {
                        logic: Logic::All,
                        said: true,
                        members: premise.nodes.clone(),
                        at: premise.clause.start,
                    })
                    .map(single)
                    .collect();
                let open = self.premises.iter().find(|premise| premise.nodes.is_empty());
                members.extend(open.map(|premise| Node::Leaf {
                    quote: premise.clause,
                    test: Test::Manual("是否属于该项待遇的适用范围？".to_owned(), Reason::Depends),
                }));
                Node::Group { logic: Logic::Any, said: true, at: several[0].clause.start, members }
            }
        };
        self.nodes.push(single(node));
    }
}

/// The question that takes the place of an expression.
fn doubted(document: &Document<'_>, quote: Span) -> Test {
    let words = document.words(quote).split_whitespace().collect::<String>();
    Test::Manual(format!("是否符合“{words}”？"), Reason::Depends)
}

/// The field an expression asks of: its first name that is no function.
fn first_name(when: &str) -> String {
    let names = when.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    let skip = [
        "",
        "age",
        "holds",
        "had",
        "within",
        "as_of",
        "years_since",
        "months_since",
        "days_since",
        "add_years",
        "add_months",
    ];
    names.into_iter().find(|name| !skip.contains(name)).unwrap_or_default().to_owned()
}

/// The fields that a node and its members ask of.
fn datum(node: &Node, fields: &mut Vec<String>) {
    match node {
        Node::Leaf { test: Test::When(rule), .. } => fields.push(first_name(&rule.when)),
        Node::Leaf { .. } => {}
        Node::Group { members, .. } => members.iter().for_each(|member| datum(member, fields)),
    }
}

/// What an expression compares, with the direction, and with what: two bounds
/// of one side are alike. `None` for expressions that may well stand together.
fn compared(when: &str) -> Option<(String, String)> {
    let (left, rest) = when.split_once(' ')?;
    let (sign, value) = rest.split_once(' ')?;
    if rest.contains("&&") || left.contains('!') || left.contains('[') {
        return None;
    }
    let side = match sign {
        ">=" | ">" => ">",
        "<=" | "<" => "<",
        "==" | "in" => "=",
        _ => return None,
    };
    Some((format!("{left} {side}"), format!("{sign} {value}")))
}

/// A group of one is its member.
fn single(node: Node) -> Node {
    match node {
        Node::Group { members, .. } if members.len() == 1 => {
            members.into_iter().next().unwrap_or_else(|| unreachable!())
        }
        other => other,
    }
}

/// Whether a list of exclusions excludes only those to whom all of it applies.
fn both(document: &Document<'_>, clauses: &Clauses, list: usize) -> bool {
    clauses.lists.get(list).is_some_and(|list| has_any(list.intro.of(document.chars), &["同时"]))
}

/// The name of the article a line stands in.
pub(super) fn article(document: &Document<'_>, line: usize) -> String {
    document.structure.label(line).unwrap_or("正文").to_owned()
}

/// What stands before the words that grant, in a clause whose first sum begins
/// at `paid`.
fn premise(document: &Document<'_>, clause: Span, paid: usize) -> Option<Span> {
    let before = Span::new(clause.start, paid);
    let words = before.of(document.chars);
    let verbs = [
        "给予",
        "予以",
        "发放",
        "按照",
        "可享受",
        "享受",
        "奖励",
        "补助",
        "补贴",
        "减按",
        "免征",
        "减征",
        "可以申领",
        "可以申请",
        "按",
        "每",
        "最高",
    ];
    if has_any(words, &["标准为", "标准是", "标准按", "金额为", "额度为"]) {
        return None;
    }
    let end = verbs.iter().filter_map(|verb| find(words, verb)).min()?;
    let span = Span::new(clause.start, clause.start + end).trim(document.chars);
    (span.len() > 3).then_some(span)
}
