//! A random catalogue with every type of field, real regions and industries,
//! and random local parameters.

use serde_json::{Value, json};
use zhida_model::{
    catalogue,
    domain::{IndustryTable, RegionCode, RegionTable},
    policy::Parameters,
    reference::Reference,
};

use crate::draw::Draw;

const REGIONS: &str = include_str!("../../../data-samples/regions.csv");
const INDUSTRIES: &str = include_str!("../../../data-samples/industries.csv");

/// What expressions and dossiers draw from.
pub(crate) struct Pools {
    pub(crate) regions: Vec<String>,
    pub(crate) zones: Vec<String>,
    pub(crate) industries: Vec<String>,
    pub(crate) codes: [Vec<String>; 2],
}

/// Names of the code lists: one with ranks, one without.
pub(crate) const LISTS: [&str; 2] = ["grade", "colour"];

pub(crate) fn reference(draw: &mut Draw) -> (Reference, Pools) {
    let regions = RegionTable::from_csv(REGIONS).expect("the region table is whole");
    let industries = IndustryTable::from_csv(INDUSTRIES).expect("the industry table is whole");
    let codes = [code_list(draw, "g", true), code_list(draw, "c", false)];
    let text = catalogue_text(draw, &codes).to_string();
    let catalogue = catalogue::read("catalogue.yaml", &text)
        .unwrap_or_else(|findings| panic!("the drawn catalogue is sound: {findings:#?}"));
    let pools = Pools {
        regions: region_pool(draw, &regions),
        zones: regions.zones().map(|zone| zone.id.clone()).take(4).collect(),
        industries: industry_pool(draw, &industries),
        codes: codes.map(|list| {
            list.iter().filter_map(|entry| Some(entry["code"].as_str()?.to_owned())).collect()
        }),
    };
    let parameters = parameters(draw, &pools, &regions);
    (Reference { catalogue, regions, industries, parameters }, pools)
}

fn code_list(draw: &mut Draw, prefix: &str, ranked: bool) -> Vec<Value> {
    let count = 2 + draw.below(7);
    (0..count)
        .map(|at| {
            let mut entry =
                json!({ "code": format!("{prefix}{at}"), "label": format!("{prefix}{at}") });
            if ranked && (at == 0 || draw.percent(75)) {
                entry["rank"] = json!(draw.below(4));
            }
            entry
        })
        .collect()
}

fn region_pool(draw: &mut Draw, table: &RegionTable) -> Vec<String> {
    let all: Vec<RegionCode> = table.codes().collect();
    let (gone, here): (Vec<RegionCode>, Vec<RegionCode>) =
        all.into_iter().partition(|code| table.abolished(*code) == Some(true));
    let split: Vec<RegionCode> =
        gone.iter().copied().filter(|code| table.in_force(*code).count() > 1).collect();
    let mut pool = vec![RegionCode::NATION];
    for _ in 0..6 {
        let code = *draw.pick(&here);
        pool.extend(table.ancestors(code));
        pool.extend(table.children(code).iter().take(2));
        for source in [&gone, &split].into_iter().filter(|source| !source.is_empty()) {
            let old = *draw.pick(source);
            pool.push(old);
            pool.extend(table.in_force(old).take(2));
            pool.extend(table.parent(old));
        }
    }
    pool.sort_unstable();
    pool.dedup();
    pool.iter().map(ToString::to_string).collect()
}

fn industry_pool(draw: &mut Draw, table: &IndustryTable) -> Vec<String> {
    let all: Vec<_> = table.iter().map(|(code, _)| code).collect();
    let mut pool = Vec::new();
    for _ in 0..8 {
        let mut code = Some(*draw.pick(&all));
        while let Some(above) = code {
            pool.push(above.to_string());
            code = above.parent();
        }
    }
    pool.sort();
    pool.dedup();
    pool
}

fn parameters(draw: &mut Draw, pools: &Pools, table: &RegionTable) -> Parameters {
    let mut parameters = Parameters::empty();
    for (name, unit) in [("line", 10_000), ("rate", 50_000), ("years", 1)] {
        for region in &pools.regions {
            let code = RegionCode::parse(region).expect("the pool holds codes");
            if table.abolished(code) == Some(true) || draw.percent(55) {
                continue;
            }
            let value = draw.between(-1, 12) * unit;
            let from = jiff::civil::date(2020, 1, 1);
            let to = draw.percent(30).then(|| jiff::civil::date(2024, 6, 30));
            parameters = parameters.with(name, code, value, from, to).expect("one value a region");
            if to.is_some() && draw.percent(50) {
                let from = jiff::civil::date(2024, 7, 1);
                parameters =
                    parameters.with(name, code, value + unit, from, None).expect("the next value");
            }
        }
    }
    parameters
}

fn catalogue_text(draw: &mut Draw, codes: &[Vec<Value>; 2]) -> Value {
    let mut fields = Vec::new();
    for kind in ["enterprise", "citizen"] {
        fields.extend(stored_fields(draw, kind));
        fields.extend(derived_fields(kind));
    }
    json!({
        "version": "1",
        "departments": { "office": { "label": "部门" } },
        "codes": { "grade": codes[0], "colour": codes[1] },
        "tables": [
            table("firms", "enterprise", true, "uscc", None),
            table("people", "citizen", true, "resident_id", None),
            table("firm_facts", "enterprise", false, "uscc", coverage(draw)),
            table("more_firm_facts", "enterprise", false, "uscc", coverage(draw)),
            table("people_facts", "citizen", false, "resident_id", coverage(draw)),
        ],
        "fields": fields,
        "relations": [
            relation("staff", "enterprise", "citizen", "firms"),
            relation("owners", "enterprise", "enterprise", "firms"),
            relation("children", "citizen", "citizen", "people"),
            relation("firms", "citizen", "enterprise", "people"),
        ],
        "parameters": {
            "line": { "label": "标准", "type": "money", "unit": "元" },
            "rate": { "label": "比例", "type": "decimal", "unit": "比例" },
            "years": { "label": "年限", "type": "int", "unit": "年" },
        },
    })
}

