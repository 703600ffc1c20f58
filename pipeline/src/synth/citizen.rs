//! How each field of a citizen's dossier follows from the person and the
//! household, in the terms of dossiers: one arm a field, by its name in the
//! catalogue.

use super::draw::Draw;
use super::life::whole;
use super::means::precise;
use super::person::{Home, Person};
use super::town::Town;
use super::value::{Fact, Value};
use super::day;

/// What a field is asked about.
pub(super) struct Subject<'a> {
    pub town: &'a Town,
    pub person: &'a Person,
    pub home: &'a Home,
    pub known_at: i32,
}

/// Gives the value of a field so many periods back; 1 is the last one.
pub(super) type Getter = fn(&Subject<'_>, usize) -> Value;

fn flag(value: bool) -> Value {
    Value::Bool(value)
}

/// The getter of a field; `None` for a field this generator does not know.
pub(super) fn getter(name: &str) -> Option<Getter> {
    identity(name).or_else(|| school(name)).or_else(|| work(name)).or_else(|| insurance(name)).or_else(|| support(name)).or_else(|| housing(name)).or_else(|| land(name)).or_else(|| spending(name))
}

fn identity(name: &str) -> Option<Getter> {
    Some(match name {
        "resident_id" => |s, _| Value::Text(s.person.id.clone()),
        "birth_date" => |s, _| Value::Day(s.person.birth),
        "death_date" => |s, _| Value::day(s.person.death),
        "deceased" => |s, _| flag(!s.person.alive()),
        "sex" => |s, _| Value::Code(if s.person.female { "female" } else { "male" }),
        "nationality" => |_, _| Value::Code("cn"),
        "ethnicity" => |s, _| Value::Code(s.person.ethnicity),
        "marital_status" => |s, _| Value::Code(s.person.marital),
        "hukou_region" => |s, _| Value::Region(s.person.hukou),
        "hukou_kind" => |s, _| Value::Code(if s.person.hukou_urban { "urban" } else { "rural" }),
        "hukou_since" => |s, _| Value::Day((s.person.birth + if s.person.age > 22 { noise(s, "hukou").day(0, 7_000) } else { 20 }).max(day::of(1958, 1, 9)).min(s.known_at)),
        "household_role" => |s, _| Value::Code(s.person.role),
        "residence_region" => |s, _| Value::Region(s.person.residence),
        "residence_since" => |s, _| Value::when(s.person.residence != s.person.hukou, Value::Day(s.person.residence_since)),
        "residence_permit_until" => |s, _| held(s, "residence_permit").map_or(Value::Absent, |permit| Value::day(permit.to)),
        "lawful_birth" => |s, _| Value::when(s.person.birth >= day::of(1996, 1, 1), flag(true)),
        "only_child" => |s, _| deducts(s, flag(only_child(s))),
        "veteran_kind" => |s, _| Value::Code(s.person.veteran),
        "discharged_on" => |s, _| Value::day(s.person.discharged),
        "retirement_pay" => |s, _| Value::when(s.person.veteran == "retired_monthly", Value::Money(noise(s, "pay").range(60, 130) * 10_000)),
        "missing_since" => |s, _| Value::day(s.person.missing_since),
        _ => return None,
    })
}

fn noise(subject: &Subject<'_>, name: &str) -> Draw {
    subject.person.noise(name)
}

fn held<'a>(subject: &Subject<'a>, code: &str) -> Option<&'a Fact> {
    subject.person.certificates.iter().find(|fact| fact.code == code)
}

fn only_child(subject: &Subject<'_>) -> bool {
    match subject.person.mother {
        Some(mother) => subject.town.people[mother].children.len() == 1 && noise(subject, "only").chance(0.85),
        None => noise(subject, "only").chance(0.2),
    }
}

/// Whether the person has handed in particulars for tax deductions.
fn deducts(subject: &Subject<'_>, value: Value) -> Value {
    let person = subject.person;
    Value::when(person.alive() && person.status == "employed" && person.noise("deducts").chance(0.8), value)
}

/// A pupil or student.
fn pupil(subject: &Subject<'_>, value: Value) -> Value {
    Value::when(subject.person.at_school(), value)
}

