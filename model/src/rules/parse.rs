//! Text to syntax tree. The `cel` crate parses; this file keeps the subset we
//! support, joins the spans of operators with those of their operands, and
//! reads decimals from the literal's own text, so that no float ever enters.
//!
//! Left out: names and types (`check`).

mod words;

use std::ops::Range;

use cel::common::ast::{CallExpr, ComprehensionExpr, Expr as CelExpr, LiteralValue, SourceInfo};
use cel::parser::{Expression, Parser};

use crate::{domain::Number, rules::ir::Op};

/// Deepest nesting of an expression.
const MAX_DEPTH: u16 = 64;

/// Longest chain of operators between two `&&`, `||` or commas.
const MAX_CHAIN: usize = 200;

/// Longest expression in bytes.
const MAX_LENGTH: usize = 20_000;

/// A syntax tree with byte spans into the expression's text.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Range<usize>,
}

/// The supported forms.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// `true`, `false`
    Bool(bool),
    /// A number, exact.
    Number(Number2),
    /// A string.
    Text(String),
    /// A bare name.
    Name(String),
    /// `c.birth_date`
    Member(Box<Expr>, String),
    /// `[…]`
    List(Vec<Expr>),
    /// `name(…)`
    Call(String, Vec<Expr>),
    /// `text.contains("…")`
    Method(Box<Expr>, String, Vec<Expr>),
    /// `!x`
    Not(Box<Expr>),
    /// `-x`
    Negate(Box<Expr>),
    /// `a && b`
    And(Box<Expr>, Box<Expr>),
    /// `a || b`
    Or(Box<Expr>, Box<Expr>),
    /// A comparison.
    Compare(Op, Box<Expr>, Box<Expr>),
    /// `x in list`
    In(Box<Expr>, Box<Expr>),
    /// `+ - * /`
    Arithmetic(Arithmetic, Box<Expr>, Box<Expr>),
    /// `c ? a : b`
    Choose(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `list.exists(c, …)` and its kin.
    Each(Each, Box<Expr>, String, Box<Expr>),
}

/// A literal number as numerator and denominator (a power of ten).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number2(pub i128, pub i128);

impl Number2 {
    /// The exact number.
    #[must_use]
    pub fn number(self) -> Number {
        Number::ratio(self.0, self.1).unwrap_or(Number::ZERO)
    }
}

/// `+ - * /`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arithmetic {
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    Div,
}

/// What is done with the members of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Each {
    /// Some member passes.
    Exists,
    /// Every member passes.
    All,
    /// The members that pass.
    Filter,
}

/// What is wrong with the text of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseFault {
    /// Where, in bytes.
    pub span: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// Parses one expression; on failure every fault found.
///
/// # Errors
/// Syntax errors, and forms of CEL outside the supported subset.
pub fn parse(text: &str) -> Result<Expr, Vec<ParseFault>> {
    if text.len() > MAX_LENGTH {
        return Err(vec![fault(
            0..first_symbol(text),
            format!("the expression is longer than {MAX_LENGTH} bytes"),
            "split it into several conditions",
        )]);
    }
    let shape = measure(text).map_err(|fault| vec![fault])?;
    let too_much = if shape.depth > usize::from(MAX_DEPTH) {
        Some(format!("the expression nests deeper than {MAX_DEPTH} levels"))
    } else if shape.chain > MAX_CHAIN {
        Some(format!("the expression strings more than {MAX_CHAIN} operators together"))
    } else {
        None
    };
    if let Some(message) = too_much {
        let help = "split it into several conditions";
        return Err(vec![fault(0..first_symbol(text), message, help)]);
    }
    let parser = Parser::new().max_recursion_depth(MAX_DEPTH + 8);
    match parser.parse_with_source_info(text) {
        Ok((expression, info)) => {
            let mut convert = Convert { text, info: &info, faults: Vec::new() };
            let expr = convert.expr(&expression);
            if convert.faults.is_empty() { Ok(expr) } else { Err(convert.faults) }
        }
        Err(errors) => Err(words::syntax_faults(
            errors
                .errors
                .iter()
                .map(|error| {
                    let at = byte_of(text, error.pos.0, error.pos.1);
                    let length = text.get(at..).and_then(|rest| rest.chars().next());
                    let end = at + length.map_or(0, char::len_utf8);
                    (at..end, error.msg.trim_start_matches("Syntax error: "))
                })
                .collect(),
            text,
        )),
    }
}

/// What the parser's stack depends on, measured before it runs.
#[derive(Debug, Default)]
struct Shape {
    /// Deepest nesting of brackets, signs and choices.
    depth: usize,
    /// Longest chain of operators: the tree becomes that deep.
    chain: usize,
}

