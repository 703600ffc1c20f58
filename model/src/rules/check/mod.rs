//! Types and names: a syntax tree is checked against the catalogue and lowered
//! to the intermediate form in one pass. All faults of an expression are
//! reported at once.
//!
//! Here: scopes, names and the entry points. [`compare`](self) of values and
//! arithmetic stand in `compare.rs`, the functions in `calls.rs`.

mod calls;
mod compare;

pub use self::calls::FUNCTIONS;

use std::{ops::Range, sync::Arc};

use crate::{
    catalogue::{Catalogue, CodeList, Field, Relation, RelationId, types::FieldType},
    domain::{IndustryTable, RegionTable, SubjectKind, Tri},
    rules::{
        ir::{Atom, FieldRef, Graph, NodeId, Num, NumId, Scope, Span},
        parse::{self, Each, Expr, ExprKind},
    },
};

/// What the checker looks names up in.
#[derive(Debug, Clone, Copy)]
pub struct Lookup<'a> {
    /// Fields, code lists, relations, parameters.
    pub catalogue: &'a Catalogue,
    /// Administrative divisions and zones.
    pub regions: &'a RegionTable,
    /// GB/T 4754.
    pub industries: &'a IndustryTable,
}

/// Whose names an expression may use.
#[derive(Debug, Clone, Copy)]
pub struct Audience<'a> {
    /// Kind of the subject judged.
    pub subject: SubjectKind,
    /// The relation whose members are the units, where the policy names one.
    pub unit: Option<&'a Relation>,
}

/// What is wrong with an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Byte span in the expression.
    pub span: Range<usize>,
    /// Stable short name.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do next.
    pub help: String,
}

/// A clause that a person judges, found inside an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManualClause {
    /// The question.
    pub question: String,
}

/// A typed value while lowering.
#[derive(Debug, Clone)]
enum Typed {
    Truth(NodeId),
    /// A number and how often money is in it: 0 for plain, 1 for money.
    Number(NumId, i8),
    Date(NumId),
    Code(CodeTree, Option<Arc<CodeList>>),
    Region(FieldRef),
    Industry(FieldRef),
    Text(FieldRef),
    Set(FieldRef),
    Facts(FieldRef),
    Period(Span),
    List(Vec<(String, Range<usize>)>),
    Members(RelationId, Option<NodeId>),
    /// A fault was reported already.
    Broken,
}

/// A code that depends on conditions.
#[derive(Debug, Clone)]
enum CodeTree {
    Field(FieldRef),
    Literal(String, Range<usize>),
    Choose(NodeId, Box<CodeTree>, Box<CodeTree>),
}

impl Typed {
    fn name(&self) -> &'static str {
        match self {
            Typed::Truth(_) => "a condition",
            Typed::Number(_, 0) => "a number",
            Typed::Number(_, 1) => "money",
            Typed::Number(..) => "a product of money",
            Typed::Date(_) => "a date",
            Typed::Code(..) => "a code",
            Typed::Region(_) => "a region",
            Typed::Industry(_) => "an industry",
            Typed::Text(_) => "text",
            Typed::Set(_) => "a set",
            Typed::Facts(_) => "dated facts",
            Typed::Period(_) => "a period",
            Typed::List(_) => "a list",
            Typed::Members(..) => "a list of members",
            Typed::Broken => "nothing",
        }
    }
}

/// A name bound by a quantifier.
#[derive(Debug, Clone)]
struct Bound {
    variable: String,
    kind: SubjectKind,
    scope: Scope,
}

/// One pass over one expression.
pub struct Checker<'a> {
    lookup: Lookup<'a>,
    audience: Audience<'a>,
    graph: &'a mut Graph,
    manuals: &'a mut Vec<ManualClause>,
    bound: Vec<Bound>,
    /// Whose derived field is being expanded; no relations are known there
    /// unless it is the subject's.
    expanding: Vec<String>,
    faults: Vec<Fault>,
}

impl<'a> Checker<'a> {
    /// A checker that adds to `graph` and `manuals`.
    pub fn new(
        lookup: Lookup<'a>,
        audience: Audience<'a>,
        graph: &'a mut Graph,
        manuals: &'a mut Vec<ManualClause>,
    ) -> Self {
        Checker {
            lookup,
            audience,
            graph,
            manuals,
            bound: Vec::new(),
            expanding: Vec::new(),
            faults: Vec::new(),
        }
    }

