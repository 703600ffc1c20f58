//! The groups a population is counted by: sex, age, industry, size. A group is
//! a condition in the rule language, so that "35 to 44 years old" means here
//! what it means in a policy. Where the catalogue lacks a field the dimension
//! is left out; who is in no group for certain is in the group "unknown".

use crate::{
    domain::SubjectKind,
    reference::Reference,
    rules::{
        check::{Audience, Checker},
        ir::NodeId,
        program::Program,
    },
};

/// Lower bounds of the age bands of citizens, in completed years: nursery,
/// kindergarten, school (compulsory from six, of age at eighteen), youth to 34
/// and 44 as statistics cut it, 60 as the law on the elderly does, 80 as
/// allowances for the very old do.
const AGES: [i32; 9] = [0, 3, 6, 18, 35, 45, 60, 70, 80];

/// Lower bounds of the age bands of enterprises, in completed years.
const YEARS: [i32; 5] = [0, 1, 3, 5, 10];

/// Sections of GB/T 4754-2017 with short names.
const SECTIONS: [(&str, &str); 20] = [
    ("A", "农、林、牧、渔业"),
    ("B", "采矿业"),
    ("C", "制造业"),
    ("D", "电力、热力、燃气及水"),
    ("E", "建筑业"),
    ("F", "批发和零售业"),
    ("G", "交通运输、仓储和邮政"),
    ("H", "住宿和餐饮业"),
    ("I", "信息传输、软件和信息技术"),
    ("J", "金融业"),
    ("K", "房地产业"),
    ("L", "租赁和商务服务业"),
    ("M", "科学研究和技术服务"),
    ("N", "水利、环境和公共设施"),
    ("O", "居民服务、修理和其他"),
    ("P", "教育"),
    ("Q", "卫生和社会工作"),
    ("R", "文化、体育和娱乐业"),
    ("S", "公共管理、社会组织"),
    ("T", "国际组织"),
];

/// One group of a dimension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Short ASCII name.
    pub key: String,
    /// Chinese label.
    pub label: String,
}

/// The groups of one dimension with their conditions.
#[derive(Debug, Clone)]
pub struct Dimension {
    /// `sex`, `age`, `industry` or `size`.
    pub name: &'static str,
    /// Chinese label.
    pub label: &'static str,
    /// The groups; no row is in two.
    pub groups: Vec<Group>,
    /// By group, when a subject is in it.
    pub nodes: Vec<NodeId>,
}

/// The dimensions of both kinds, over one graph of their own.
#[derive(Debug, Default)]
pub struct Groups {
    /// Holds the graph; it has no policies.
    pub program: Program,
    /// By [`SubjectKind::index`].
    pub dimensions: [Vec<Dimension>; 2],
}

impl Groups {
    /// Compiles the dimensions that the catalogue has the fields for.
    #[must_use]
    pub fn compile(reference: &Reference) -> Groups {
        let mut groups = Groups::default();
        let mut add = |kind: SubjectKind, name, label, drafts: Vec<Draft>| {
            let mut dimension = Dimension { name, label, groups: Vec::new(), nodes: Vec::new() };
            for draft in drafts {
                let audience = Audience { subject: kind, unit: None };
                let Program { graph, manuals, .. } = &mut groups.program;
                let checker = Checker::new(reference.lookup(), audience, graph, manuals);
                if let Ok(node) = checker.condition(&draft.when) {
                    dimension.groups.push(Group { key: draft.key, label: draft.label });
                    dimension.nodes.push(node);
                }
            }
            if !dimension.groups.is_empty() {
                groups.dimensions[kind.index()].push(dimension);
            }
        };
        let (citizen, enterprise) = (SubjectKind::Citizen, SubjectKind::Enterprise);
        add(citizen, "sex", "性别", codes(reference, citizen, "sex"));
        add(citizen, "age", "年龄", bands("birth_date", &AGES, "岁"));
        add(enterprise, "industry", "行业", sections());
        add(enterprise, "size", "规模", codes(reference, enterprise, "size_class"));
        add(enterprise, "age", "成立年限", bands("established_on", &YEARS, "年"));
        groups
    }
}

/// A group before it is compiled.
struct Draft {
    key: String,
    label: String,
    when: String,
}

fn codes(reference: &Reference, kind: SubjectKind, field: &str) -> Vec<Draft> {
    let list = reference.catalogue.field(kind, field).and_then(|field| field.codes.as_ref());
    let entries = list.into_iter().flat_map(|list| &list.entries);
    entries
        .map(|entry| Draft {
            key: entry.code.clone(),
            label: entry.label.clone(),
            when: format!("{field} == \"{}\"", entry.code),
        })
        .collect()
}

fn bands(field: &str, bounds: &[i32], unit: &str) -> Vec<Draft> {
    let age = format!("years_since({field})");
    bounds
        .iter()
        .enumerate()
        .map(|(position, low)| match bounds.get(position + 1).map(|next| next - 1) {
            Some(high) if high == *low => Draft {
                key: format!("{low}"),
                label: if *low == 0 { format!("不满1{unit}") } else { format!("{low}{unit}") },
                when: format!("{age} == {low}"),
            },
            Some(high) => Draft {
                key: format!("{low}-{high}"),
                label: format!("{low}至{high}{unit}"),
                when: format!("{age} >= {low} && {age} <= {high}"),
            },
            None => Draft {
                key: format!("{low}-"),
                label: format!("{low}{unit}以上"),
                when: format!("{age} >= {low}"),
            },
        })
        .collect()
}

fn sections() -> Vec<Draft> {
    SECTIONS
        .iter()
        .map(|(section, label)| Draft {
            key: (*section).to_owned(),
            label: (*label).to_owned(),
            when: format!("industry_in(industry, [\"{section}\"])"),
        })
        .collect()
}
