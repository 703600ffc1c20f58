//! Published marginals the population is drawn from, each with its source.
//!
//! Where a figure is an order of magnitude known from several publications
//! rather than one table, it says *approximate*. Structures of 2020 are used
//! as they stood then; they are not aged forward to the cut-off.

/// Persons by five-year age group 0–4, 5–9 … 95–99, 100 and over, in
/// thousands: Seventh National Population Census, 2020 (国务院第七次全国人口普查领导小组办公室,
/// 《中国人口普查年鉴2020》, table 3-1), rounded.
pub(super) const AGE_GROUPS: [f64; 21] = [
    77_884.0, 90_244.0, 85_256.0, 72_684.0, 74_942.0, 91_847.0, 124_145.0, 99_013.0, 92_955.0,
    114_225.0, 121_164.0, 101_401.0, 73_383.0, 74_006.0, 49_590.0, 31_239.0, 20_383.0, 10_827.0,
    3_648.0, 816.0, 119.0,
];

/// Share of males at birth and among children 0–14 (sex ratio about 111–114),
/// at working age (about 105) and at 65 and over (about 92): 2020 census,
/// rounded. Over all ages it gives about 51.2% (published: 51.24%).
pub(super) fn male_share(age: i32) -> f64 {
    match age {
        ..=14 => 0.529,
        15..=59 => 0.515,
        60..=69 => 0.496,
        70..=79 => 0.482,
        _ => 0.43,
    }
}

/// Resident population by province in ten thousands: 2020 census, communiqué
/// no. 3 (第七次全国人口普查公报第三号), rounded.
pub(super) const PROVINCES: [(u32, f64); 31] = [
    (110_000, 2_189.0),
    (120_000, 1_387.0),
    (130_000, 7_461.0),
    (140_000, 3_492.0),
    (150_000, 2_405.0),
    (210_000, 4_259.0),
    (220_000, 2_407.0),
    (230_000, 3_185.0),
    (310_000, 2_487.0),
    (320_000, 8_475.0),
    (330_000, 6_457.0),
    (340_000, 6_103.0),
    (350_000, 4_154.0),
    (360_000, 4_519.0),
    (370_000, 10_153.0),
    (410_000, 9_937.0),
    (420_000, 5_775.0),
    (430_000, 6_644.0),
    (440_000, 12_601.0),
    (450_000, 5_013.0),
    (460_000, 1_008.0),
    (500_000, 3_205.0),
    (510_000, 8_367.0),
    (520_000, 3_856.0),
    (530_000, 4_721.0),
    (540_000, 365.0),
    (610_000, 3_953.0),
    (620_000, 2_502.0),
    (630_000, 592.0),
    (640_000, 720.0),
    (650_000, 2_585.0),
];

/// Cities whose local policies the samples must reach, taken in turn for a
/// part of the towns (see `place`): Beijing, Shanghai, Guangzhou, Shenzhen,
/// Hangzhou, Huzhou. A choice of this generator, not a statistic.
pub(super) const FOCUS: [u32; 6] = [110_100, 310_100, 440_100, 440_300, 330_100, 330_500];

/// Share of urban residents: 63.89%, 2020 census, communiqué no. 7.
pub(super) const URBAN_SHARE: f64 = 0.6389;

/// Ethnic groups by share of population (2020 census, communiqué no. 2: Han
/// 91.11%; the largest minorities from table 2-1 of the yearbook, rounded).
pub(super) const ETHNICITIES: [(&str, f64); 14] = [
    ("han", 91.11),
    ("zhuang", 1.39),
    ("uygur", 0.83),
    ("hui", 0.81),
    ("miao", 0.79),
    ("manchu", 0.74),
    ("yi", 0.70),
    ("tujia", 0.68),
    ("tibetan", 0.50),
    ("mongol", 0.45),
    ("bouyei", 0.25),
    ("dong", 0.25),
    ("yao", 0.23),
    ("bai", 0.15),
];

/// Highest schooling of adults by age: approximate, after the shares of the
/// 2020 census (population aged 15 and over has 9.91 mean years of schooling;
/// 15.5% of all persons have a tertiary, 15.1% an upper, 34.5% a lower
/// secondary and 24.8% a primary education).
pub(super) fn education(age: i32) -> &'static [(&'static str, f64)] {
    match age {
        ..=35 => &[
            ("doctor", 0.5),
            ("master", 4.0),
            ("bachelor", 20.0),
            ("junior_college", 21.0),
            ("secondary_vocational", 9.0),
            ("technical_school", 3.0),
            ("high_school", 13.0),
            ("junior_middle", 26.0),
            ("primary", 3.0),
            ("illiterate", 0.5),
        ],
        36..=55 => &[
            ("doctor", 0.3),
            ("master", 1.7),
            ("bachelor", 8.0),
            ("junior_college", 9.0),
            ("secondary_vocational", 6.0),
            ("technical_school", 1.0),
            ("high_school", 12.0),
            ("junior_middle", 44.0),
            ("primary", 16.0),
            ("illiterate", 2.0),
        ],
        _ => &[
            ("master", 0.2),
            ("bachelor", 1.8),
            ("junior_college", 4.0),
            ("secondary_vocational", 3.0),
            ("high_school", 10.0),
            ("junior_middle", 30.0),
            ("primary", 39.0),
            ("illiterate", 12.0),
        ],
    }
}

/// Median and spread of the monthly wage in yuan. Mean yearly wages 2024:
/// 124 110 yuan (urban non-private units), 69 476 yuan (urban private units),
/// National Bureau of Statistics, May 2025; medians are lower (approximate).
pub(super) fn wage(urban: bool) -> (f64, f64) {
    if urban { (6_300.0, 0.52) } else { (4_100.0, 0.45) }
}