    /// Lowers a condition.
    ///
    /// # Errors
    /// Every fault of the expression.
    pub fn condition(self, text: &str) -> Result<NodeId, Vec<Fault>> {
        self.run(text, |checker, expr| {
            let typed = checker.expr(expr);
            checker.truth(typed, &expr.span)
        })
    }

    /// Lowers a sum of money.
    ///
    /// # Errors
    /// Every fault of the expression.
    pub fn money(self, text: &str) -> Result<NumId, Vec<Fault>> {
        self.run(text, |checker, expr| match checker.expr(expr) {
            Typed::Number(id, 1) => Some(id),
            Typed::Broken => None,
            other => {
                checker.fault(
                    &expr.span,
                    "not_money",
                    format!("an amount must be money, this is {}", other.name()),
                    "write sums as `yuan(3600)`, `wan(5)`, or multiply a money field",
                );
                None
            }
        })
    }

    /// Checks the expression of a derived field against the field's type.
    ///
    /// # Errors
    /// Every fault of the expression.
    pub fn derived(mut self, field: &Field, text: &str) -> Result<(), Vec<Fault>> {
        self.expanding.push(field.name.clone());
        let list = field.codes.clone();
        let kind = field.kind;
        self.run(text, |checker, expr| {
            let typed = checker.expr(expr);
            let fits = match (kind, &typed) {
                (_, Typed::Broken)
                | (FieldType::Bool, Typed::Truth(_))
                | (FieldType::Int | FieldType::Decimal, Typed::Number(_, 0))
                | (FieldType::Money, Typed::Number(_, 1))
                | (FieldType::Date, Typed::Date(_))
                | (FieldType::Region, Typed::Region(_))
                | (FieldType::Industry, Typed::Industry(_)) => true,
                (FieldType::Code, Typed::Code(tree, _)) => {
                    checker.known_codes(&tree.clone(), list.as_ref());
                    true
                }
                _ => false,
            };
            if !fits {
                checker.fault(
                    &expr.span,
                    "wrong_type",
                    format!("the field is of type {kind:?}, its expression is {}", typed.name()),
                    "change the type of the field or the expression",
                );
            }
            Some(())
        })
    }

    fn run<T>(
        mut self,
        text: &str,
        body: impl FnOnce(&mut Self, &Expr) -> Option<T>,
    ) -> Result<T, Vec<Fault>> {
        let expr = parse::parse(text).map_err(|faults| {
            faults
                .into_iter()
                .map(|fault| Fault {
                    span: fault.span,
                    code: "syntax",
                    message: fault.message,
                    help: fault.help,
                })
                .collect::<Vec<_>>()
        })?;
        let value = body(&mut self, &expr);
        match value {
            Some(value) if self.faults.is_empty() => Ok(value),
            _ => Err(self.faults),
        }
    }

    fn fault(&mut self, span: &Range<usize>, code: &'static str, message: String, help: &str) {
        self.faults.push(Fault { span: span.clone(), code, message, help: help.to_owned() });
    }

    fn broken(
        &mut self,
        span: &Range<usize>,
        code: &'static str,
        message: String,
        help: &str,
    ) -> Typed {
        self.fault(span, code, message, help);
        Typed::Broken
    }

    fn truth(&mut self, typed: Typed, span: &Range<usize>) -> Option<NodeId> {
        match typed {
            Typed::Truth(node) => Some(node),
            Typed::Broken => None,
            other => {
                self.fault(
                    span,
                    "not_a_condition",
                    format!("a condition is needed here, this is {}", other.name()),
                    "compare it with something, for example `>= 3`",
                );
                None
            }
        }
    }