fn tertiary(person: &Person) -> bool {
    matches!(person.stage, "undergraduate" | "junior_college" | "postgraduate")
}

fn school(name: &str) -> Option<Getter> {
    Some(match name {
        "education" => |s, _| Value::when(s.person.age >= 16, Value::Code(s.person.education)),
        "degree" => |s, _| graduate(s, Value::Code(match s.person.education {
            "doctor" => "doctor",
            "master" => "master",
            "bachelor" => "bachelor",
            _ => "none",
        })),
        "graduated_on" => |s, _| Value::day(s.person.graduated),
        "graduation_year" => |s, _| match s.person.graduated {
            Some(on) => Value::Int(i64::from(day::year(on))),
            None if tertiary(s.person) => Value::Int(i64::from(day::year(expected(s)))),
            None => Value::Absent,
        },
        "expected_graduation_on" => |s, _| Value::when(tertiary(s.person), Value::Day(expected(s))),
        "school_region" | "graduated_school_region" => |s, _| Value::when(s.person.at_school() || s.person.graduated.is_some(), Value::Region(if tertiary(s.person) || s.person.graduated.is_some() { s.person.hukou } else { s.person.residence })),
        "enrolment_stage" => |s, _| Value::Code(s.person.stage),
        "enrolment_grade" => |s, _| pupil(s, Value::Int(s.person.grade)),
        "kindergarten_last_year" => |s, _| Value::when(s.person.stage == "kindergarten", flag(s.person.grade == 3)),
        "school_ownership" => |s, _| Value::Code(if s.person.at_school() { ownership(s) } else { "none" }),
        "full_time" => |s, _| pupil(s, flag(!tertiary(s.person) || noise(s, "full_time").chance(0.96))),
        "student_hardship" => |s, _| Value::Code(if s.person.at_school() && (s.home.poor || noise(s, "hardship").chance(0.06)) {
            noise(s, "grade").weighted(&[("special", 30.0), ("difficult", 40.0), ("general", 30.0)]).unwrap_or("general")
        } else {
            "none"
        }),
        "academic_rank_share" => |s, _| Value::when(tertiary(s.person), Value::Decimal(noise(s, "rank").range(1, 1_000) * 1_000)),
        "student_loan" => |s, _| flag(s.person.loans.iter().any(|loan| loan.code == "student")),
        "student_loan_amount" => |s, _| s.person.loans.iter().find(|loan| loan.code == "student").and_then(|loan| loan.amount).map_or(Value::Absent, Value::Money),
        "overseas_student" => |s, _| Value::when(s.person.graduated.is_some(), flag(noise(s, "overseas").chance(0.03))),
        _ => return None,
    })
}

fn graduate(subject: &Subject<'_>, value: Value) -> Value {
    Value::when(subject.person.graduated.is_some(), value)
}

/// The summer in which a student leaves.
fn expected(subject: &Subject<'_>) -> i32 {
    let length = if subject.person.stage == "undergraduate" { 4 } else { 3 };
    let left = i32::try_from(length - subject.person.grade).unwrap_or(0).max(0);
    let (year, month, _) = day::parts(subject.known_at);
    day::of(if month >= 9 { year + 1 } else { year } + left, 6, 30)
}

