//! What is known of a person and a household, in plain terms; `citizen` says
//! how each field of a dossier follows from it.

use super::draw::{Draw, hash};
use super::value::Fact;
use super::{day, numbers};

/// One citizen. Relatives and employers are positions within the town.
#[derive(Default)]
pub(super) struct Person {
    pub index: u64,
    pub id: String,
    pub female: bool,
    pub birth: i32,
    /// Completed years at the cut-off.
    pub age: i32,
    pub death: Option<i32>,
    pub home: usize,
    pub role: &'static str,
    pub mother: Option<usize>,
    pub father: Option<usize>,
    pub spouse: Option<usize>,
    pub married_on: i32,
    pub children: Vec<usize>,
    pub marital: &'static str,
    pub ethnicity: &'static str,
    pub hukou: u32,
    pub hukou_urban: bool,
    pub residence: u32,
    pub residence_since: i32,
    pub education: &'static str,
    /// Day of the last degree, for tertiary schooling.
    pub graduated: Option<i32>,
    pub stage: &'static str,
    pub grade: i64,
    pub status: &'static str,
    pub employer: Option<usize>,
    pub job_since: i32,
    pub contract_months: i64,
    /// Fen a month.
    pub wage: i64,
    /// Fen in the last calendar year.
    pub income: i64,
    pub insured_since: Option<i32>,
    pub insured_months: i64,
    pub continuous_months: i64,
    pub retirement: i32,
    pub unemployed_since: Option<i32>,
    pub flexible_on: Option<i32>,
    pub self_employed_on: Option<i32>,
    pub difficulty_on: Option<i32>,
    pub disability: Option<(&'static str, i64)>,
    pub care: Option<(&'static str, i32)>,
    pub veteran: &'static str,
    pub discharged: Option<i32>,
    pub skill: &'static str,
    pub skill_on: Option<i32>,
    pub childbirth: Option<i32>,
    pub missing_since: Option<i32>,
    /// Whether the only child died (`true`) or is disabled.
    pub bereaved: Option<bool>,
    /// Draws care allowance after an injury at work.
    pub injured: bool,
    pub trade: Option<Trade>,
    pub certificates: Vec<Fact>,
    pub vehicles: Vec<Fact>,
    pub purchases: Vec<Fact>,
    pub loans: Vec<Fact>,
    pub blacklists: Vec<Fact>,
    pub training: Vec<Fact>,
    pub situations: Vec<Fact>,
    pub hardships: Vec<Fact>,
    pub benefits: Vec<Fact>,
    pub seed: u64,
}

/// An old car given up for a new one.
pub(super) struct Trade {
    pub old_kind: &'static str,
    pub old_since: i32,
    pub disposal: &'static str,
    pub disposed_on: i32,
    pub new_kind: &'static str,
    pub bought_on: i32,
    /// Fen.
    pub price: i64,
}

/// Persons who live together.
#[derive(Default)]
pub(super) struct Home {
    pub number: String,
    pub members: Vec<usize>,
    pub urban: bool,
    pub county: u32,
    /// Fen in the last calendar year, of all members alive.
    pub income: i64,
    pub alive: i64,
    pub assets_ok: bool,
    pub welfare: &'static str,
    pub poor: bool,
    pub owned: i64,
    /// Fen a month, where the home is rented.
    pub rent: Option<i64>,
    /// Square metres a head, in millionths.
    pub area_per_head: i64,
    pub public_rental: bool,
    pub queue: bool,
    /// Fen last year.
    pub medical: i64,
    /// Mu of contracted land, in millionths; none in towns.
    pub farmland: i64,
    pub alleviated: bool,
}

impl Person {
    /// A person of whom only birth and sex are known.
    pub(super) fn new(index: u64, birth: i32, female: bool, known_at: i32) -> Person {
        Person {
            index,
            id: numbers::resident(index, birth, female),
            female,
            birth,
            age: day::years_between(birth, known_at),
            home: usize::MAX,
            role: "other",
            marital: "single",
            ethnicity: "han",
            hukou_urban: true,
            residence_since: birth,
            education: "illiterate",
            stage: "none",
            status: "none",
            retirement: birth,
            veteran: "none",
            skill: "none",
            ..Person::default()
        }
    }

    /// An invented name: a common surname and one or two characters.
    pub(super) fn name(&self) -> String {
        const SURNAMES: &[&str] = &[
            "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱",
            "高", "林",
        ];
        const GIVEN: &[&str] = &[
            "安", "晨", "嘉", "明", "宁", "乐", "思", "远", "雨", "文", "晓", "清", "和", "平",
            "之", "卓",
        ];
        let mut draw = self.noise("name");
        let mut name = draw.pick(SURNAMES).copied().unwrap_or_default().to_owned();
        for _ in 0..=usize::from(draw.chance(0.8)) {
            name.push_str(draw.pick(GIVEN).copied().unwrap_or_default());
        }
        name
    }

    /// Whether the person lives.
    pub(super) fn alive(&self) -> bool {
        self.death.is_none()
    }

    /// Whether the person is at school or university.
    pub(super) fn at_school(&self) -> bool {
        self.stage != "none"
    }

    /// Whether the person pays or has paid into the employees' insurance.
    pub(super) fn insured(&self) -> bool {
        self.insured_months > 0
    }

    /// The stream of one of the person's cells.
    pub(super) fn noise(&self, name: &str) -> Draw {
        Draw::new(self.seed ^ 0xC171_2E35, hash(name), self.index)
    }
}
