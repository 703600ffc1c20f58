//! Accounts: income and balance, outlays, output, loans and investments.

use super::{Getter, Subject, files, noise, ratio, tech};
use crate::synth::day;
use crate::synth::firm::Firm;
use crate::synth::life::whole;
use crate::synth::means::precise;
use crate::synth::value::{Fact, Value};

/// The getter of a field.
pub(super) fn getter(name: &str) -> Option<Getter> {
    books(name)
        .or_else(|| growth(name))
        .or_else(|| outlays(name))
        .or_else(|| production(name))
        .or_else(|| equity(name))
        .or_else(|| loans(name))
}

/// Income, cost and balance of a year.
fn books(name: &str) -> Option<Getter> {
    Some(match name {
        "revenue" | "revenue_2y_ago" | "revenue_3y_ago" | "revenue_3y" => {
            |s, back| files(s, year_money(&s.firm.revenue, back))
        }
        "main_business_income" | "main_business_income_3y" => |s, back| {
            let share = main_share(s.firm);
            let amount = s.firm.revenue.get(back).copied().unwrap_or(0);
            files(s, Value::when(amount > 0, Value::Money(whole(precise(amount) * share))))
        },
        "main_business_share" => |s, _| tech(s, |firm| ratio(main_share(firm))),
        "total_assets" => |s, back| files(s, Value::when(back == 1, Value::Money(s.firm.assets))),
        "total_liabilities" => {
            |s, back| files(s, Value::when(back == 1, Value::Money(s.firm.liabilities)))
        }
        "net_profit" => {
            |s, back| files(s, Value::when(back == 1, Value::Money(s.firm.profit * 4 / 5)))
        }
        "cost_total" => |s, back| {
            files(
                s,
                Value::when(back == 1, Value::Money((s.firm.revenue[1] - s.firm.profit).max(0))),
            )
        },
        _ => return None,
    })
}

fn year_money(series: &[i64; 4], back: usize) -> Value {
    series
        .get(back)
        .filter(|amount| **amount > 0)
        .map_or(Value::Absent, |amount| Value::Money(*amount))
}

fn main_share(firm: &Firm) -> f64 {
    let share = firm.noise("main_share").range(if firm.tech > 0 { 62 } else { 45 }, 100);
    precise(share) / 100.0
}

/// Mean yearly growth over the last two years.
fn growth(name: &str) -> Option<Getter> {
    Some(match name {
        "revenue_cagr_2y" => |s, _| {
            above_scale(s, |firm| {
                Value::when(
                    firm.revenue[3] > 0,
                    ratio(
                        (precise(firm.revenue[1]) / precise(firm.revenue[3].max(1))).sqrt() - 1.0,
                    ),
                )
            })
        },
        "main_income_growth_2y" => |s, _| {
            tech(s, |firm| {
                Value::when(
                    firm.revenue[3] > 0,
                    ratio(
                        (precise(firm.revenue[1]) / precise(firm.revenue[2].max(1))
                            + precise(firm.revenue[2]) / precise(firm.revenue[3].max(1)))
                            / 2.0
                            - 1.0,
                    ),
                )
            })
        },
        _ => return None,
    })
}

/// What it spends on research, assets and energy.
fn outlays(name: &str) -> Option<Getter> {
    Some(match name {
        "rd_expense" | "rd_expense_2y_ago" | "rd_expense_3y" => {
            |s, back| tech(s, |firm| year_money(&firm.rd, back))
        }
        "rd_expense_domestic_3y" => |s, back| {
            tech(s, |firm| year_money(&firm.rd.map(|amount| amount / 1_000_000 * 950_000), back))
        },
        "fixed_asset_investment" => |s, back| {
            above_scale(s, |firm| {
                Value::when(back == 1, Value::Money(round_wan(precise(firm.revenue[1]) * 0.08)))
            })
        },
        "equipment_investment" => |s, back| {
            above_scale(s, |firm| {
                Value::when(back == 1, Value::Money(round_wan(precise(firm.revenue[1]) * 0.05)))
            })
        },
        "planned_investment" => |s, _| {
            tech(s, |firm| {
                Value::Money(round_wan(precise(firm.revenue[1]) * 0.3 * noise(s, "plan").unit()))
            })
        },
        "energy_use" => |s, back| {
            above_scale(s, |firm| {
                Value::when(
                    back == 1,
                    Value::Decimal(
                        whole(precise(firm.revenue[1]) / 100_000_000.0 * 60.0) * 1_000_000,
                    ),
                )
            })
        },
        _ => return None,
    })
}