/// Half of all kindergarten children and a tenth of pupils are in private
/// schools (Ministry of Education, 2023; approximate).
fn ownership(subject: &Subject<'_>) -> &'static str {
    let private = if subject.person.stage == "kindergarten" { 0.42 } else { 0.1 };
    let draw = &mut noise(subject, "ownership");
    match (draw.chance(private), draw.chance(0.02)) {
        (false, _) => "public",
        (true, false) => "private_approved",
        (true, true) => "private_unapproved",
    }
}

fn is(subject: &Subject<'_>, status: &str) -> bool {
    subject.person.alive() && subject.person.status == status
}

fn work(name: &str) -> Option<Getter> {
    Some(match name {
        "employment_status" => |s, _| Value::when(s.person.age >= 16, Value::Code(s.person.status)),
        "unemployed_since" => |s, _| Value::day(s.person.unemployed_since),
        "involuntary_unemployment" => |s, _| Value::when(is(s, "unemployed"), flag(noise(s, "involuntary").chance(0.75))),
        "job_seeking" => |s, _| flag(is(s, "unemployed") && noise(s, "seeking").chance(0.85)),
        "job_refusals" => |s, _| Value::when(is(s, "unemployed"), Value::Int(noise(s, "refusals").weighted(&[(0, 80.0), (1, 13.0), (3, 7.0)]).unwrap_or(0))),
        "employment_difficulty" => |s, _| flag(s.person.difficulty_on.is_some()),
        "employment_difficulty_on" => |s, _| Value::day(s.person.difficulty_on),
        "flexible_employment" => |s, _| flag(s.person.flexible_on.is_some()),
        "flexible_employment_on" => |s, _| Value::day(s.person.flexible_on),
        "flexible_subsidy_months" => |s, _| Value::when(s.person.flexible_on.is_some(), Value::Int(subsidised(s))),
        "flexible_subsidy_since" => |s, _| Value::when(subsidised(s) > 0, Value::Day(day::add_months(s.known_at, -i32::try_from(subsidised(s)).unwrap_or(0)))),
        "unemployed_before_hire" => |s, _| Value::when(is(s, "employed") && s.known_at - s.person.job_since < 400, flag(noise(s, "before").chance(0.35))),
        "contract_months" => |s, _| Value::when(s.person.employer.is_some(), Value::Int(s.person.contract_months)),
        "work_region" => |s, _| deducts(s, Value::Region(s.person.residence)),
        "homes_in_work_city" => |s, _| deducts(s, Value::Int(s.home.owned)),
        "self_employed_on" => |s, _| Value::day(s.person.self_employed_on),
        "startup_first" => |s, _| flag(s.person.self_employed_on.is_some() && noise(s, "first").chance(0.8)),
        "startup_hires_12m" => |s, _| started(s, Value::Int(noise(s, "startup_hires").range(0, 4))),
        "jobs_created" => |s, _| started(s, Value::Int(noise(s, "jobs").range(0, 9))),
        "partners" => |s, _| started(s, Value::Int(noise(s, "partners").weighted(&[(1, 80.0), (2, 15.0), (3, 5.0)]).unwrap_or(1))),
        "returned_on" => |s, _| Value::when(returned(s), Value::day(s.person.self_employed_on.map(|on| on - 60))),
        "returned_migrant" => |s, _| flag(returned(s)),
        "business_region" => |s, _| started(s, Value::Region(s.person.residence)),
        "startup_loan" => |s, _| s.person.loans.iter().find(|loan| loan.code == "startup_guarantee").and_then(|loan| loan.amount).map_or(Value::Absent, Value::Money),
        "zero_employment_household" => |s, _| flag(is(s, "unemployed") && workless(s)),
        "unemployment_benefit_active" => |s, _| flag(s.person.benefits.iter().any(|paid| paid.code == "unemployment_benefit" && paid.to.is_none())),
        "skill_level" => |s, _| Value::when(s.person.age >= 16, Value::Code(s.person.skill)),
        "skill_certified_on" => |s, _| Value::day(s.person.skill_on),
        "skill_subsidised_level" => |s, _| Value::when(s.person.age >= 16, Value::Code("none")),
        "d_class_talent" => |s, _| flag(held(s, "d_class_talent").is_some()),
        _ => return None,
    })
}

fn started(subject: &Subject<'_>, value: Value) -> Value {
    Value::when(subject.person.self_employed_on.is_some(), value)
}

fn returned(subject: &Subject<'_>) -> bool {
    subject.person.self_employed_on.is_some() && !subject.person.hukou_urban && noise(subject, "returned").chance(0.3)
}

fn workless(subject: &Subject<'_>) -> bool {
    let busy = |&member: &usize| matches!(subject.town.people[member].status, "employed" | "self_employed" | "flexible" | "farmer" | "military");
    !subject.home.members.iter().any(busy)
}

/// Months of insurance subsidy a flexible worker has had.
fn subsidised(subject: &Subject<'_>) -> i64 {
    let Some(on) = subject.person.flexible_on.filter(|_| subject.person.insured()) else { return 0 };
    let most = i64::from(day::months_between(on, subject.known_at)).min(40);
    if noise(subject, "subsidised").chance(0.4) { noise(subject, "months").range(0, most) } else { 0 }
}

/// Whether the employees' insurance knows the person.
fn pays(subject: &Subject<'_>) -> bool {
    subject.person.alive() && subject.person.insured() && subject.person.continuous_months > 0
}

fn resident_scheme(subject: &Subject<'_>) -> bool {
    let person = subject.person;
    person.age >= 16 && person.alive() && !person.insured() && !matches!(person.status, "student" | "military") && person.noise("resident").chance(0.8)
}

fn insurance(name: &str) -> Option<Getter> {
    Some(match name {
        "insurance_region" => |s, _| Value::when(s.person.insured(), Value::Region(s.person.residence)),
        "insured_since" => |s, _| Value::day(s.person.insured_since),
        "pension_months" => |s, _| adult(s, Value::Int(s.person.insured_months)),
        "pension_scheme" => |s, _| adult(s, Value::Code(if s.person.insured() { "employee" } else if resident_scheme(s) { "resident" } else { "none" })),
        "pension_insurance_active" => |s, _| flag(pays(s) || resident_scheme(s)),
        "resident_pension_months" => |s, _| adult(s, Value::Int(if resident_scheme(s) { noise(s, "resident_months").range(1, 16) * 12 } else { 0 })),
        "resident_pension_enrolled" => |s, _| flag(resident_scheme(s)),
        "unemployment_insurance_months" => |s, _| adult(s, Value::Int(s.person.insured_months * 9 / 10)),
        "insured_months_continuous" => |s, _| adult(s, Value::Int(s.person.continuous_months)),
        "contribution_paid_month" | "personal_insurance_paid" => |s, _| adult(s, Value::Money(if pays(s) { base(s) / 200 * 21 } else { 0 })),
        "employer_insurance_paid" => |s, _| adult(s, Value::Money(if pays(s) && s.person.employer.is_some() { base(s) / 4 } else { 0 })),
        "contribution_base" => |s, _| Value::when(pays(s), Value::Money(base(s))),
        "flexible_insurance_paid" => |s, _| Value::when(pays(s) && s.person.flexible_on.is_some(), Value::Money(base(s) / 100 * 28)),
        "retired" => |s, _| flag(s.person.status == "retired"),
        "retirement_date" => |s, _| Value::when(s.person.age >= 40, Value::Day(s.person.retirement)),
        "basic_pension_receiving" => |s, _| flag(s.person.status == "retired" && s.person.alive()),
        "pension_amount_month" => |s, _| Value::when(s.person.status == "retired" && s.person.alive(), Value::Money(s.person.income / 12 / 100 * 100)),
        "medical_insurance_active" => |s, _| flag(s.person.alive() && noise(s, "medical").chance(0.95)),
        "medical_insurance_kind_employee" => |s, _| flag(s.person.insured()),
        "maternity_insurance_months" => |s, _| adult(s, Value::Int(if s.person.employer.is_some() { s.person.continuous_months } else { 0 })),
        "medical_own_cost" => |s, _| Value::Money(whole(noise(s, "cost").lognormal(90_000.0, 1.2).min(1e8))),
        "childbirth_on" => |s, _| Value::day(s.person.childbirth),
        "difficult_birth" => |s, _| Value::when(s.person.childbirth.is_some(), flag(noise(s, "difficult").chance(0.4))),
        "newborns" => |s, _| Value::when(s.person.childbirth.is_some(), Value::Int(if noise(s, "twins").chance(0.02) { 2 } else { 1 })),
        "employer_average_wage" => |s, _| Value::when(s.person.childbirth.is_some() && s.person.employer.is_some(), Value::Money(s.person.employer.map_or(0, |firm| s.town.firms[firm].mean_wage))),
        "housing_fund_months" => |s, _| Value::when(fund(s), Value::Int(s.person.continuous_months)),
        "housing_fund_active" => |s, _| flag(fund(s)),
        "housing_fund_region" => |s, _| Value::when(fund(s), Value::Region(s.person.residence)),
        "work_injury_care" => |s, _| flag(s.person.employer.is_some() && s.person.disability.is_some_and(|(_, level)| level <= 2) && noise(s, "injury").chance(0.15)),
        _ => return None,
    })
}

fn adult(subject: &Subject<'_>, value: Value) -> Value {
    Value::when(subject.person.age >= 16 && !matches!(subject.person.status, "student"), value)
}

/// Contribution base: the wage, or a common lower bound of about 4 900 yuan
/// for those who pay for themselves (varies by province; approximate).
fn base(subject: &Subject<'_>) -> i64 {
    (if subject.person.wage > 0 { subject.person.wage } else { 490_000 }).clamp(420_000, 3_500_000)
}

/// Housing fund: about 180 million persons pay in, 40% of urban workers (2024).
fn fund(subject: &Subject<'_>) -> bool {
    is(subject, "employed") && subject.person.noise("fund").chance(0.55)
}

fn support(name: &str) -> Option<Getter> {
    Some(match name {
        "annual_income" => |s, back| Value::when(back == 1 && s.person.age >= 16 && s.person.income > 0, Value::Money(s.person.income / 100 * 100)),
        "household_income" => |s, back| Value::when(back == 1, Value::Money(s.home.income)),
        "household_size" => |s, back| Value::when(back == 1, Value::Int(s.home.alive)),
        "household_assets_ok" => |s, back| Value::when(back == 1, flag(s.home.assets_ok)),
        "household_medical_expense" => |s, back| Value::when(back == 1, Value::Money(s.home.medical)),
        "private_pension_paid" => |s, back| {
            let joins = is(s, "employed") && s.person.income > 9_600_000 && noise(s, "private_pension").chance(0.3);
            Value::when(back == 1 && joins, Value::Money(noise(s, "private_paid").range(1, 12) * 100_000))
        },
        "welfare_status" => |s, _| Value::Code(welfare(s)),
        "welfare_since" => |s, _| Value::when(welfare(s) != "none", Value::Day((s.known_at - noise(s, "welfare").day(60, 2_500)).max(s.person.birth))),
        "illness_poverty" => |s, _| flag(welfare(s) == "expenditure_poverty"),
        "no_income_source" => |s, _| flag(s.person.income == 0 && s.person.age >= 16),
        "able_supporter" => |s, _| flag(welfare(s) != "extreme_poverty"),
        "concentrated_support" => |s, _| flag(welfare(s) == "extreme_poverty" && noise(s, "concentrated").chance(0.3)),
        "poverty_alleviated" => |s, _| flag(s.home.alleviated),
        "poverty_monitored" => |s, _| flag(s.home.alleviated && s.home.poor && noise(s, "monitored").chance(0.5)),
        "orphan_status" => |s, _| Value::Code(orphan(s)),
        "only_child_died_or_disabled" => |s, _| flag(bereaved(s).is_some()),
        "only_child_died" => |s, _| flag(bereaved(s) == Some(true)),
        "disability_category" => |s, _| Value::Code(s.person.disability.map_or("none", |(category, _)| category)),
        "disability_level" => |s, _| Value::Int(s.person.disability.map_or(0, |(_, level)| level)),
        "long_term_care_needed" => |s, _| flag(s.person.disability.is_some_and(|(_, level)| level == 1) || s.person.disability.is_some_and(|(_, level)| level == 2) && noise(s, "long_term").chance(0.5)),
        "care_level" => |s, _| s.person.care.map_or(Value::Absent, |(level, _)| Value::Code(level)),
        "care_assessed_on" => |s, _| Value::day(s.person.care.map(|(_, on)| on)),
        _ => return None,
    })
}

fn welfare(subject: &Subject<'_>) -> &'static str {
    if subject.person.alive() { subject.home.welfare } else { "none" }
}

/// Minors whose parents are dead or gone. Most minors without a parent in the
/// register simply have parents elsewhere.
fn orphan(subject: &Subject<'_>) -> &'static str {
    let person = subject.person;
    let dead = |parent: Option<usize>| parent.is_some_and(|parent| !subject.town.people[parent].alive());
    if person.age >= 18 {
        return "none";
    }
    match (dead(person.mother), dead(person.father)) {
        (true, true) => "orphan",
        (true, false) | (false, true) if noise(subject, "unattended").chance(0.4) => "de_facto_unattended",
        _ => "none",
    }
}

/// Whether the only child of a parent past 49 has died (`true`) or is severely disabled.
fn bereaved(subject: &Subject<'_>) -> Option<bool> {
    let person = subject.person;
    let [child] = person.children.as_slice() else { return None };
    let child = &subject.town.people[*child];
    let severe = child.disability.is_some_and(|(_, level)| level <= 3);
    match (person.age >= 49 && person.alive(), child.alive()) {
        (true, false) => Some(true),
        (true, true) if severe => Some(false),
        _ => None,
    }
}

fn housing(name: &str) -> Option<Getter> {
    Some(match name {
        "home_owned" => |s, _| Value::Int(if s.person.role == "head" { s.home.owned } else { 0 }),
        "living_area_per_head" => |s, _| Value::Decimal(s.home.area_per_head),
        "living_area" => |s, _| Value::Decimal(s.home.area_per_head * s.home.alive),
        "public_rental" => |s, _| flag(s.person.role == "head" && s.home.public_rental),
        "housing_queue" => |s, _| flag(s.person.role == "head" && s.home.queue),
        "rent_registered" => |s, _| flag(lease(s).is_some()),
        "lease_region" => |s, _| Value::when(lease(s).is_some(), Value::Region(s.person.residence)),
        "lease_until" => |s, _| Value::when(lease(s).is_some(), Value::Day(s.known_at + noise(s, "until").day(20, 340))),
        "monthly_rent" => |s, _| lease(s).map_or(Value::Absent, Value::Money),
        _ => return None,
    })
}

/// The rent of a lease that is on file.
fn lease(subject: &Subject<'_>) -> Option<i64> {
    subject.home.rent.filter(|_| subject.person.role == "head" && subject.person.alive() && subject.person.noise("lease").chance(0.7))
}

fn land(name: &str) -> Option<Getter> {
    Some(match name {
        "farmland_area" => |s, back| farm(s, Value::when(back == 1, Value::Decimal(s.home.farmland))),
        "planted_area" => |s, back| farm(s, Value::when(back == 1, Value::Decimal(whole(precise(s.home.farmland) * noise(s, "planted").unit() / 10_000.0) * 10_000))),
        "farmland_region" => |s, back| farm(s, Value::when(back == 1, Value::Region(s.person.residence))),
        "farmland_excluded_area" => |s, back| farm(s, Value::when(back == 1, Value::Decimal(if noise(s, "excluded").chance(0.1) { s.home.farmland / 10 / 10_000 * 10_000 } else { 0 }))),
        "planted_seasons" => |s, back| farm(s, Value::when(back == 1, Value::Int(noise(s, "seasons").range(1, 2)))),
        _ => return None,
    })
}

/// The head of a farming household.
fn farm(subject: &Subject<'_>, value: Value) -> Value {
    Value::when(subject.person.role == "head" && subject.home.farmland > 0, value)
}

fn car(subject: &Subject<'_>, kind: &str) -> Value {
    Value::day(subject.person.vehicles.iter().filter(|car| car.code == kind).map(|car| car.from).min())
}

/// The last purchase among some kinds.
fn bought<'a>(subject: &Subject<'a>, digital: bool) -> Option<&'a Fact> {
    let fits = |fact: &&Fact| matches!(fact.code, "phone" | "tablet" | "watch" | "glasses") == digital;
    subject.person.purchases.iter().filter(fits).max_by_key(|fact| fact.from)
}

fn borrowed<'a>(subject: &Subject<'a>) -> Option<&'a Fact> {
    subject.person.loans.iter().filter(|loan| loan.code.starts_with("consumer")).max_by_key(|loan| loan.from)
}

