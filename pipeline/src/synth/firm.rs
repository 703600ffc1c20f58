//! Enterprises: kind, trade, size, accounts and titles; `enterprise` says how
//! each field of a dossier follows from them.
//!
//! An enterprise is drafted before the people of its town and finished after
//! them: who works there, who owns and runs it is known only then. Its staff
//! numbers count all its workers, of whom the register holds a sample.

use super::draw::{Draw, hash};
use super::life::{whole, yuan};
use super::means::precise;
use super::place::Spot;
use super::town::{Town, World};
use super::value::Fact;
use super::{day, marginals, numbers};

/// One enterprise.
#[derive(Default)]
pub(super) struct Firm {
    pub index: u64,
    pub code: String,
    pub kind: &'static str,
    pub section: char,
    pub industry: String,
    pub further: Vec<String>,
    pub ownership: &'static str,
    pub status: &'static str,
    pub city: u32,
    pub county: u32,
    pub zones: Vec<String>,
    pub established: i32,
    /// Fen.
    pub capital: i64,
    pub employees: i64,
    pub insured: i64,
    /// Fen by years back: `[1]` is last year.
    pub revenue: [i64; 4],
    pub rd: [i64; 4],
    pub profit: i64,
    pub assets: i64,
    pub liabilities: i64,
    /// Fen a month.
    pub mean_wage: i64,
    /// How much of an innovator: 0 none, 1 some, 2 much.
    pub tech: u8,
    pub general_vat: bool,
    pub listed: bool,
    pub certificates: Vec<Fact>,
    pub awards: Vec<Fact>,
    pub rd_bodies: Vec<Fact>,
    pub blacklists: Vec<Fact>,
    pub incidents: Vec<Fact>,
    pub penalties: Vec<Fact>,
    pub benefits: Vec<Fact>,
    pub loans: Vec<Fact>,
    pub investments: Vec<Fact>,
    pub purchases: Vec<Fact>,
    /// Positions in the town.
    pub workers: Vec<usize>,
    pub owners: Vec<(usize, i32, Option<i32>)>,
    pub leader: Option<(usize, i32)>,
    /// Hires of the last twelve months and graduates among them, in the register.
    pub recent_hires: i64,
    pub recent_graduates: i64,
    pub disabled_workers: i64,
    pub seed: u64,
}

impl Firm {
    /// Whether it takes on staff at all.
    pub(super) fn hires(&self) -> bool {
        self.status == "active" && self.employees > 0
    }

    /// How likely a worker of the town works here: larger ones more.
    pub(super) fn weight(&self) -> f64 {
        precise(self.employees.min(400)).sqrt()
    }

    /// A stream for one of its cells.
    pub(super) fn noise(&self, name: &str) -> Draw {
        Draw::new(self.seed ^ 0xF1A4, hash(name), self.index)
    }

    /// Years since it was founded, completed.
    pub(super) fn age(&self, known_at: i32) -> i32 {
        day::years_between(self.established, known_at)
    }

    /// Whether it files accounts and taxes as a company does.
    pub(super) fn files(&self) -> bool {
        !matches!(self.kind, "public_institution" | "social_group" | "foundation" | "branch")
            && self.status != "deregistered"
    }
}