fn round_wan(fen: f64) -> i64 {
    whole(fen / 1_000_000.0) * 1_000_000
}

/// Output, exports, and whether it counts as above scale.
fn production(name: &str) -> Option<Getter> {
    Some(match name {
        "industrial_output_quarter" => |s, back| output(s, back, 1.0),
        "industrial_output_quarter_year_ago" => |s, back| {
            output(
                s,
                back,
                1.0 / (precise(s.firm.revenue[1]) / precise(s.firm.revenue[2].max(1)))
                    .clamp(0.5, 2.0),
            )
        },
        "export_value" => |s, back| {
            Value::when(
                back == 1
                    && s.firm.section == 'C'
                    && s.firm.files()
                    && noise(s, "export").chance(0.25),
                Value::Money(round_wan(
                    precise(s.firm.revenue[1]) * 0.3 * noise(s, "share").unit(),
                )),
            )
        },
        "above_scale" => |s, _| Value::Bool(is_above(s)),
        "above_scale_since" => |s, _| {
            Value::when(
                is_above(s),
                Value::Day(
                    (s.firm.established + 400 + noise(s, "above").day(0, 800))
                        .min(s.known_at - 30)
                        .max(day::of(1998, 1, 1)),
                ),
            )
        },
        _ => return None,
    })
}

/// Industrial units above 20 million yuan of revenue are "above scale"
/// (规模以上, since 2011); services are taken alike here.
fn is_above(subject: &Subject<'_>) -> bool {
    let firm = subject.firm;
    firm.files()
        && firm.kind == "company"
        && firm.revenue[1] >= 2_000_000_000
        && firm.revenue[2] > 0
}

fn above_scale(subject: &Subject<'_>, value: impl FnOnce(&Firm) -> Value) -> Value {
    if is_above(subject) { value(subject.firm) } else { Value::Absent }
}

fn output(subject: &Subject<'_>, back: usize, factor: f64) -> Value {
    if !is_above(subject) || !matches!(subject.firm.section, 'B' | 'C' | 'D') || back > 4 {
        return Value::Absent;
    }
    Value::Money(whole(precise(subject.firm.revenue[1]) / 4.0 * factor / 100_000.0) * 100_000)
}

/// Capital taken in, and put into others.
fn equity(name: &str) -> Option<Getter> {
    Some(match name {
        "equity_financing_2y" => |s, _| {
            tech(s, |_| {
                Value::when(
                    noise(s, "equity").chance(0.15),
                    Value::Money(round_wan(noise(s, "equity2").lognormal(8e8, 0.8))),
                )
            })
        },
        "equity_financing_3y" => |s, _| {
            tech(s, |_| {
                Value::when(
                    noise(s, "equity").chance(0.15),
                    Value::Money(
                        round_wan(noise(s, "equity2").lognormal(8e8, 0.8))
                            + if noise(s, "equity3").chance(0.4) { 300_000_000 } else { 0 },
                    ),
                )
            })
        },
        "venture_investment" => {
            |s, _| invested(s).and_then(|made| made.amount).map_or(Value::Absent, Value::Money)
        }
        "venture_invested_on" => |s, _| Value::day(invested(s).map(|made| made.from)),
        _ => return None,
    })
}

/// The investment in an unlisted high-tech enterprise.
fn invested<'a>(subject: &Subject<'a>) -> Option<&'a Fact> {
    subject.firm.investments.iter().find(|made| made.code == "unlisted_high_tech_sme")
}

/// Loans it has taken.
fn loans(name: &str) -> Option<Getter> {
    Some(match name {
        "loan_balance" => |_, _| Value::Absent,
        "fixed_asset_loan" => |s, _| {
            lent(s, "fixed_asset").and_then(|loan| loan.amount).map_or(Value::Absent, Value::Money)
        },
        "fixed_asset_loan_drawn_on" => {
            |s, _| Value::day(lent(s, "fixed_asset").map(|loan| loan.from))
        }
        "service_loan" => |s, _| {
            lent(s, "service").and_then(|loan| loan.amount).map_or(Value::Absent, Value::Money)
        },
        "service_loan_signed_on" => |s, _| Value::day(lent(s, "service").map(|loan| loan.from - 6)),
        _ => return None,
    })
}

/// The last loan of a kind.
fn lent<'a>(subject: &Subject<'a>, code: &str) -> Option<&'a Fact> {
    subject.firm.loans.iter().filter(|loan| loan.code == code).max_by_key(|loan| loan.from)
}