/// Measures an expression, strings and comments left out. Only plain strings
/// pass, so that nothing can hide from the count.
fn measure(text: &str) -> Result<Shape, ParseFault> {
    let mut shape = Shape::default();
    let mut prefixes = 0;
    // The chain on each level of brackets.
    let mut chains = vec![0_usize];
    let mut before = ' ';
    let mut symbols = text.char_indices().peekable();
    while let Some((at, symbol)) = symbols.next() {
        let next = symbols.peek().map(|(_, next)| *next);
        match symbol {
            '"' | '\'' => {
                let special = before.is_ascii_alphanumeric();
                let length = string_length(text.get(at..).unwrap_or_default(), symbol);
                let Some(length) = length.filter(|_| !special) else {
                    let span = at..at + 1;
                    return Err(if special {
                        fault(
                            span,
                            "a prefix before a string is not part of the rule language".to_owned(),
                            "use plain quotes",
                        )
                    } else {
                        fault(
                            span,
                            "the quotation is not closed".to_owned(),
                            "close it on the same line, with the same quotation mark",
                        )
                    });
                };
                while symbols.next_if(|(inner, _)| *inner < at + length).is_some() {}
            }
            '/' if next == Some('/') => {
                while symbols.next_if(|(_, inner)| *inner != '\n').is_some() {}
            }
            '&' | '|' | ',' => set_last(&mut chains, |_| 0),
            '(' | '[' | '{' => {
                set_last(&mut chains, |chain| chain + 1);
                chains.push(0);
                shape.depth = shape.depth.max(chains.len() - 1);
            }
            ')' | ']' | '}' if chains.len() > 1 => drop(chains.pop()),
            '+' | '*' | '/' | '%' | '<' | '>' | '.' | '!' | '-' | '?' => {
                prefixes += usize::from(matches!(symbol, '!' | '-' | '?'));
                set_last(&mut chains, |chain| chain + 1);
            }
            '=' if next == Some('=') => set_last(&mut chains, |chain| chain + 1),
            'i' if next == Some('n') && before == ' ' => set_last(&mut chains, |chain| chain + 1),
            _ => {}
        }
        before = symbol;
        shape.chain = shape.chain.max(chains.last().copied().unwrap_or(0));
    }
    shape.depth = shape.depth.max(prefixes / 4);
    Ok(shape)
}

fn set_last(chains: &mut [usize], change: impl Fn(usize) -> usize) {
    if let Some(last) = chains.last_mut() {
        *last = change(*last);
    }
}

/// Bytes of the plain string at the beginning of the text, quotation marks
/// included; `None` where it does not end on its line, or begins with three.
fn string_length(text: &str, open: char) -> Option<usize> {
    let mut symbols = text.char_indices().skip(1);
    while let Some((at, symbol)) = symbols.next() {
        match symbol {
            '\\' => drop(symbols.next()),
            '\n' | '\r' => return None,
            _ if symbol == open => {
                let triple = at == 1 && text.chars().nth(2) == Some(open);
                return (!triple).then_some(at + 1);
            }
            _ => {}
        }
    }
    None
}

/// Bytes of the first symbol.
fn first_symbol(text: &str) -> usize {
    text.chars().next().map_or(0, char::len_utf8)
}

fn fault(span: Range<usize>, message: String, help: &str) -> ParseFault {
    ParseFault { span, message, help: help.to_owned() }
}

/// Byte offset of a 1-based line and column (in characters).
fn byte_of(text: &str, line: isize, column: isize) -> usize {
    let line = usize::try_from(line.max(1)).unwrap_or(1) - 1;
    let column = usize::try_from(column.max(1)).unwrap_or(1) - 1;
    let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let rest = text.get(start..).unwrap_or_default();
    start + rest.chars().take(column).map(char::len_utf8).sum::<usize>()
}

struct Convert<'a> {
    text: &'a str,
    info: &'a SourceInfo,
    faults: Vec<ParseFault>,
}