fn spending(name: &str) -> Option<Getter> {
    Some(match name {
        "petrol_car_registered_on" => |s, _| car(s, "petrol_car"),
        "diesel_car_registered_on" => |s, _| car(s, "diesel_car"),
        "other_car_registered_on" => |s, _| car(s, "other_car"),
        "nev_car_registered_on" => |s, _| car(s, "nev_car"),
        "old_car_kind" => |s, _| s.person.trade.as_ref().map_or(Value::Absent, |t| Value::Code(t.old_kind)),
        "old_car_registered_on" | "old_car_held_since" => |s, _| Value::day(s.person.trade.as_ref().map(|t| t.old_since)),
        "old_car_disposal" => |s, _| s.person.trade.as_ref().map_or(Value::Absent, |t| Value::Code(t.disposal)),
        "old_car_disposed_on" => |s, _| Value::day(s.person.trade.as_ref().filter(|t| t.disposal != "none").map(|t| t.disposed_on)),
        "new_car_kind" => |s, _| s.person.trade.as_ref().map_or(Value::Absent, |t| Value::Code(t.new_kind)),
        "new_car_bought_on" => |s, _| Value::day(s.person.trade.as_ref().map(|t| t.bought_on)),
        "new_car_price" => |s, _| s.person.trade.as_ref().map_or(Value::Absent, |t| Value::Money(t.price)),
        "new_car_tax_base" => |s, _| s.person.trade.as_ref().map_or(Value::Absent, |t| Value::Money(t.price * 100 / 113)),
        "new_car_displacement" => |s, _| s.person.trade.as_ref().map_or(Value::Absent, |t| Value::Decimal(if t.new_kind == "nev_car" { 0 } else { [1_400_000, 1_500_000, 2_000_000][usize::try_from(t.price / 100 % 3).unwrap_or(0)] })),
        "new_car_listed" => |s, _| s.person.trade.as_ref().map_or(Value::Absent, |t| flag(t.new_kind == "nev_car")),
        "appliance_class" => |s, _| bought(s, false).map_or(Value::Absent, |fact| Value::Code(fact.code)),
        "appliance_price" => |s, _| bought(s, false).and_then(|fact| fact.amount).map_or(Value::Absent, Value::Money),
        "appliance_bought_on" => |s, _| Value::day(bought(s, false).map(|fact| fact.from)),
        "appliance_energy_grade" => |s, _| Value::Int(noise(s, "energy").weighted(&[(1, 72.0), (2, 20.0), (3, 8.0)]).unwrap_or(1)),
        "digital_class" => |s, _| bought(s, true).map_or(Value::Absent, |fact| Value::Code(fact.code)),
        "digital_price" => |s, _| bought(s, true).and_then(|fact| fact.amount).map_or(Value::Absent, Value::Money),
        "digital_bought_on" => |s, _| Value::day(bought(s, true).map(|fact| fact.from)),
        "consumer_loan_amount" => |s, _| borrowed(s).and_then(|loan| loan.amount).map_or(Value::Absent, Value::Money),
        "consumer_loan_on" => |s, _| Value::day(borrowed(s).map(|loan| loan.from)),
        "consumer_loan_purpose" => |s, _| {
            let kinds = [("daily", 40.0), ("home", 15.0), ("car", 15.0), ("electronics", 8.0), ("education", 7.0), ("culture_tourism", 6.0), ("health", 5.0), ("elder_birth", 2.0), ("other", 2.0)];
            noise(s, "purpose").weighted(&kinds).map_or(Value::Absent, Value::Code)
        },
        "consumer_loan_rate" => |s, _| Value::Decimal(noise(s, "rate").range(30, 90) * 1_000),
        "consumer_loan_card" => |s, _| flag(noise(s, "card").chance(0.15)),
        _ => return None,
    })
}

/// The dated things behind a `facts` field.
pub(super) fn facts<'a>(name: &str, person: &'a Person) -> Option<&'a [Fact]> {
    Some(match name {
        "certificates" => &person.certificates,
        "vehicles" => &person.vehicles,
        "purchases" => &person.purchases,
        "loans" => &person.loans,
        "blacklists" => &person.blacklists,
        "training" => &person.training,
        "situations" => &person.situations,
        "hardships" => &person.hardships,
        "benefits" => &person.benefits,
        _ => return None,
    })
}

/// The other ends of a relation, with its first and last day.
pub(super) fn edges(name: &str, subject: &Subject<'_>) -> Option<Vec<(String, i32, Option<i32>)>> {
    let people = &subject.town.people;
    Some(match name {
        "children" => subject.person.children.iter().map(|&child| (people[child].id.clone(), people[child].birth, None)).collect(),
        "spouse" => subject.person.spouse.iter().map(|&spouse| (people[spouse].id.clone(), subject.person.married_on, None)).collect(),
        _ => return None,
    })
}
