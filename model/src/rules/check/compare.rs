//! Comparisons, membership, arithmetic and choices.

use std::{ops::Range, sync::Arc};

use super::{Checker, CodeTree, Typed};
use crate::{
    catalogue::CodeList,
    domain::{Number, Tri},
    rules::{
        ir::{Atom, FieldRef, Mask, NodeId, Num, NumId, Op, TextTest},
        parse::{Arithmetic, Expr, ExprKind, Number2},
    },
};

impl Checker<'_> {
    pub(super) fn compare(
        &mut self,
        op: Op,
        left: &Expr,
        right: &Expr,
        span: &Range<usize>,
    ) -> Typed {
        match (self.expr(left), self.expr(right)) {
            (Typed::Broken, _) | (_, Typed::Broken) => Typed::Broken,
            (Typed::Number(a, ma), Typed::Number(b, mb)) => {
                self.compare_numbers(op, (a, ma), (b, mb), span)
            }
            (Typed::Date(a), Typed::Date(b)) => Typed::Truth(self.order(op, a, b)),
            (Typed::Code(a, la), Typed::Code(b, lb)) => {
                self.compare_codes(op, (a, la), (b, lb), span)
            }
            (Typed::Text(field), Typed::Code(CodeTree::Literal(text, _), _))
            | (Typed::Code(CodeTree::Literal(text, _), _), Typed::Text(field)) => {
                let atom = Atom::Text(field, TextTest::Equals, text);
                let node = self.graph.intern_atom(atom);
                self.equality(op, node, span)
            }
            (Typed::Region(a), Typed::Region(b)) => {
                let node = self.graph.intern_atom(Atom::Same(a, b));
                self.equality(op, node, span)
            }
            (Typed::Truth(a), Typed::Truth(b)) => {
                self.no_manual(a, span, "a comparison");
                self.no_manual(b, span, "a comparison");
                let opposite = self.graph.not(b);
                let node = self.graph.choose(a, b, opposite);
                self.equality(op, node, span)
            }
            (Typed::Region(_), _) | (_, Typed::Region(_)) => self.broken(
                span,
                "wrong_type",
                "a region is not compared with a code".to_owned(),
                "write `within(field, \"330100\")`: descendants count too",
            ),
            (Typed::Industry(_), _) | (_, Typed::Industry(_)) => self.broken(
                span,
                "wrong_type",
                "an industry is not compared with a code".to_owned(),
                "write `industry_in(industry, [\"C\", \"65\"])`: sub-classes count too",
            ),
            (Typed::Number(_, 0), Typed::Period(_)) => self.compare_length(op, left, right, span),
            (Typed::Period(_), Typed::Number(_, 0)) => {
                self.compare_length(op.flipped(), right, left, span)
            }
            (a, b) => self.broken(
                span,
                "wrong_type",
                format!("{} cannot be compared with {}", a.name(), b.name()),
                compare_help(&a, &b),
            ),
        }
    }

    /// `age(…) >= years(18)`: lengths are plain numbers, a period is none.
    fn compare_length(
        &mut self,
        op: Op,
        number: &Expr,
        period: &Expr,
        span: &Range<usize>,
    ) -> Typed {
        let (length, unit) = match &number.kind {
            ExprKind::Call(name, _) => match name.as_str() {
                "age" | "years_since" => ("a number of years", "years"),
                "months_since" => ("a number of months", "months"),
                "days_since" => ("a number of days", "days"),
                _ => ("a number", ""),
            },
            _ => ("a number", ""),
        };
        let count = match &period.kind {
            ExprKind::Call(name, args) if name == unit => args.first(),
            _ => None,
        };
        let help = match count.map(|count| &count.kind) {
            Some(ExprKind::Number(Number2(count, 1))) => {
                format!("write `{} {count}`", op.symbol())
            }
            _ => "compare with a bare number; periods stand in had(…), count(…) and sum(…)".into(),
        };
        let message = format!("{length} cannot be compared with a period");
        self.broken(span, "wrong_type", message, &help)
    }

    fn compare_numbers(
        &mut self,
        op: Op,
        (a, money_a): (NumId, i8),
        (b, money_b): (NumId, i8),
        span: &Range<usize>,
    ) -> Typed {
        if money_a != money_b {
            let message = if money_a.max(money_b) == 1 && money_a.min(money_b) == 0 {
                "money is compared with a bare number".to_owned()
            } else {
                "the two sides have different units".to_owned()
            };
            return self.broken(
                span,
                "unit_mismatch",
                message,
                "write sums as `yuan(100000)` or `wan(10)`; ratios of money are bare numbers",
            );
        }
        Typed::Truth(self.order(op, a, b))
    }

    /// A comparison of numbers; choices are pulled out so that every branch is
    /// compared for itself.
    fn order(&mut self, op: Op, left: NumId, right: NumId) -> NodeId {
        if let Num::Choose(condition, then, otherwise) = *self.graph.num(left) {
            let then = self.order(op, then, right);
            let otherwise = self.order(op, otherwise, right);
            return self.graph.choose(condition, then, otherwise);
        }
        if let Num::Choose(condition, then, otherwise) = *self.graph.num(right) {
            let then = self.order(op, left, then);
            let otherwise = self.order(op, left, otherwise);
            return self.graph.choose(condition, then, otherwise);
        }
        if let (Num::Literal(an, ad), Num::Literal(bn, bd)) =
            (self.graph.num(left), self.graph.num(right))
        {
            let a = Number::ratio(*an, *ad);
            let b = Number::ratio(*bn, *bd);
            let ordering = a.zip(b).and_then(|(a, b)| a.compare(b));
            let value = Tri::of(ordering.map(|ordering| op.holds(ordering)));
            return self.graph.constant(value);
        }
        if matches!(self.graph.num(left), Num::Literal(..)) {
            return self.graph.intern_atom(Atom::Compare(op.flipped(), right, left));
        }
        self.graph.intern_atom(Atom::Compare(op, left, right))
    }

    /// `==` or `!=` of something that has no order.
    fn equality(&mut self, op: Op, equal: NodeId, span: &Range<usize>) -> Typed {
        match op {
            Op::Equal => Typed::Truth(equal),
            Op::NotEqual => Typed::Truth(self.graph.not(equal)),
            _ => self.broken(
                span,
                "no_order",
                format!("`{}` needs an order, there is none here", op.symbol()),
                "use `==`, `!=` or `in`",
            ),
        }
    }

    fn compare_codes(
        &mut self,
        op: Op,
        (left, left_list): (CodeTree, Option<Arc<CodeList>>),
        (right, right_list): (CodeTree, Option<Arc<CodeList>>),
        span: &Range<usize>,
    ) -> Typed {
        let (tree, list, literal, op) = match (left, right) {
            (tree, CodeTree::Literal(text, at)) if left_list.is_some() => {
                (tree, left_list, (text, at), op)
            }
            (CodeTree::Literal(text, at), tree) if right_list.is_some() => {
                (tree, right_list, (text, at), op.flipped())
            }
            (CodeTree::Field(a), CodeTree::Field(b)) if left_list == right_list => {
                let node = self.graph.intern_atom(Atom::Same(a, b));
                return self.equality(op, node, span);
            }
            _ => {
                return self.broken(
                    span,
                    "wrong_type",
                    "these two codes cannot be compared".to_owned(),
                    "compare a code field with a quoted code of its list",
                );
            }
        };
        let Some(list) = list else { return Typed::Broken };
        let Some(pivot) = self.position(&list, &literal.0, &literal.1) else {
            return Typed::Broken;
        };
        let Some((yes, open)) = self.ordered(op, &list, pivot, span) else { return Typed::Broken };
        Typed::Truth(self.code_in(&tree, &list, &yes, &open))
    }

    /// Codes for which `op pivot` is true, and those that have no rank.
    fn ordered(
        &mut self,
        op: Op,
        list: &CodeList,
        pivot: u8,
        span: &Range<usize>,
    ) -> Option<(Mask, Mask)> {
        let (mut yes, mut open) = (Mask::default(), Mask::default());
        if matches!(op, Op::Equal | Op::NotEqual) {
            for position in positions(list) {
                if (position == pivot) == (op == Op::Equal) {
                    yes.insert(position);
                }
            }
            return Some((yes, open));
        }
        let Some(rank) = list.entry(pivot).and_then(|entry| entry.rank) else {
            self.fault(
                span,
                "no_order",
                format!("the codes of `{}` have no order here", list.name),
                "use `==` or `in`, or give the codes a rank in the catalogue",
            );
            return None;
        };
        for position in positions(list) {
            match list.entry(position).and_then(|entry| entry.rank) {
                Some(other) if op.holds(other.cmp(&rank)) => yes.insert(position),
                Some(_) => {}
                None => open.insert(position),
            }
        }
        Some((yes, open))
    }

    fn code_in(&mut self, tree: &CodeTree, list: &CodeList, yes: &Mask, open: &Mask) -> NodeId {
        match tree {
            CodeTree::Field(field) => self.graph.intern_atom(Atom::Code(*field, *yes, *open)),
            CodeTree::Literal(text, _) => {
                let value = match list.position(text) {
                    Some(position) if open.contains(position) => Tri::Unknown,
                    Some(position) => Tri::from(yes.contains(position)),
                    None => Tri::Unknown,
                };
                self.graph.constant(value)
            }
            CodeTree::Choose(condition, then, otherwise) => {
                let then = self.code_in(then, list, yes, open);
                let otherwise = self.code_in(otherwise, list, yes, open);
                self.graph.choose(*condition, then, otherwise)
            }
        }
    }

    /// Reports literals of a derived code field that its list does not hold.
    pub(super) fn known_codes(&mut self, tree: &CodeTree, list: Option<&Arc<CodeList>>) {
        match tree {
            CodeTree::Field(_) => {}
            CodeTree::Literal(text, span) => {
                if let Some(list) = list {
                    self.position(list, text, span);
                }
            }
            CodeTree::Choose(_, then, otherwise) => {
                self.known_codes(then, list);
                self.known_codes(otherwise, list);
            }
        }
    }

    /// Position of a code in its list; an unknown code is a fault.
    pub(super) fn position(
        &mut self,
        list: &CodeList,
        code: &str,
        span: &Range<usize>,
    ) -> Option<u8> {
        let position = list.position(code);
        if position.is_none() {
            let help = match list.suggest(code) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("see the list `{}` in the catalogue", list.name),
            };
            let message = format!("`{code}` is no code of `{}`", list.name);
            self.fault(span, "unknown_code", message, &help);
        }
        position
    }

    /// The mask of several codes.
    pub(super) fn mask(
        &mut self,
        list: &CodeList,
        codes: &[(String, Range<usize>)],
    ) -> Option<Mask> {
        let mut mask = Mask::default();
        let mut complete = true;
        for (code, span) in codes {
            match self.position(list, code, span) {
                Some(position) => mask.insert(position),
                None => complete = false,
            }
        }
        complete.then_some(mask)
    }

    /// `x in list`, `"x" in set`.
    pub(super) fn within_list(&mut self, item: &Expr, list: &Expr, span: &Range<usize>) -> Typed {
        match (self.expr(item), self.expr(list)) {
            (Typed::Broken, _) | (_, Typed::Broken) => Typed::Broken,
            (Typed::Code(tree, Some(codes)), Typed::List(items)) => {
                let Some(yes) = self.mask(&codes, &items) else { return Typed::Broken };
                Typed::Truth(self.code_in(&tree, &codes, &yes, &Mask::default()))
            }
            (Typed::Text(field), Typed::List(items)) => {
                let nodes: Vec<NodeId> = items
                    .into_iter()
                    .map(|(text, _)| {
                        self.graph.intern_atom(Atom::Text(field, TextTest::Equals, text))
                    })
                    .collect();
                Typed::Truth(self.graph.or(nodes))
            }
            (Typed::Code(CodeTree::Literal(text, at), None), Typed::Set(field)) => {
                self.in_set(field, &[(text, at)])
            }
            (a, b) => self.broken(
                span,
                "wrong_type",
                format!("{} cannot be looked for in {}", a.name(), b.name()),
                "write `field in [\"a\", \"b\"]` or `\"a\" in set_field`",
            ),
        }
    }

    fn in_set(&mut self, field: FieldRef, items: &[(String, Range<usize>)]) -> Typed {
        let mut members = Vec::new();
        for (text, span) in items {
            match self.member_position(field, text, span) {
                Some(member) => members.push(member),
                None => return Typed::Broken,
            }
        }
        members.sort_unstable();
        members.dedup();
        Typed::Truth(self.graph.intern_atom(Atom::Has(field, members)))
    }

    /// Position of a set member in the set's code list, or of a zone.
    pub(super) fn member_position(
        &mut self,
        field: FieldRef,
        text: &str,
        span: &Range<usize>,
    ) -> Option<u16> {
        let entry = self.lookup.catalogue.by_id(field.field);
        if let Some(list) = entry.codes.clone() {
            return self.position(&list, text, span).map(u16::from);
        }
        let zone = self.lookup.regions.zone_index(text);
        if zone.is_none() {
            let message = format!("`{text}` is no zone");
            self.fault(span, "unknown_code", message, "see the zones in regions.csv");
        }
        zone
    }

    pub(super) fn arithmetic(
        &mut self,
        op: Arithmetic,
        left: &Expr,
        right: &Expr,
        span: &Range<usize>,
    ) -> Typed {
        let (a, b) = (self.expr(left), self.expr(right));
        match (a, b) {
            (Typed::Broken, _) | (_, Typed::Broken) => Typed::Broken,
            (Typed::Number(a, ma), Typed::Number(b, mb)) => {
                self.calculate(op, (a, ma), (b, mb), span)
            }
            (Typed::Date(a), Typed::Date(b)) if op == Arithmetic::Sub => {
                Typed::Number(self.graph.intern_num(Num::Sub(a, b)), 0)
            }
            (a, b) => self.broken(
                span,
                "wrong_type",
                format!("cannot calculate with {} and {}", a.name(), b.name()),
                "use add_days, add_months and add_years to move dates",
            ),
        }
    }

    fn calculate(
        &mut self,
        op: Arithmetic,
        (a, money_a): (NumId, i8),
        (b, money_b): (NumId, i8),
        span: &Range<usize>,
    ) -> Typed {
        let (num, money) = match op {
            Arithmetic::Add | Arithmetic::Sub if money_a != money_b => {
                return self.broken(
                    span,
                    "unit_mismatch",
                    "money is added to a bare number".to_owned(),
                    "write sums as `yuan(100)` or `wan(10)`",
                );
            }
            Arithmetic::Add => (Num::Add(a, b), money_a),
            Arithmetic::Sub => (Num::Sub(a, b), money_a),
            Arithmetic::Mul => (Num::Mul(a, b), money_a + money_b),
            Arithmetic::Div => (Num::Div(a, b), money_a - money_b),
        };
        if !(-1..=2).contains(&money) {
            return self.broken(
                span,
                "unit_mismatch",
                "money is multiplied with money too often".to_owned(),
                "check the units of the calculation",
            );
        }
        Typed::Number(self.graph.intern_num(num), money)
    }

    pub(super) fn choose(
        &mut self,
        condition: &Expr,
        then: &Expr,
        otherwise: &Expr,
        span: &Range<usize>,
    ) -> Typed {
        let decided = self.condition_of(condition);
        let (a, b) = (self.expr(then), self.expr(otherwise));
        let Some(decided) = decided else { return Typed::Broken };
        self.no_manual(decided, &condition.span, "`?:`");
        match (a, b) {
            (Typed::Broken, _) | (_, Typed::Broken) => Typed::Broken,
            (Typed::Truth(a), Typed::Truth(b)) => {
                self.no_manual(a, &then.span, "`?:`");
                self.no_manual(b, &otherwise.span, "`?:`");
                Typed::Truth(self.graph.choose(decided, a, b))
            }
            (Typed::Number(a, ma), Typed::Number(b, mb)) if ma == mb => {
                Typed::Number(self.graph.intern_num(Num::Choose(decided, a, b)), ma)
            }
            (Typed::Date(a), Typed::Date(b)) => {
                Typed::Date(self.graph.intern_num(Num::Choose(decided, a, b)))
            }
            (Typed::Code(a, la), Typed::Code(b, lb))
                if la.is_none() || lb.is_none() || la == lb =>
            {
                let tree = CodeTree::Choose(decided, Box::new(a), Box::new(b));
                Typed::Code(tree, la.or(lb))
            }
            (a, b) => self.broken(
                span,
                "wrong_type",
                format!("the branches differ: {} and {}", a.name(), b.name()),
                "give both branches the same type",
            ),
        }
    }
}

fn positions(list: &CodeList) -> impl Iterator<Item = u8> + use<> {
    (0..list.len()).filter_map(|position| u8::try_from(position).ok())
}

fn compare_help(left: &Typed, right: &Typed) -> &'static str {
    match (left, right) {
        (Typed::Date(_), _) | (_, Typed::Date(_)) => {
            "write days as `date(\"2026-01-31\")`; use age(…) or months_since(…) for lengths"
        }
        (Typed::Facts(_), _) | (_, Typed::Facts(_)) => "ask holds(…), had(…), count(…) or sum(…)",
        (Typed::Members(..), _) | (_, Typed::Members(..)) => "use count(…), .exists(…) or .all(…)",
        (Typed::Set(_), _) | (_, Typed::Set(_)) => "ask `\"code\" in set_field`",
        (Typed::Truth(_), _) | (_, Typed::Truth(_)) => {
            "a condition stands alone, without a comparison; `!` before it negates it"
        }
        (Typed::Number(..), Typed::Code(..)) | (Typed::Code(..), Typed::Number(..)) => {
            "write numbers without and codes with quotes, each as the field is"
        }
        _ => "give both sides the same type",
    }
}
