//! Taxes: sales by month for VAT, tax of a year, and the standing of the payer.

use super::{Getter, Subject, files, noise};
use crate::synth::day;
use crate::synth::draw::Draw;
use crate::synth::firm::Firm;
use crate::synth::life::whole;
use crate::synth::means::precise;
use crate::synth::value::Value;

/// The getter of a field.
pub(super) fn getter(name: &str) -> Option<Getter> {
    vat(name).or_else(|| yearly(name)).or_else(|| standing(name))
}

/// Sales and credits by filing period.
fn vat(name: &str) -> Option<Getter> {
    Some(match name {
        "vat_sales_month" | "vat_sales_12m" => {
            |s, back| Value::when(files_vat(s, back), Value::Money(month_sales(s.firm, back)))
        }
        "vat_sales_quarter" => |s, back| {
            Value::when(
                files_vat(s, back),
                Value::Money((back..back + 3).map(|month| month_sales(s.firm, month)).sum()),
            )
        },
        "vat_input_credit" => |s, back| {
            Value::when(
                files_vat(s, back) && s.firm.general_vat,
                Value::Money(month_sales(s.firm, back) / 12),
            )
        },
        "vat_filing_period" => |s, _| {
            Value::when(
                s.firm.files(),
                Value::Code(if s.firm.general_vat { "month" } else { "quarter" }),
            )
        },
        "vat_payer_kind" => |s, _| {
            Value::when(
                s.firm.files(),
                Value::Code(if s.firm.general_vat { "general" } else { "small_scale" }),
            )
        },
        _ => return None,
    })
}

fn month_sales(firm: &Firm, back: usize) -> i64 {
    let mut draw = Draw::new(firm.seed ^ 0x5A1E, firm.index, u64::try_from(back).unwrap_or(0));
    // Individual businesses sell about 20 000 yuan a month and head (approximate).
    let base = if firm.revenue[1] > 0 {
        precise(firm.revenue[1]) / 12.0
    } else {
        precise(firm.employees) * 2_000_000.0
    };
    whole(base * (0.8 + 0.4 * draw.unit()) / 100.0) * 100
}

fn files_vat(subject: &Subject<'_>, back: usize) -> bool {
    let firm = subject.firm;
    let months = day::months_between(firm.established, subject.known_at);
    firm.files() && firm.status == "active" && i32::try_from(back).is_ok_and(|back| back <= months)
}

/// Taxes of a year.
fn yearly(name: &str) -> Option<Getter> {
    Some(match name {
        "taxable_income" => |s, back| {
            files(
                s,
                Value::when(
                    (1..4).contains(&back) && s.firm.revenue[back.min(3)] > 0,
                    Value::Money(taxable(s.firm, back)),
                ),
            )
        },
        "tax_paid" | "tax_paid_2y_ago" => |s, back| {
            files(
                s,
                Value::when(
                    (1..4).contains(&back) && s.firm.revenue[back.min(3)] > 0,
                    Value::Money(
                        (taxable(s.firm, back) / 20).max(0) + s.firm.revenue[back.min(3)] / 50,
                    ),
                ),
            )
        },
        "six_taxes_payable" => |s, back| {
            files(
                s,
                Value::when(
                    (1..4).contains(&back) && s.firm.revenue[back.min(3)] > 0,
                    Value::Money(s.firm.revenue[back.min(3)] / 400),
                ),
            )
        },
        _ => return None,
    })
}

fn taxable(firm: &Firm, back: usize) -> i64 {
    let share = precise(firm.profit) / precise(firm.revenue[1].max(1));
    whole(precise(firm.revenue[back.min(3)]) * share)
}

/// How the tax office sees the payer.
fn standing(name: &str) -> Option<Getter> {
    Some(match name {
        "tax_credit_grade" => |s, _| {
            let grades = if s.firm.age(s.known_at) < 1 {
                [("m", 95.0), ("b", 0.0), ("a", 0.0), ("c", 0.0), ("d", 5.0)]
            } else {
                [("b", 58.0), ("m", 22.0), ("a", 11.0), ("c", 5.0), ("d", 4.0)]
            };
            files(s, noise(s, "grade").weighted(&grades).map_or(Value::Absent, Value::Code))
        },
        "tax_method" => |s, _| {
            let books = s.firm.kind != "individual_business" || noise(s, "method").chance(0.25);
            Value::when(s.firm.files(), Value::Code(if books { "by_books" } else { "assessed" }))
        },
        "restricted_trade" => |s, _| {
            Value::Bool(s.firm.blacklists.iter().any(|listed| listed.code == "restricted_industry"))
        },
        _ => return None,
    })
}