/// An enterprise without people.
pub(super) fn draft(world: &World<'_>, index: u64, spot: &Spot) -> Firm {
    let mut draw = Draw::new(world.seed, 10, index);
    let kind = draw.weighted(&marginals::ENTITY_KINDS).unwrap_or("company");
    let section = section(kind, &mut draw);
    let tech = tech(kind, section, &mut draw);
    let industry = match (tech, section) {
        (1.., 'C') => {
            world.places.class_under(&["26", "27", "34", "35", "38", "39", "40"], &mut draw)
        }
        (1.., 'I') => world.places.class_under(&["65"], &mut draw),
        (1.., 'M') => world.places.class_under(&["73", "75"], &mut draw),
        _ => None,
    };
    let industry = industry.unwrap_or_else(|| world.places.industry(section, &mut draw));
    let further =
        if draw.chance(0.4) { vec![world.places.industry(section, &mut draw)] } else { Vec::new() };
    let county = draw.pick(&spot.counties).copied().unwrap_or(spot.city);
    let zones = world.places.zones(spot.city);
    let zones = if draw.chance(if tech > 0 { 0.4 } else { 0.12 }) {
        draw.pick(zones).cloned().into_iter().collect()
    } else {
        Vec::new()
    };
    let mut firm = blank(world, index, kind, section, &mut draw);
    firm.zones = zones;
    firm.industry = industry;
    firm.further = further.into_iter().filter(|other| *other != firm.industry).collect();
    firm.city = spot.city;
    firm.county = county;
    firm.tech = tech;
    accounts(&mut firm, world.known_at, &mut draw);
    // About 5 400 listed companies (2024) among some 60 million; here the larger ones of a sample.
    firm.listed = firm.kind == "company"
        && firm.employees > 60
        && draw.chance(world.rare(0.01, world.enterprises / 12));
    firm
}

fn section(kind: &str, draw: &mut Draw) -> char {
    match kind {
        "cooperative" => 'A',
        "public_institution" => draw.weighted(&[('P', 5.0), ('Q', 3.0), ('N', 1.0)]).unwrap_or('P'),
        "private_non_enterprise" => draw.weighted(&[('P', 6.0), ('Q', 4.0)]).unwrap_or('P'),
        "social_group" | "foundation" => 'S',
        "law_firm" => 'L',
        "individual_business" => draw
            .weighted(&[('F', 52.0), ('H', 18.0), ('O', 12.0), ('G', 8.0), ('C', 6.0), ('A', 4.0)])
            .unwrap_or('F'),
        _ => draw.weighted(&marginals::SECTIONS).unwrap_or('F'),
    }
}

fn tech(kind: &str, section: char, draw: &mut Draw) -> u8 {
    let share = match section {
        'C' => 0.36,
        'I' | 'M' => 0.45,
        _ => 0.0,
    };
    if kind != "company" || !draw.chance(share) { 0 } else { 1 + u8::from(draw.chance(0.35)) }
}

/// The first two characters of a credit code by kind (GB 32100).
fn class(kind: &str) -> &'static str {
    match kind {
        "individual_business" => "92",
        "cooperative" => "93",
        "public_institution" => "12",
        "social_group" => "51",
        "private_non_enterprise" => "52",
        "foundation" => "53",
        "law_firm" => "31",
        _ => "91",
    }
}

/// An enterprise of which only founding, owner and status are known.
fn blank(
    world: &World<'_>,
    index: u64,
    kind: &'static str,
    section: char,
    draw: &mut Draw,
) -> Firm {
    let known_at = world.known_at;
    // Half of all entities are younger than five years (approximate).
    let years = draw.lognormal(4.6, 0.85).clamp(0.1, 40.0);
    let established = known_at - i32::try_from(whole(years * 365.0)).unwrap_or(400);
    let ownership = match kind {
        "public_institution" => "state",
        "company" => draw
            .weighted(&[
                ("private", 89.0),
                ("state", 3.5),
                ("mixed", 3.0),
                ("foreign", 2.0),
                ("hmt", 1.7),
                ("collective", 0.8),
            ])
            .unwrap_or("private"),
        _ => "private",
    };
    let status = draw
        .weighted(&[("active", 93.0), ("suspended", 1.5), ("revoked", 2.0), ("deregistered", 3.5)])
        .unwrap_or("active");
    Firm {
        index,
        code: numbers::enterprise(index, class(kind)),
        kind,
        section,
        ownership,
        status,
        established,
        seed: world.seed,
        ..Firm::default()
    }
}

