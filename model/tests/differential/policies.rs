//! Random policies with groups, clauses for people and units, as files.

use jiff::civil::Date;
use serde_json::{Value, json};
use zhida_model::rules::program::Source;

use crate::{draw::Draw, expression::Writer, reference::Pools};

pub(crate) fn policies(draw: &mut Draw, pools: &Pools, as_of: Date, count: usize) -> Vec<Source> {
    let audiences: [(&str, &[&str]); 2] =
        [("enterprise", &["staff", "owners"]), ("citizen", &["children", "firms"])];
    let mut sources = Vec::new();
    for (audience, relations) in audiences {
        for number in 0..count {
            let unit = draw.percent(25).then(|| *draw.pick(relations));
            let mut maker = Maker { draw, pools, as_of, relations, unit: unit.is_some(), next: 0 };
            let conditions: Vec<Value> =
                (0..2 + maker.draw.below(4)).map(|_| maker.condition(2)).collect();
            let id = format!("{audience}-{number:02}");
            let mut file = json!({
                "id": id, "version": "1", "title": "试验政策", "document": { "issuer": "部门" },
                "level": "national", "region": "000000", "audience": audience, "valid": {},
                "route": "apply", "contact": { "department": "部门" }, "status": "demonstration",
                "text": [{ "article": "一", "words": "试验" }], "conditions": conditions,
                "benefit": { "kind": "service", "summary": "试验", "per": "none" },
            });
            if let Some(unit) = unit {
                file["unit"] = json!(unit);
            }
            sources.push(Source { name: format!("{id}.yaml"), text: file.to_string() });
        }
    }
    sources
}

struct Maker<'a> {
    draw: &'a mut Draw,
    pools: &'a Pools,
    as_of: Date,
    relations: &'a [&'a str],
    unit: bool,
    next: usize,
}

impl Maker<'_> {
    fn condition(&mut self, depth: usize) -> Value {
        self.next += 1;
        let id = format!("c{}", self.next);
        let form = if depth == 0 { 0 } else { self.draw.below(10) };
        match form {
            0..=5 => {
                let depth = 1 + self.draw.below(3);
                json!({ "id": id, "article": "一", "quote": "试验", "when": self.text(depth) })
            }
            6 => json!({ "id": id, "article": "一", "manual": "请核实" }),
            7 => json!({ "id": id, "any": self.members(depth) }),
            8 => json!({ "id": id, "all": self.members(depth) }),
            _ => {
                let members = self.members(depth);
                let count = 1 + self.draw.below(members.len());
                json!({ "id": id, "at_least": { "count": count, "of": members } })
            }
        }
    }

    fn members(&mut self, depth: usize) -> Vec<Value> {
        (0..2 + self.draw.below(2)).map(|_| self.condition(depth - 1)).collect()
    }

    fn text(&mut self, depth: usize) -> String {
        let mut writer = Writer {
            draw: self.draw,
            pools: self.pools,
            as_of: self.as_of,
            relations: self.relations,
            unit: self.unit,
            variable: None,
            manual: true,
        };
        writer.truth(depth)
    }
}