/// Net income of a farming adult a month: the disposable income per head of
/// rural residents was 23 119 yuan in 2024, of urban residents 54 188 yuan
/// (National Bureau of Statistics, communiqué of February 2025).
pub(super) const FARM_INCOME: (f64, f64) = (2_100.0, 0.5);

/// Share of persons with a disability certificate: about 2.7% of all (about
/// 38 million holders, China Disabled Persons' Federation, 2023), rising with
/// age (approximate); 6.34% of all are disabled (second national sample survey, 2006).
pub(super) fn disabled_share(age: i32) -> f64 {
    match age {
        ..=14 => 0.006,
        15..=44 => 0.013,
        45..=59 => 0.032,
        60..=74 => 0.055,
        _ => 0.080,
    }
}

/// Categories of disability certificates (China Disabled Persons' Federation,
/// statistical yearbook; approximate shares).
pub(super) const DISABILITIES: [(&str, f64); 7] = [
    ("visual", 11.0),
    ("hearing", 9.0),
    ("speech", 2.0),
    ("limb", 54.0),
    ("intellectual", 9.0),
    ("mental", 11.0),
    ("multiple", 4.0),
];

/// Levels 1–4 of disability certificates (approximate).
pub(super) const DISABILITY_LEVELS: [(i64, f64); 4] = [(1, 13.0), (2, 30.0), (3, 27.0), (4, 30.0)];

/// Share of households drawing minimum living security: 6.25 million urban
/// and 33.27 million rural persons at the end of 2024 (Ministry of Civil
/// Affairs), that is about 0.7% and 7%.
pub(super) fn minimum_living_share(urban: bool) -> f64 {
    if urban { 0.010 } else { 0.065 }
}

/// Surveyed urban unemployment rate, 5.1% on average in 2024 (National Bureau of Statistics).
pub(super) const UNEMPLOYMENT: f64 = 0.051;

/// Veterans: about 57 million (Ministry of Veterans Affairs, 2018), 4% of all
/// and almost all men, so about 9% of adult men.
pub(super) const VETERAN_SHARE: f64 = 0.09;

/// Share of urban households that rent (2020 census, long form: about 21%).
pub(super) const RENT_SHARE: f64 = 0.21;

/// Legal units by section of GB/T 4754: Fifth National Economic Census,
/// 31 December 2023 (communiqué no. 2, December 2024: 33.27 million legal
/// units of the second and third sector, over 30% of them wholesale and
/// retail, about 12% manufacturing); shares here are approximate, with
/// farming co-operatives added and government thinned.
pub(super) const SECTIONS: [(char, f64); 20] = [
    ('A', 4.5),
    ('B', 0.2),
    ('C', 17.0),
    ('D', 0.6),
    ('E', 8.0),
    ('F', 29.0),
    ('G', 3.2),
    ('H', 3.5),
    ('I', 6.5),
    ('J', 0.6),
    ('K', 2.6),
    ('L', 9.5),
    ('M', 7.5),
    ('N', 0.7),
    ('O', 2.4),
    ('P', 1.8),
    ('Q', 0.9),
    ('R', 1.5),
    ('S', 0.0),
    ('T', 0.0),
];

/// Kinds of market entities. Individual businesses are thinned: of 189 million
/// entities in 2024 about 125 million (two thirds) were individual businesses
/// (State Administration for Market Regulation); most policies for enterprises
/// ask for companies, so here they are a fifth.
pub(super) const ENTITY_KINDS: [(&str, f64); 11] = [
    ("company", 62.0),
    ("individual_business", 21.0),
    ("cooperative", 3.5),
    ("sole_proprietorship", 3.0),
    ("partnership", 2.5),
    ("branch", 2.0),
    ("public_institution", 2.0),
    ("private_non_enterprise", 1.6),
    ("social_group", 1.2),
    ("law_firm", 0.7),
    ("foundation", 0.5),
];

/// Median and spread of the number of persons a company employs: about 85% of
/// legal units are micro, 12% small, 2% medium, under 1% large (fourth and
/// fifth economic census; approximate). Manufacturing is larger.
pub(super) fn firm_size(section: char) -> (f64, f64) {
    match section {
        'C' => (17.0, 1.35),
        'E' | 'P' | 'Q' | 'B' | 'D' => (13.0, 1.3),
        'I' | 'M' => (11.0, 1.25),
        'F' | 'H' | 'O' => (5.0, 1.1),
        _ => (7.0, 1.2),
    }
}

/// Yearly revenue in yuan for each person employed, by section (approximate,
/// from the fourth economic census: wholesale and retail highest).
pub(super) fn revenue_per_head(section: char) -> f64 {
    match section {
        'F' => 1_300_000.0,
        'C' | 'B' => 780_000.0,
        'D' => 1_600_000.0,
        'E' | 'K' => 600_000.0,
        'I' => 650_000.0,
        'L' | 'M' => 420_000.0,
        'A' => 230_000.0,
        _ => 260_000.0,
    }
}

/// Deaths are kept in the registers: 7.6 deaths a thousand persons a year
/// (2024, National Bureau of Statistics), concentrated at high ages; so this
/// share of persons of an age has died within the last two years (approximate).
pub(super) fn death_share(age: i32) -> f64 {
    match age {
        ..=39 => 0.0006,
        40..=59 => 0.005,
        60..=69 => 0.018,
        70..=79 => 0.05,
        _ => 0.14,
    }
}
