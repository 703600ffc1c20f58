//! How each field of an enterprise's dossier follows from the enterprise, in
//! the terms of dossiers: one arm a field, by its name in the catalogue.
//! Staff and innovation have files of their own.

mod innovation;
mod staff;

use super::day;
use super::draw::Draw;
use super::firm::Firm;
use super::life::whole;
use super::means::precise;
use super::town::Town;
use super::value::{Fact, Value};

/// What a field is asked about.
pub(super) struct Subject<'a> {
    pub town: &'a Town,
    pub firm: &'a Firm,
    pub known_at: i32,
}

/// Gives the value of a field so many periods back; 1 is the last one.
pub(super) type Getter = fn(&Subject<'_>, usize) -> Value;

fn ratio(part: f64) -> Value {
    Value::Decimal(whole(part * 10_000.0) * 100)
}

fn noise(subject: &Subject<'_>, name: &str) -> Draw {
    subject.firm.noise(name)
}

fn year_money(series: &[i64; 4], back: usize) -> Value {
    series
        .get(back)
        .filter(|amount| **amount > 0)
        .map_or(Value::Absent, |amount| Value::Money(*amount))
}

fn tech(subject: &Subject<'_>, value: impl FnOnce(&Firm) -> Value) -> Value {
    if subject.firm.tech > 0 && subject.firm.files() { value(subject.firm) } else { Value::Absent }
}

fn score(subject: &Subject<'_>, name: &str, low: i64, high: i64) -> Value {
    tech(subject, |firm| {
        Value::Decimal(
            firm.noise(name).range(low * 10, (high * 10) - 1) * 100_000
                + i64::from(firm.tech) * 4_000_000,
        )
    })
}

/// The getter of a field; `None` for a field this generator does not know.
pub(super) fn getter(name: &str) -> Option<Getter> {
    identity(name)
        .or_else(|| accounts(name))
        .or_else(|| taxes(name))
        .or_else(|| staff::getter(name))
        .or_else(|| innovation::getter(name))
}

fn identity(name: &str) -> Option<Getter> {
    Some(match name {
        "uscc" => |s, _| Value::Text(s.firm.code.clone()),
        "enterprise_name" => |s, _| Value::Text(company_name(s.firm)),
        "entity_kind" => |s, _| Value::Code(s.firm.kind),
        "ownership" => |s, _| Value::Code(s.firm.ownership),
        "registration_status" => |s, _| Value::Code(s.firm.status),
        "registration_region" | "business_region" | "tax_region" => {
            |s, _| Value::Region(s.firm.county)
        }
        "insurance_region" => |s, _| {
            Value::when(
                s.firm.insured > 0 && s.firm.status != "deregistered",
                Value::Region(s.firm.county),
            )
        },
        "zones" => |s, _| Value::List(s.firm.zones.clone()),
        "established_on" => |s, _| Value::Day(s.firm.established),
        "industry" => |s, _| Value::Text(s.firm.industry.clone()),
        "industries" => |s, _| {
            Value::List(std::iter::once(&s.firm.industry).chain(&s.firm.further).cloned().collect())
        },
        "business_scope" => |s, _| Value::Text(scope(s.firm)),
        "registered_capital" => |s, _| Value::Money(s.firm.capital),
        "paid_in_capital" => |s, _| {
            Value::Money(
                whole(precise(s.firm.capital) / 1_000_000.0 * noise(s, "paid_in").unit())
                    * 1_000_000,
            )
        },
        "listed" => |s, _| Value::Bool(s.firm.listed),
        "main_field_since" => |s, _| {
            tech(s, |firm| {
                Value::Day(
                    firm.established
                        + noise(s, "field").day(0, 500).min((s.known_at - firm.established) / 2),
                )
            })
        },
        "industry_chains" => {
            |s, _| tech(s, |firm| Value::List(chain(firm).into_iter().map(str::to_owned).collect()))
        }
        "labour_dispatch" => {
            |s, _| Value::when(insured(s), Value::Bool(s.firm.industry.starts_with("726")))
        }
        _ => return None,
    })
}

fn insured(subject: &Subject<'_>) -> bool {
    subject.firm.insured > 0 && subject.firm.status == "active"
}

/// The industrial chain behind a class, where there is an obvious one.
fn chain(firm: &Firm) -> Option<&'static str> {
    Some(match firm.industry.get(..2)? {
        "27" => "medicine",
        "34" => "robot",
        "35" => "medical_device",
        "36" => "nev",
        "37" => "rail",
        "38" => "nev",
        "39" => "display",
        "40" => "instrument",
        "65" => "basic_software",
        "73" | "75" => "producer_service",
        _ => return None,
    })
}