/// Staff, revenue, assets, profit, research.
fn accounts(firm: &mut Firm, known_at: i32, draw: &mut Draw) {
    let (median, spread) = marginals::firm_size(firm.section);
    let staff = match firm.kind {
        "individual_business" => draw.lognormal(1.9, 0.6),
        "cooperative" | "law_firm" => draw.lognormal(8.0, 0.7),
        _ => draw.lognormal(median * if firm.tech > 0 { 3.0 } else { 1.0 }, spread),
    };
    firm.employees = whole(staff.clamp(1.0, 60_000.0)).max(1);
    let growth = [draw.lognormal(1.05, 0.22), draw.lognormal(1.06, 0.22)];
    let per_head = draw.lognormal(marginals::revenue_per_head(firm.section), 0.7);
    let last = precise(firm.employees) * per_head;
    let series = [0.0, last, last / growth[0], last / growth[0] / growth[1]];
    let first_year = day::year(firm.established);
    for back in 1..4_i32 {
        let slot = usize::try_from(back).unwrap_or(1);
        if day::year(known_at) - back >= first_year {
            firm.revenue[slot] = yuan(series[slot]);
            let share = match firm.tech {
                0 => 0.0,
                1 => 0.045 + 0.03 * draw.unit(),
                _ => 0.055 + 0.09 * draw.unit(),
            };
            firm.rd[slot] = whole(precise(firm.revenue[slot]) * share / 100_000.0) * 100_000;
        }
    }
    let margin = 0.05 + 0.09 * draw.normal();
    firm.profit = whole(precise(firm.revenue[1]) * margin.clamp(-0.35, 0.45));
    firm.assets = yuan(precise(firm.revenue[1].max(2_000_000)) / 100.0 * draw.lognormal(0.8, 0.5));
    firm.liabilities = whole(precise(firm.assets) * (0.25 + 0.55 * draw.unit()) / 100.0) * 100;
    firm.capital = match firm.kind {
        "individual_business" => draw.range(1, 30) * 1_000_000,
        "public_institution" | "social_group" => draw.range(3, 100) * 1_000_000,
        _ => {
            whole(draw.lognormal(2_000_000.0, 1.1).clamp(30_000.0, 2e9) / 10_000.0).max(1)
                * 1_000_000
        }
    };
    firm.general_vat =
        firm.revenue[1] > 500_000_000 || (firm.kind == "company" && draw.chance(0.2));
    firm.insured = if firm.kind == "individual_business" {
        firm.employees / 3
    } else {
        whole(precise(firm.employees) * (0.7 + 0.3 * draw.unit())).max(1)
    };
    firm.mean_wage = yuan(draw.lognormal(if firm.tech > 0 { 9_800.0 } else { 6_200.0 }, 0.3));
}

/// Owners, leaders, titles and events, once the people are there.
pub(super) fn finish(world: &World<'_>, town: &mut Town) {
    own(world, town);
    for place in 0..town.firms.len() {
        let mut draw = Draw::new(world.seed, 11, town.firms[place].index);
        let workers = town.firms[place].workers.clone();
        let recent = |&&worker: &&usize| world.known_at - town.people[worker].job_since < 365;
        let graduate = |&&worker: &&usize| {
            town.people[worker].graduated.is_some_and(|on| world.known_at - on < 800)
        };
        let hires = workers.iter().filter(recent).count();
        let graduates = workers.iter().filter(recent).filter(graduate).count();
        let disabled =
            workers.iter().filter(|&&worker| town.people[worker].disability.is_some()).count();
        let firm = &mut town.firms[place];
        let count = |n: usize| i64::try_from(n).unwrap_or(0);
        firm.recent_hires = count(hires);
        firm.recent_graduates = count(graduates);
        firm.disabled_workers = count(disabled);
        // Staff numbers cover at least those in the register.
        firm.employees = firm.employees.max(count(workers.len()));
        firm.insured = firm.insured.max(count(workers.len())).min(firm.employees);
        titles(world, firm, &mut draw);
        record(world, firm, &mut draw);
        money(world, firm, &mut draw);
    }
}