impl Convert<'_> {
    fn token(&self, id: u64) -> Range<usize> {
        let (start, stop) = self.info.offset_for(id).unwrap_or((0, 0));
        let start = (start as usize).min(self.text.len());
        let stop = (stop as usize + 1).clamp(start, self.text.len());
        start..stop
    }

    fn unsupported(&mut self, span: Range<usize>, what: &str, help: &str) -> ExprKind {
        self.faults.push(fault(span, format!("{what} is not part of the rule language"), help));
        ExprKind::Bool(false)
    }

    fn expr(&mut self, source: &Expression) -> Expr {
        let token = self.token(source.id);
        let kind = match &source.expr {
            CelExpr::Literal(value) => self.literal(value, &token),
            CelExpr::Ident(name) => ExprKind::Name(name.clone()),
            CelExpr::Select(select) if !select.test => {
                let operand = self.expr(&select.operand);
                ExprKind::Member(Box::new(operand), select.field.clone())
            }
            CelExpr::Select(select) => {
                let operand = self.expr(&select.operand);
                let start = token.start.saturating_sub("has".len());
                let end = operand.span.end + ".".len() + select.field.len() + ")".len();
                self.unsupported(
                    start..end.min(self.text.len()),
                    "`has(…)`",
                    "an unknown value makes the condition unknown by itself; leave the test out",
                )
            }
            CelExpr::List(list) => {
                ExprKind::List(list.elements.iter().map(|element| self.expr(element)).collect())
            }
            CelExpr::Call(call) => self.call(call, &token),
            CelExpr::Comprehension(comprehension) => self.each(comprehension, &token),
            CelExpr::Map(_) | CelExpr::Struct(_) => {
                self.unsupported(token.clone(), "a map or structure", "name fields directly")
            }
            CelExpr::Unspecified => {
                self.unsupported(token.clone(), "an empty expression", "write a condition")
            }
        };
        let span = self.cover(&kind, token);
        Expr { kind, span }
    }

    /// The token joined with everything below it, closing bracket included.
    fn cover(&self, kind: &ExprKind, token: Range<usize>) -> Range<usize> {
        let mut span = token;
        let mut widen = |inner: &Range<usize>| {
            span = span.start.min(inner.start)..span.end.max(inner.end);
        };
        let mut closes = None;
        match kind {
            ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::Text(_) | ExprKind::Name(_) => {}
            ExprKind::Member(of, name) => {
                widen(&of.span);
                let end = span.end + name.len();
                span = span.start..end.min(self.text.len());
            }
            ExprKind::Not(a) | ExprKind::Negate(a) => widen(&a.span),
            ExprKind::And(a, b)
            | ExprKind::Or(a, b)
            | ExprKind::Compare(_, a, b)
            | ExprKind::In(a, b)
            | ExprKind::Arithmetic(_, a, b) => {
                widen(&a.span);
                widen(&b.span);
            }
            ExprKind::Choose(a, b, c) => [a, b, c].iter().for_each(|part| widen(&part.span)),
            ExprKind::List(parts) => {
                parts.iter().for_each(|part| widen(&part.span));
                closes = Some(']');
            }
            ExprKind::Call(name, parts) => {
                parts.iter().for_each(|part| widen(&part.span));
                span = span.start.saturating_sub(name.len())..span.end;
                closes = Some(')');
            }
            ExprKind::Method(of, _, parts) => {
                widen(&of.span);
                parts.iter().for_each(|part| widen(&part.span));
                closes = Some(')');
            }
            ExprKind::Each(_, of, _, body) => {
                widen(&of.span);
                widen(&body.span);
                closes = Some(')');
            }
        }
        if let Some(close) = closes {
            let rest = self.text.get(span.end..).unwrap_or_default();
            let blanks: usize =
                rest.chars().take_while(|c| c.is_whitespace()).map(char::len_utf8).sum();
            if rest.trim_start().starts_with(close) {
                span = span.start..span.end + blanks + 1;
            }
        }
        span
    }

    fn literal(&mut self, value: &LiteralValue, token: &Range<usize>) -> ExprKind {
        match value {
            LiteralValue::Boolean(value) => ExprKind::Bool(*value.inner()),
            LiteralValue::Int(value) => ExprKind::Number(Number2(i128::from(*value.inner()), 1)),
            LiteralValue::String(value) => ExprKind::Text(value.inner().to_owned()),
            LiteralValue::Double(value) => {
                let text = self.text.get(token.clone()).unwrap_or_default();
                match decimal(text) {
                    Some(Number2(num, den)) => {
                        let negative = value.inner().is_sign_negative() && num > 0;
                        ExprKind::Number(Number2(if negative { -num } else { num }, den))
                    }
                    None => self.unsupported(
                        token.clone(),
                        &format!("the number `{text}`"),
                        "write at most 18 digits, without an exponent",
                    ),
                }
            }
            LiteralValue::UInt(_) | LiteralValue::Bytes(_) | LiteralValue::Null => self
                .unsupported(
                    token.clone(),
                    "this literal",
                    "use numbers, decimals, strings, true or false",
                ),
        }
    }

    fn call(&mut self, call: &CallExpr, token: &Range<usize>) -> ExprKind {
        if let Some(target) = &call.target {
            let of = Box::new(self.expr(target));
            let args = call.args.iter().map(|arg| self.expr(arg)).collect();
            return ExprKind::Method(of, call.func_name.clone(), args);
        }
        let mut args: Vec<Expr> = call.args.iter().map(|arg| self.expr(arg)).collect();
        match args.len() {
            1 => {
                if let Some(kind) = unary(&call.func_name, &mut args) {
                    return kind;
                }
            }
            2 => {
                if let Some(kind) = binary(&call.func_name, &mut args) {
                    return kind;
                }
            }
            3 if call.func_name == "_?_:_" => {
                let mut parts = args.into_iter().map(Box::new);
                if let (Some(a), Some(b), Some(c)) = (parts.next(), parts.next(), parts.next()) {
                    return ExprKind::Choose(a, b, c);
                }
                return ExprKind::Bool(false);
            }
            _ => {}
        }
        if call.func_name.starts_with(|first: char| !first.is_ascii_alphabetic()) {
            let name = call.func_name.trim_matches('_').to_owned();
            return self.unsupported(
                token.clone(),
                &format!("`{name}`"),
                match name.as_str() {
                    "%" => "write a percentage as a ratio, for example `0.04`",
                    _ => "see docs/rule-language.md for the operators",
                },
            );
        }
        ExprKind::Call(call.func_name.clone(), args)
    }

    /// Recovers `exists`, `all` and `filter` from what the parser made of them.
    fn each(&mut self, source: &ComprehensionExpr, token: &Range<usize>) -> ExprKind {
        let body = match &source.loop_step.expr {
            CelExpr::Call(step) => match (step.func_name.as_str(), step.args.as_slice()) {
                ("_||_", [_, body]) => Some((Each::Exists, body)),
                ("_&&_", [_, body]) => Some((Each::All, body)),
                ("_?_:_", [body, keep, _]) if keeps_member(keep, &source.iter_var) => {
                    Some((Each::Filter, body))
                }
                _ => None,
            },
            _ => None,
        };
        let Some((each, body)) = body.filter(|_| source.iter_var2.is_none()) else {
            return self.unsupported(
                token.clone(),
                "this macro",
                "lists know `exists`, `all`, `filter` and `count(…)`",
            );
        };
        let list = Box::new(self.expr(&source.iter_range));
        let body = Box::new(self.expr(body));
        ExprKind::Each(each, list, source.iter_var.clone(), body)
    }
}

