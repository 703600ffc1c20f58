//! How each field of an enterprise's dossier follows from the enterprise, in
//! the terms of dossiers: one arm a field, by its name in the catalogue.
//! Accounts, taxes, staff and innovation have files of their own.

mod accounts;
mod innovation;
mod staff;
mod taxes;

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
        .or_else(|| accounts::getter(name))
        .or_else(|| taxes::getter(name))
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
