//! Exact numbers in SQL: a numerator and a positive denominator, each a wide
//! integer. Multiplications and sums whose operands could leave the wide type
//! are checked, the others are plain, so that usual rules stay readable.

use super::dialect::{Bind, Dialect, Sql};
use crate::rules::ir::Op;

/// A whole number in SQL with the largest magnitude it can have.
#[derive(Debug, Clone)]
pub(super) enum Whole {
    Const(i128),
    Text(Sql, u128),
}

/// A quotient; it is unknown where either part is `NULL`.
#[derive(Debug, Clone)]
pub(super) struct Quotient {
    pub(super) num: Whole,
    pub(super) den: Whole,
}

impl Whole {
    pub(super) fn sql(&self, dialect: Dialect) -> Sql {
        match self {
            Whole::Const(value) => dialect.integer(*value),
            Whole::Text(text, _) => text.clone(),
        }
    }

    fn size(&self) -> u128 {
        match self {
            Whole::Const(value) => value.unsigned_abs(),
            Whole::Text(_, size) => *size,
        }
    }

    fn unknown(dialect: Dialect) -> Whole {
        Whole::Text(dialect.unknown(dialect.wide()), 0)
    }

    fn multiply(&self, other: &Whole, dialect: Dialect) -> Whole {
        match (self, other) {
            (Whole::Const(a), Whole::Const(b)) => {
                a.checked_mul(*b).map_or_else(|| Whole::unknown(dialect), Whole::Const)
            }
            (Whole::Const(1), other) | (other, Whole::Const(1)) => other.clone(),
            _ => self.apply(other, '*', self.size().checked_mul(other.size()), dialect),
        }
    }

    fn plus(&self, other: &Whole, dialect: Dialect) -> Whole {
        if let (Whole::Const(a), Whole::Const(b)) = (self, other) {
            return a.checked_add(*b).map_or_else(|| Whole::unknown(dialect), Whole::Const);
        }
        self.apply(other, '+', self.size().checked_add(other.size()), dialect)
    }

    fn minus(&self, other: &Whole, dialect: Dialect) -> Whole {
        if let (Whole::Const(a), Whole::Const(b)) = (self, other) {
            return a.checked_sub(*b).map_or_else(|| Whole::unknown(dialect), Whole::Const);
        }
        self.apply(other, '-', self.size().checked_add(other.size()), dialect)
    }

    fn apply(&self, other: &Whole, symbol: char, size: Option<u128>, dialect: Dialect) -> Whole {
        let (left, right) = (self.sql(dialect), other.sql(dialect));
        match size.filter(|size| *size <= dialect.limit()) {
            Some(size) => {
                let bind = if symbol == '*' { Bind::Product } else { Bind::Sum };
                Whole::Text(Sql::binary(bind, &left, &symbol.to_string(), &right), size)
            }
            None => Whole::Text(dialect.checked(&left, symbol, &right), dialect.limit() + 1),
        }
    }

    /// By cases; wide even where every branch is a literal.
    fn case(branches: &[(Sql, Whole)], otherwise: Option<&Whole>, dialect: Dialect) -> Whole {
        let parts = || branches.iter().map(|(_, part)| part).chain(otherwise);
        let constants = parts().all(|part| matches!(part, Whole::Const(_)));
        if let Some(Whole::Const(first)) = parts().next()
            && parts().all(|part| matches!(part, Whole::Const(value) if value == first))
        {
            return Whole::Const(*first);
        }
        let size = parts().map(Whole::size).max().unwrap_or(0);
        let cases: Vec<(Sql, Sql)> =
            branches.iter().map(|(when, part)| (when.clone(), part.sql(dialect))).collect();
        let text = Sql::case(&cases, otherwise.map(|part| part.sql(dialect)).as_ref());
        Whole::Text(if constants { dialect.widened(&text) } else { text }, size)
    }

    /// The opposite.
    fn opposite(&self, dialect: Dialect) -> Whole {
        Whole::Const(0).minus(self, dialect)
    }
}

impl Quotient {
    pub(super) fn literal(num: i128, den: i128) -> Quotient {
        Quotient { num: Whole::Const(num), den: Whole::Const(den) }
    }

    /// A text of the wide type over a constant.
    pub(super) fn over(text: Sql, size: u128, den: i128) -> Quotient {
        Quotient { num: Whole::Text(text, size), den: Whole::Const(den) }
    }

    pub(super) fn unknown(dialect: Dialect) -> Quotient {
        Quotient { num: Whole::unknown(dialect), den: Whole::Const(1) }
    }

    /// With its texts changed.
    pub(super) fn each(self, change: impl Fn(Sql) -> Sql) -> Quotient {
        let part = |part| match part {
            Whole::Text(text, size) => Whole::Text(change(text), size),
            constant @ Whole::Const(_) => constant,
        };
        Quotient { num: part(self.num), den: part(self.den) }
    }

    pub(super) fn plus(&self, other: &Quotient, dialect: Dialect) -> Quotient {
        self.combine(other, dialect, Whole::plus)
    }

    pub(super) fn minus(&self, other: &Quotient, dialect: Dialect) -> Quotient {
        self.combine(other, dialect, Whole::minus)
    }

    fn combine(
        &self,
        other: &Quotient,
        dialect: Dialect,
        apply: fn(&Whole, &Whole, Dialect) -> Whole,
    ) -> Quotient {
        let same =
            |_: ()| Quotient { num: apply(&self.num, &other.num, dialect), den: self.den.clone() };
        let crossed = |_: ()| Quotient {
            num: apply(
                &self.num.multiply(&other.den, dialect),
                &other.num.multiply(&self.den, dialect),
                dialect,
            ),
            den: self.den.multiply(&other.den, dialect),
        };
        match self.same_den(other, dialect) {
            Ok(true) => same(()),
            Ok(false) => crossed(()),
            Err(equal) => Quotient::chosen(&equal, &same(()), &crossed(()), dialect),
        }
    }