/// Whether the step of a filter keeps the member itself (and is no `map`).
fn keeps_member(step: &Expression, variable: &str) -> bool {
    let CelExpr::Call(add) = &step.expr else { return false };
    let Some(CelExpr::List(list)) = add.args.get(1).map(|arg| &arg.expr) else { return false };
    matches!(list.elements.as_slice(),
        [only] if matches!(&only.expr, CelExpr::Ident(name) if name == variable))
}

fn unary(name: &str, args: &mut Vec<Expr>) -> Option<ExprKind> {
    let make: fn(Box<Expr>) -> ExprKind = match name {
        "!_" => ExprKind::Not,
        "-_" => ExprKind::Negate,
        _ => return None,
    };
    args.pop().map(|arg| make(Box::new(arg)))
}

fn binary(name: &str, args: &mut Vec<Expr>) -> Option<ExprKind> {
    enum Form {
        And,
        Or,
        In,
        Compare(Op),
        Arithmetic(Arithmetic),
    }
    let form = match name {
        "_&&_" => Form::And,
        "_||_" => Form::Or,
        "@in" => Form::In,
        "_==_" => Form::Compare(Op::Equal),
        "_!=_" => Form::Compare(Op::NotEqual),
        "_<_" => Form::Compare(Op::Less),
        "_<=_" => Form::Compare(Op::AtMost),
        "_>_" => Form::Compare(Op::Greater),
        "_>=_" => Form::Compare(Op::AtLeast),
        "_+_" => Form::Arithmetic(Arithmetic::Add),
        "_-_" => Form::Arithmetic(Arithmetic::Sub),
        "_*_" => Form::Arithmetic(Arithmetic::Mul),
        "_/_" => Form::Arithmetic(Arithmetic::Div),
        _ => return None,
    };
    let right = Box::new(args.pop()?);
    let left = Box::new(args.pop()?);
    Some(match form {
        Form::And => ExprKind::And(left, right),
        Form::Or => ExprKind::Or(left, right),
        Form::In => ExprKind::In(left, right),
        Form::Compare(op) => ExprKind::Compare(op, left, right),
        Form::Arithmetic(op) => ExprKind::Arithmetic(op, left, right),
    })
}

/// `0.055` as 55 / 1000, from its own digits.
fn decimal(text: &str) -> Option<Number2> {
    let digits = text.trim_start_matches('-');
    let (whole, part) = digits.split_once('.')?;
    if whole.len() + part.len() > 18 || !digits.chars().all(|c| c.is_ascii_digit() || c == '.') {
        return None;
    }
    let num: i128 = format!("{whole}{part}").parse().ok()?;
    let den = 10_i128.checked_pow(u32::try_from(part.len()).ok()?)?;
    let negative = text.starts_with('-');
    Some(Number2(if negative { -num } else { num }, den))
}