/// The self-employed of a town own its small enterprises; others have owners
/// among the better off.
fn own(world: &World<'_>, town: &mut Town) {
    let adult =
        |&place: &usize| town.people[place].alive() && (24..=72).contains(&town.people[place].age);
    let adults: Vec<usize> = (0..town.people.len()).filter(adult).collect();
    let mut founders: Vec<usize> = adults
        .iter()
        .copied()
        .filter(|&place| town.people[place].status == "self_employed")
        .collect();
    for place in 0..town.firms.len() {
        let mut draw = Draw::new(world.seed, 12, town.firms[place].index);
        if matches!(town.firms[place].kind, "public_institution" | "branch") {
            continue;
        }
        let small = town.firms[place].employees < 40 && town.firms[place].status == "active";
        let Some(leader) =
            (if small { founders.pop() } else { None }).or_else(|| draw.pick(&adults).copied())
        else {
            continue;
        };
        let grown = day::add_months(town.people[leader].birth, 18 * 12);
        let firm = &mut town.firms[place];
        if small && town.people[leader].self_employed_on.is_some() && firm.established > grown {
            town.people[leader].self_employed_on = Some(firm.established);
        }
        let since = firm.established.max(grown).min(world.known_at - 1);
        firm.leader = Some((leader, since));
        firm.owners.push((leader, since, None));
        let company = matches!(firm.kind, "company" | "partnership" | "cooperative");
        if let Some(partner) =
            draw.pick(&adults).copied().filter(|&partner| company && partner != leader)
        {
            let left = draw.chance(0.1).then(|| draw.day(since, world.known_at));
            firm.owners.push((
                partner,
                since.max(day::add_months(town.people[partner].birth, 18 * 12)),
                left,
            ));
        }
    }
}

/// Certificates, awards and research bodies.
fn titles(world: &World<'_>, firm: &mut Firm, draw: &mut Draw) {
    let known_at = world.known_at;
    let last_year = day::year(known_at) - 1;
    let mut give = |code, from: i32, months: i32| {
        if from > firm.established + 200 {
            firm.certificates.push(Fact::span(code, from, Some(day::add_months(from, months) - 1)));
        }
    };
    let age = day::years_between(firm.established, known_at);
    if firm.tech > 0 && age >= 1 {
        let strong = firm.tech == 2;
        if draw.chance(if strong { 0.7 } else { 0.35 }) {
            give("high_tech", day::of(last_year - draw.day(0, 3), 11, 1) + draw.day(0, 50), 36);
        }
        if draw.chance(0.55) {
            give("tech_sme", day::of(last_year, 5, 1) + draw.day(0, 120), 12);
        }
        if draw.chance(0.3) {
            give("provincial_tech_sme", known_at - draw.day(100, 900), 36);
        }
        if draw.chance(if strong { 0.5 } else { 0.2 }) {
            give("innovative_sme", day::of(last_year - draw.day(0, 2), 9, 1) + draw.day(0, 60), 36);
        }
        if age >= 2 && draw.chance(if strong { 0.4 } else { 0.1 }) {
            give(
                "specialised_sme",
                day::of(last_year - draw.day(0, 2), 10, 1) + draw.day(0, 60),
                36,
            );
        }
        if age >= 3 && strong && draw.chance(0.16) {
            give("little_giant", day::of(last_year - draw.day(0, 2), 7, 1) + draw.day(0, 40), 36);
        }
    }
    if firm.section == 'C' {
        for (code, chance) in [
            ("green_factory", 0.012),
            ("provincial_green_factory", 0.03),
            ("advanced_manufacturing_list", 0.06),
            ("ic_enterprise_list", 0.01),
            ("machine_tool_list", 0.01),
            ("champion", 0.006),
        ] {
            if draw.chance(chance) {
                give(code, known_at - draw.day(60, 700), 36);
            }
        }
    }
    if draw.chance(if firm.section == 'C' { 0.3 } else { 0.05 }) {
        give("iso9001", known_at - draw.day(30, 1_000), 36);
    }
    if firm.section == 'G' && draw.chance(0.6) {
        give("road_transport_permit", known_at - draw.day(60, 1_200), 48);
    }
    awards(world, firm, draw);
}