    fn expr(&mut self, expr: &Expr) -> Typed {
        match &expr.kind {
            ExprKind::Bool(value) => Typed::Truth(self.graph.constant(Tri::from(*value))),
            ExprKind::Number(value) => Typed::Number(self.graph.literal(value.number()), 0),
            ExprKind::Text(text) => {
                Typed::Code(CodeTree::Literal(text.clone(), expr.span.clone()), None)
            }
            ExprKind::Name(name) => self.name(name, &expr.span),
            ExprKind::Member(of, name) => self.member(of, name, &expr.span),
            ExprKind::List(parts) => self.list(parts),
            ExprKind::Call(name, args) => self.call(name, args, &expr.span),
            ExprKind::Method(of, name, args) => self.method(of, name, args, &expr.span),
            ExprKind::Not(inner) => {
                let Some(node) = self.condition_of(inner) else { return Typed::Broken };
                self.no_manual(node, &inner.span, "a negation");
                Typed::Truth(self.graph.not(node))
            }
            ExprKind::Negate(inner) => match self.expr(inner) {
                Typed::Number(id, money) => {
                    let zero = self.graph.literal(crate::domain::Number::ZERO);
                    Typed::Number(self.graph.intern_num(Num::Sub(zero, id)), money)
                }
                Typed::Broken => Typed::Broken,
                other => self.broken(
                    &inner.span,
                    "wrong_type",
                    format!("`-` needs a number, this is {}", other.name()),
                    "use `!` to negate a condition",
                ),
            },
            ExprKind::And(left, right) => self.join(left, right, true),
            ExprKind::Or(left, right) => self.join(left, right, false),
            ExprKind::Compare(op, left, right) => self.compare(*op, left, right, &expr.span),
            ExprKind::In(item, list) => self.within_list(item, list, &expr.span),
            ExprKind::Arithmetic(op, left, right) => self.arithmetic(*op, left, right, &expr.span),
            ExprKind::Choose(condition, then, otherwise) => {
                self.choose(condition, then, otherwise, &expr.span)
            }
            ExprKind::Each(each, list, variable, body) => {
                self.each(*each, list, variable, body, &expr.span)
            }
        }
    }

    fn condition_of(&mut self, expr: &Expr) -> Option<NodeId> {
        let typed = self.expr(expr);
        self.truth(typed, &expr.span)
    }

    fn join(&mut self, left: &Expr, right: &Expr, conjunction: bool) -> Typed {
        let (left, right) = (self.condition_of(left), self.condition_of(right));
        let (Some(left), Some(right)) = (left, right) else { return Typed::Broken };
        Typed::Truth(if conjunction {
            self.graph.and([left, right])
        } else {
            self.graph.or([left, right])
        })
    }

    fn no_manual(&mut self, node: NodeId, span: &Range<usize>, where_: &str) {
        if self.graph.has_manual(node) {
            self.fault(
                span,
                "manual_misplaced",
                format!("`manual(…)` cannot stand under {where_}"),
                "a clause a person judges can only help to pass: state it positively",
            );
        }
    }

    fn list(&mut self, parts: &[Expr]) -> Typed {
        let mut items = Vec::new();
        for part in parts {
            if let ExprKind::Text(text) = &part.kind {
                items.push((text.clone(), part.span.clone()));
            } else {
                return self.broken(
                    &part.span,
                    "wrong_type",
                    "a list holds quoted codes only".to_owned(),
                    "write for example [\"a\", \"b\"]",
                );
            }
        }
        Typed::List(items)
    }

    fn scope_of_names(&self) -> (SubjectKind, Scope) {
        // Inside an expanded derived field, bare names are those of its owner.
        match self.bound.last() {
            Some(bound) if bound.variable.is_empty() => (bound.kind, bound.scope),
            _ => (self.audience.subject, Scope::Subject),
        }
    }