fn coverage(draw: &mut Draw) -> Option<&'static str> {
    *draw.pick(&[
        None,
        Some("1949-10-01"),
        Some("1949-10-01"),
        Some("1900-01-01"),
        Some("2015-01-01"),
        Some("2021-02-28"),
        Some("2023-05-31"),
        Some("2024-02-29"),
    ])
}

fn table(name: &str, subject: &str, register: bool, key: &str, since: Option<&str>) -> Value {
    let mut table = json!({
        "name": name, "label": name, "owner": "office", "catalogue_id": "1", "subject": subject,
        "key": { "column": "key", "kind": key }, "register": register,
        "observed_at": { "column": "seen" }, "refresh_days": 0,
        "purpose": "登记", "legal_basis": "条例",
    });
    if name == "people" {
        table["household_of"] = json!("household");
    }
    if let Some(since) = since {
        table["coverage"] = json!({ "regions": ["000000"], "since": since, "complete": true });
    }
    table
}

fn relation(name: &str, subject: &str, target: &str, table: &str) -> Value {
    json!({
        "name": name, "label": name, "subject": subject, "target": target, "table": table,
        "link": { "columns": { "from": "key", "to": "other" } },
        "since": { "column": "since" }, "until": { "column": "until" }, "complete": true,
    })
}

/// Names of stored fields by type: every kind of subject has them all.
pub(crate) const STORED: [(&str, &str); 26] = [
    ("flag_a", "bool"),
    ("flag_b", "bool"),
    ("staff_count", "int"),
    ("rank_number", "int"),
    ("large_number", "int"),
    ("ratio_a", "decimal"),
    ("ratio_b", "decimal"),
    ("revenue", "money"),
    ("cost", "money"),
    ("profit", "money"),
    ("born_on", "date"),
    ("begun_on", "date"),
    ("ended_on", "date"),
    ("home_region", "region"),
    ("work_region", "region"),
    ("industry", "industry"),
    ("level_a", "grade"),
    ("level_b", "grade"),
    ("colour", "colour"),
    ("title", "text"),
    ("colours", "set_codes"),
    ("zones", "set_zones"),
    ("industries", "set_industries"),
    ("awards", "facts"),
    ("listings", "facts"),
    ("order", "int"),
];

fn stored_fields(draw: &mut Draw, kind: &str) -> Vec<Value> {
    let register = if kind == "enterprise" { "firms" } else { "people" };
    STORED
        .iter()
        .map(|(name, form)| {
            let mut field = json!({
                "name": name, "label": format!("{name}的名称"), "subject": kind,
                "sources": [{ "table": register, "column": name }],
            });
            match *form {
                "grade" | "colour" => {
                    field["type"] = json!("code");
                    field["codes"] = json!(form);
                }
                "facts" => {
                    field["type"] = json!("facts");
                    field["codes"] = json!(if *name == "awards" { "grade" } else { "colour" });
                    field["sources"] = fact_sources(draw, kind);
                }
                set if set.starts_with("set_") => {
                    field["type"] = json!("set");
                    field["set_of"] = json!(set.trim_start_matches("set_"));
                    field["sources"][0]["separator"] = json!(",");
                    if set == "set_codes" {
                        field["codes"] = json!("colour");
                    }
                }
                plain => field["type"] = json!(plain),
            }
            if *form != "facts" && draw.percent(18) {
                field["period"] = json!(draw.pick(&["year", "quarter", "month"]));
            }
            field
        })
        .collect()
}

fn fact_sources(draw: &mut Draw, kind: &str) -> Value {
    let source = |table: &str| {
        json!({
            "table": table, "take": "facts",
            "fact": {
                "code": "code", "from": { "column": "from" }, "to": { "column": "to" },
                "amount": "amount",
            },
        })
    };
    match kind {
        "enterprise" if draw.percent(40) => {
            json!([source("firm_facts"), source("more_firm_facts")])
        }
        "enterprise" => json!([source("firm_facts")]),
        _ => json!([source("people_facts")]),
    }
}

/// Derived fields, which expressions use like stored ones.
pub(crate) const DERIVED: [(&str, &str, &str); 5] = [
    ("is_old", "bool", "age(born_on) >= 60 || flag_a"),
    ("margin", "decimal", "profit / revenue"),
    ("balance", "money", "revenue - cost"),
    ("settled_on", "date", "add_months(begun_on, 6)"),
    ("class", "grade", "revenue >= wan(100) ? \"g1\" : level_a"),
];

fn derived_fields(kind: &str) -> Vec<Value> {
    DERIVED
        .iter()
        .map(|(name, form, text)| {
            let mut field = json!({
                "name": name, "label": format!("{name}的名称"), "subject": kind, "derived": text,
            });
            if *form == "grade" {
                field["type"] = json!("code");
                field["codes"] = json!("grade");
            } else {
                field["type"] = json!(form);
            }
            field
        })
        .collect()
}