/// Awards and research bodies.
fn awards(world: &World<'_>, firm: &mut Firm, draw: &mut Draw) {
    let known_at = world.known_at;
    if firm.tech == 2 && draw.chance(world.rare(0.05, world.enterprises / 20)) {
        let code = draw.weighted(&[
            ("provincial_st_award_second", 5.0),
            ("provincial_st_award_top3", 3.0),
            ("national_st_award_top5", 1.0),
        ]);
        firm.awards.push(Fact::span(
            code.unwrap_or("provincial_st_award_second"),
            known_at - draw.day(60, 1_800),
            None,
        ));
    }
    if firm.tech > 0 && draw.chance(world.rare(0.02, world.enterprises / 9)) {
        let code = if draw.chance(0.2) { "maker_china_top50" } else { "maker_china_top500" };
        firm.awards.push(Fact::span(code, known_at - draw.day(60, 1_000), None));
    }
    if firm.tech > 0 && draw.chance(0.22) {
        let code = draw
            .weighted(&[("municipal", 70.0), ("provincial", 27.0), ("national", 3.0)])
            .unwrap_or("municipal");
        firm.rd_bodies.push(Fact::span(code, known_at - draw.day(100, 2_500), None));
    }
}

/// Lists, incidents and penalties.
fn record(world: &World<'_>, firm: &mut Firm, draw: &mut Draw) {
    blacklists(world, firm, draw);
    incidents(world, firm, draw);
    penalties(world, firm, draw);
}

/// A day of the last four years on which the enterprise was there.
fn event_day(world: &World<'_>, firm: &Firm, draw: &mut Draw) -> i32 {
    (world.known_at - draw.day(20, 1_400)).max(firm.established)
}

fn blacklists(world: &World<'_>, firm: &mut Firm, draw: &mut Draw) {
    let known_at = world.known_at;
    if firm.status == "revoked" || draw.chance(0.035) {
        let from = event_day(world, firm, draw);
        firm.blacklists.push(Fact::span(
            "abnormal_operation",
            from,
            draw.chance(0.4).then(|| from + (known_at - from) / 2),
        ));
    }
    for (code, chance) in [
        ("dishonest_debtor", 0.012),
        ("tax_violation", 0.004),
        ("serious_violation", 0.004),
        ("labour_dispatch_special", 0.001),
        ("wage_arrears", 0.002),
        ("restricted_industry", 0.004),
    ] {
        if draw.chance(world.rare(chance, world.enterprises)) {
            let from = event_day(world, firm, draw);
            firm.blacklists.push(Fact::span(
                code,
                from,
                draw.chance(0.3).then(|| from + (known_at - from) / 2),
            ));
        }
    }
}

fn incidents(world: &World<'_>, firm: &mut Firm, draw: &mut Draw) {
    let known_at = world.known_at;
    for (code, chance) in [
        ("major_safety", 0.003),
        ("major_quality", 0.003),
        ("serious_environment", 0.003),
        ("tax_evasion", 0.003),
        ("data_fraud", 0.001),
        ("research_dishonesty", 0.001),
    ] {
        if draw.chance(world.rare(chance, world.enterprises)) {
            firm.incidents.push(Fact::event(code, event_day(world, firm, draw), None));
        }
    }
    if draw.chance(world.rare(0.004, world.enterprises)) {
        let from = event_day(world, firm, draw);
        firm.incidents.push(Fact::span(
            "idle_year",
            from,
            draw.chance(0.5).then(|| from + (known_at - from) / 2),
        ));
    }
}