    fn name(&mut self, name: &str, span: &Range<usize>) -> Typed {
        if name == "as_of" {
            return Typed::Date(self.graph.intern_num(Num::AsOf));
        }
        let (kind, scope) = self.scope_of_names();
        let catalogue = self.lookup.catalogue;
        if let Some(field) = catalogue.field(kind, name) {
            return self.field(field, scope, span);
        }
        if let Some(relation) = catalogue.relation(kind, name) {
            if scope == Scope::Subject {
                return Typed::Members(relation.id, None);
            }
            return self.broken(
                span,
                "two_hops",
                format!("`{name}` would be a second hop"),
                "rules see the subject and the members of its own relations, no further",
            );
        }
        let help = match catalogue.suggest_field(kind, name) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("add it to the catalogue, or see the fields of {kind} there"),
        };
        self.broken(span, "unknown_field", format!("`{name}` is no field of {kind}"), &help)
    }

    fn member(&mut self, of: &Expr, name: &str, span: &Range<usize>) -> Typed {
        let ExprKind::Name(variable) = &of.kind else {
            return self.broken(
                &of.span,
                "wrong_type",
                "only a member of a list or `unit` has fields".to_owned(),
                "write `c.birth_date` inside `children.exists(c, …)`",
            );
        };
        let bound = self.bound.iter().rev().find(|bound| bound.variable == *variable).cloned();
        let bound = bound.or_else(|| {
            let unit = self.audience.unit.filter(|_| variable == "unit")?;
            Some(Bound { variable: variable.clone(), kind: unit.entry.target, scope: Scope::Unit })
        });
        let Some(bound) = bound else {
            let help = "name the variable that the quantifier binds";
            return self.broken(
                &of.span,
                "unknown_name",
                format!("`{variable}` is not bound here"),
                help,
            );
        };
        match name {
            "since" => return Typed::Date(self.graph.intern_num(Num::Since(bound.scope))),
            "until" => return Typed::Date(self.graph.intern_num(Num::Until(bound.scope))),
            _ => {}
        }
        let catalogue = self.lookup.catalogue;
        if let Some(field) = catalogue.field(bound.kind, name) {
            return self.field(field, bound.scope, span);
        }
        let help = match catalogue.suggest_field(bound.kind, name) {
            Some(near) => format!("did you mean `{variable}.{near}`?"),
            None => format!("see the fields of {} in the catalogue", bound.kind),
        };
        let message = format!("`{name}` is no field of {}", bound.kind);
        self.broken(span, "unknown_field", message, &help)
    }

    /// A stored field, or the expansion of a derived one.
    fn field(&mut self, field: &Field, scope: Scope, span: &Range<usize>) -> Typed {
        if let Some(derived) = &field.derived {
            return self.expand(field, &derived.text, scope, span);
        }
        let reference = FieldRef { scope, field: field.id };
        match field.kind {
            FieldType::Bool => Typed::Truth(self.graph.intern_atom(Atom::Flag(reference))),
            FieldType::Int => Typed::Number(self.graph.intern_num(Num::Field(reference)), 0),
            FieldType::Money => Typed::Number(self.graph.intern_num(Num::Field(reference)), 1),
            FieldType::Decimal => Typed::Number(self.graph.intern_num(Num::Decimal(reference)), 0),
            FieldType::Date => Typed::Date(self.graph.intern_num(Num::Field(reference))),
            FieldType::Region => Typed::Region(reference),
            FieldType::Industry => Typed::Industry(reference),
            FieldType::Code => Typed::Code(CodeTree::Field(reference), field.codes.clone()),
            FieldType::Text => Typed::Text(reference),
            FieldType::Set => Typed::Set(reference),
            FieldType::Facts => Typed::Facts(reference),
        }
    }

    fn expand(&mut self, field: &Field, text: &str, scope: Scope, span: &Range<usize>) -> Typed {
        if self.expanding.contains(&field.name) || self.expanding.len() > 8 {
            return self.broken(
                span,
                "circular",
                format!("`{}` is derived from itself", field.name),
                "break the circle in the catalogue",
            );
        }
        let Ok(expr) = parse::parse(text) else { return Typed::Broken };
        self.expanding.push(field.name.clone());
        self.bound.push(Bound { variable: String::new(), kind: field.subject, scope });
        let before = self.faults.len();
        let typed = self.expr(&expr);
        self.bound.pop();
        self.expanding.pop();
        let inner: Vec<Fault> = self.faults.drain(before..).collect();
        if let Some(first) = inner.first() {
            return self.broken(
                span,
                first.code,
                format!(
                    "the derived field `{}` cannot be used here: {}",
                    field.name, first.message
                ),
                &first.help,
            );
        }
        match typed {
            Typed::Code(tree, None) => Typed::Code(tree, field.codes.clone()),
            other => other,
        }
    }

    fn each(
        &mut self,
        each: Each,
        list: &Expr,
        variable: &str,
        body: &Expr,
        span: &Range<usize>,
    ) -> Typed {
        let relation = match self.expr(list) {
            Typed::Members(relation, None) => relation,
            Typed::Broken => return Typed::Broken,
            other => {
                return self.broken(
                    &list.span,
                    "wrong_type",
                    format!("a relation is needed here, this is {}", other.name()),
                    "use a relation of the catalogue, for example `children`",
                );
            }
        };
        if self.bound.iter().any(|bound| bound.scope == Scope::Member && !bound.variable.is_empty())
        {
            return self.broken(
                span,
                "two_hops",
                "a list inside a list would be a second hop".to_owned(),
                "split the condition",
            );
        }
        let kind = self.lookup.catalogue.relation_by_id(relation).entry.target;
        let bound = Bound { variable: variable.to_owned(), kind, scope: Scope::Member };
        self.bound.push(bound);
        let node = self.condition_of(body);
        self.bound.pop();
        let Some(node) = node else { return Typed::Broken };
        self.no_manual(node, &body.span, "a list");
        match each {
            Each::Exists => Typed::Truth(self.graph.intern_atom(Atom::Exists(relation, node))),
            Each::All => Typed::Truth(self.graph.intern_atom(Atom::All(relation, node))),
            Each::Filter => Typed::Members(relation, Some(node)),
        }
    }
}