fn company_name(firm: &Firm) -> String {
    const FIRST: &[&str] = &[
        "恒", "瑞", "博", "华", "新", "启", "云", "远", "嘉", "泰", "联", "盛", "天", "宏", "永",
        "金", "中", "锐", "思", "晨",
    ];
    const SECOND: &[&str] = &[
        "达", "源", "辰", "创", "科", "峰", "越", "信", "丰", "禾", "通", "腾", "海", "诚", "润",
        "程", "邦", "迪", "泽", "康",
    ];
    let mut draw = firm.noise("name");
    let trade = match firm.section {
        'A' => "农业",
        'C' => "制造",
        'E' => "建设",
        'F' => "商贸",
        'G' => "物流",
        'H' => "餐饮",
        'I' => "信息技术",
        'M' => "科技",
        'P' => "教育",
        'Q' => "健康",
        _ => "服务",
    };
    let form = match firm.kind {
        "individual_business" => "店",
        "cooperative" => "专业合作社",
        "partnership" | "sole_proprietorship" => "中心",
        "public_institution" => "中心站",
        "social_group" => "协会",
        "private_non_enterprise" => "服务社",
        "foundation" => "基金会",
        "law_firm" => "律师事务所",
        "branch" => "有限公司分公司",
        _ => "有限公司",
    };
    let first = draw.pick(FIRST).copied().unwrap_or_default();
    let second = draw.pick(SECOND).copied().unwrap_or_default();
    // The number makes names that look real but stand for nobody.
    format!("示例{first}{second}{:04}{trade}{form}", firm.index % 10_000)
}

fn scope(firm: &Firm) -> String {
    match firm.section {
        'A' => "农产品种植、初加工、销售".to_owned(),
        'C' => format!("第{}类产品的研发、制造、销售；货物进出口", firm.industry),
        'F' => "日用百货批发、零售；互联网销售".to_owned(),
        'I' | 'M' => "技术开发、技术咨询、技术服务、技术转让".to_owned(),
        _ => "依法须经批准的项目除外，凭营业执照自主开展经营活动".to_owned(),
    }
}

fn files(subject: &Subject<'_>, value: Value) -> Value {
    Value::when(subject.firm.files() && subject.firm.kind != "individual_business", value)
}

fn accounts(name: &str) -> Option<Getter> {
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
        "venture_investment" => {
            |s, _| invested(s).and_then(|made| made.amount).map_or(Value::Absent, Value::Money)
        }
        "venture_invested_on" => |s, _| Value::day(invested(s).map(|made| made.from)),
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

/// The last loan of a kind.
fn lent<'a>(subject: &Subject<'a>, code: &str) -> Option<&'a Fact> {
    subject.firm.loans.iter().filter(|loan| loan.code == code).max_by_key(|loan| loan.from)
}

/// The investment in an unlisted high-tech enterprise.
fn invested<'a>(subject: &Subject<'a>) -> Option<&'a Fact> {
    subject.firm.investments.iter().find(|made| made.code == "unlisted_high_tech_sme")
}

fn main_share(firm: &Firm) -> f64 {
    let share = firm.noise("main_share").range(if firm.tech > 0 { 62 } else { 45 }, 100);
    precise(share) / 100.0
}

fn round_wan(fen: f64) -> i64 {
    whole(fen / 1_000_000.0) * 1_000_000
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

fn taxes(name: &str) -> Option<Getter> {
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

fn taxable(firm: &Firm, back: usize) -> i64 {
    let share = precise(firm.profit) / precise(firm.revenue[1].max(1));
    whole(precise(firm.revenue[back.min(3)]) * share)
}

/// The dated things behind a `facts` field.
pub(super) fn facts<'a>(name: &str, firm: &'a Firm) -> Option<&'a [Fact]> {
    Some(match name {
        "certificates" => &firm.certificates,
        "awards" => &firm.awards,
        "rd_bodies" => &firm.rd_bodies,
        "blacklists" => &firm.blacklists,
        "incidents" => &firm.incidents,
        "penalties" => &firm.penalties,
        "benefits" => &firm.benefits,
        "loans" => &firm.loans,
        "equity_investments" => &firm.investments,
        "purchases" => &firm.purchases,
        _ => return None,
    })
}

/// The other ends of a relation, with its first and last day.
pub(super) fn edges(name: &str, subject: &Subject<'_>) -> Option<Vec<(String, i32, Option<i32>)>> {
    let people = &subject.town.people;
    Some(match name {
        "hires" => subject
            .firm
            .workers
            .iter()
            .map(|&worker| {
                let person = &people[worker];
                let months = i32::try_from(person.contract_months).unwrap_or(36);
                let held = day::months_between(person.job_since, subject.known_at);
                let until = day::add_months(person.job_since, (held / months + 1) * months) - 1;
                (person.id.clone(), person.job_since, Some(until))
            })
            .collect(),
        "owners" => subject
            .firm
            .owners
            .iter()
            .map(|&(owner, since, until)| (people[owner].id.clone(), since, until))
            .collect(),
        "legal_representative" => subject
            .firm
            .leader
            .iter()
            .map(|&(leader, since)| (people[leader].id.clone(), since, None))
            .collect(),
        _ => return None,
    })
}