fn penalties(world: &World<'_>, firm: &mut Firm, draw: &mut Draw) {
    for (code, chance) in [
        ("market", 0.03),
        ("tax", 0.012),
        ("environment", 0.008),
        ("labour", 0.008),
        ("safety", 0.008),
    ] {
        if draw.chance(chance) {
            let amount = Some(draw.range(1, 200) * 50_000);
            firm.penalties.push(Fact::event(code, event_day(world, firm, draw), amount));
        }
    }
}

/// Loans, investments, machines, and what has been paid already.
fn money(world: &World<'_>, firm: &mut Firm, draw: &mut Draw) {
    let known_at = world.known_at;
    if !firm.files() {
        return;
    }
    let (year, young) = (day::year(known_at), firm.age(known_at) < 4);
    let mut lend = |code, share: f64, months: i32, draw: &mut Draw| {
        let from = (known_at - draw.day(20, 700)).max(firm.established);
        let amount = (whole(precise(firm.revenue[1]) * share * (0.3 + draw.unit()) / 1_000_000.0)
            * 1_000_000)
            .max(10_000_000);
        firm.loans.push(Fact {
            code,
            from,
            to: Some(day::add_months(from, months)),
            amount: Some(amount),
        });
    };
    if draw.chance(0.22) {
        lend("business", 0.15, 12, draw);
    }
    if firm.section == 'C' && draw.chance(0.12) {
        lend("fixed_asset", 0.25, 60, draw);
    }
    if matches!(firm.section, 'H' | 'O' | 'Q' | 'R') && draw.chance(0.15) {
        lend("service", 0.15, 12, draw);
    }
    if firm.employees < 100 && young && draw.chance(0.06) {
        lend("startup_guarantee", 0.1, 24, draw);
    }
    holdings(world, firm, draw);
    paid_out(firm, year, draw);
}

/// Investments and machines.
fn holdings(world: &World<'_>, firm: &mut Firm, draw: &mut Draw) {
    let known_at = world.known_at;
    let fund = matches!(firm.section, 'J' | 'L') && matches!(firm.kind, "company" | "partnership");
    if fund && draw.chance(world.rare(0.05, world.enterprises / 12)) {
        firm.certificates.push(Fact::span(
            "venture_capital",
            (known_at - draw.day(200, 2_000)).max(firm.established),
            None,
        ));
        let amount = draw.range(2, 60) * 100_000_000;
        let code = draw
            .weighted(&[("unlisted_high_tech_sme", 60.0), ("seed_tech", 30.0), ("other", 10.0)])
            .unwrap_or("other");
        firm.investments.push(Fact {
            code,
            from: known_at - draw.day(100, 1_300),
            to: None,
            amount: Some(amount),
        });
    }
    if firm.section == 'A' && draw.chance(0.3) {
        let code = draw
            .weighted(&[("farm_machine", 7.0), ("large_tractor", 3.0)])
            .unwrap_or("farm_machine");
        firm.purchases.push(Fact::event(
            code,
            known_at - draw.day(10, 500),
            Some(draw.range(8, 400) * 100_000),
        ));
    }
}

/// Benefits of last year.
fn paid_out(firm: &mut Firm, year: i32, draw: &mut Draw) {
    let paid =
        |code, month: i32, fen: i64| Fact::event(code, day::of(year - 1, month, 20), Some(fen));
    if firm.rd[1] > 0
        && firm.certificates.iter().any(|held| held.code == "high_tech")
        && draw.chance(0.6)
    {
        firm.benefits.push(paid("rd_super_deduction", 6, firm.rd[1] / 4));
    }
    if firm.employees <= 300 && firm.profit > 0 && firm.profit <= 300_000_000 && draw.chance(0.7) {
        firm.benefits.push(paid("small_low_profit_income_tax", 5, firm.profit / 5));
    }
    if firm.insured > 0 && draw.chance(0.25) {
        firm.benefits.push(paid("job_retention_rebate", 8, firm.insured * 40_000));
    }
}