    /// Whether the denominators are equal: known now, or a test in SQL.
    fn same_den(&self, other: &Quotient, dialect: Dialect) -> Result<bool, Sql> {
        match (&self.den, &other.den) {
            (Whole::Const(a), Whole::Const(b)) => Ok(a == b),
            (a, b) => Err(Sql::compare(&a.sql(dialect), "=", &b.sql(dialect))),
        }
    }

    /// One or the other by a test; unknown while the test is.
    fn chosen(test: &Sql, then: &Quotient, otherwise: &Quotient, dialect: Dialect) -> Quotient {
        let tests = [test.clone(), test.negated()];
        let pick = |a: &Whole, b: &Whole| {
            let [yes, no] = tests.clone();
            Whole::case(&[(yes, a.clone()), (no, b.clone())], None, dialect)
        };
        Quotient { num: pick(&then.num, &otherwise.num), den: pick(&then.den, &otherwise.den) }
    }

    /// By a three-valued condition: while it is unknown, known where both agree.
    pub(super) fn choose(
        condition: &Sql,
        then: &Quotient,
        otherwise: &Quotient,
        dialect: Dialect,
    ) -> Quotient {
        let equal = then.compare(Op::Equal, otherwise, dialect);
        let pick = |a: &Whole, b: &Whole| {
            let branches = [
                (condition.clone(), a.clone()),
                (condition.negated(), b.clone()),
                (equal.clone(), a.clone()),
            ];
            Whole::case(&branches, None, dialect)
        };
        let num = pick(&then.num, &otherwise.num);
        Quotient { num, den: pick(&then.den, &otherwise.den) }
    }

    /// The smaller (`Op::Less`) or the larger (`Op::Greater`).
    pub(super) fn extreme(&self, wanted: Op, other: &Quotient, dialect: Dialect) -> Quotient {
        let test = self.compare(wanted, other, dialect);
        Quotient::chosen(&test, self, other, dialect)
    }

    pub(super) fn times(&self, other: &Quotient, dialect: Dialect) -> Quotient {
        Quotient {
            num: self.num.multiply(&other.num, dialect),
            den: self.den.multiply(&other.den, dialect),
        }
    }

    /// The quotient of two; the sign of the divisor moves to the numerator.
    pub(super) fn by(&self, other: &Quotient, dialect: Dialect) -> Quotient {
        let num = self.num.multiply(&other.den, dialect);
        let den = self.den.multiply(&other.num, dialect);
        let (divisor, size) = match den {
            Whole::Const(0) => return Quotient::unknown(dialect),
            Whole::Const(den) if den > 0 => return Quotient { num, den: Whole::Const(den) },
            Whole::Const(den) => (dialect.integer(den), den.unsigned_abs()),
            Whole::Text(text, size) => (text, size),
        };
        let negative = Sql::compare(&divisor, "<", &Sql::tight("0"));
        let num = Whole::case(&[(negative, num.opposite(dialect))], Some(&num), dialect);
        let magnitude = match dialect {
            Dialect::DuckDb if size > dialect.limit() => format!("TRY(abs({}))", divisor.text),
            _ => format!("abs({})", divisor.text),
        };
        let den = Whole::Text(Sql::tight(format!("NULLIF({magnitude}, 0)")), size);
        Quotient { num, den }
    }

    /// The largest whole number not above, unless it leaves 64 bits.
    pub(super) fn floor(&self, dialect: Dialect) -> Quotient {
        let (num, size) = match (&self.num, &self.den) {
            (Whole::Const(num), Whole::Const(den)) => {
                return match i64::try_from(num.div_euclid(*den)) {
                    Ok(value) => Quotient::literal(i128::from(value), 1),
                    Err(_) => Quotient::unknown(dialect),
                };
            }
            (num, Whole::Const(1)) => (num.sql(dialect), num.size()),
            (num, den) => (dialect.floored(&num.sql(dialect), &den.sql(dialect)), num.size()),
        };
        if size < 1 << 63 {
            return Quotient::over(num, size, 1);
        }
        let fitting = dialect.cast_or_unknown(&num, "BIGINT");
        Quotient::over(dialect.widened(&fitting), 1 << 63, 1)
    }

    /// A comparison by cross multiplication.
    pub(super) fn compare(&self, op: Op, other: &Quotient, dialect: Dialect) -> Sql {
        let plain =
            |a: &Whole, b: &Whole| Sql::compare(&a.sql(dialect), symbol(op), &b.sql(dialect));
        let left = self.num.multiply(&other.den, dialect);
        let right = other.num.multiply(&self.den, dialect);
        let crossed = plain(&left, &right);
        match self.same_den(other, dialect) {
            Ok(true) => plain(&self.num, &other.num),
            Ok(false) => crossed,
            Err(_) if left.size().max(right.size()) <= dialect.limit() => crossed,
            Err(equal) => {
                let same = plain(&self.num, &other.num);
                Sql::case(&[(equal.clone(), same), (equal.negated(), crossed)], None)
            }
        }
    }
}

/// The comparison as SQL writes it.
pub(super) fn symbol(op: Op) -> &'static str {
    match op {
        Op::Equal => "=",
        Op::NotEqual => "<>",
        other => other.symbol(),
    }
}
