//! Reads the region table from its CSV file and works out, once, where every
//! code lies. Names hold no comma, so fields are split at commas and quotes
//! have no meaning.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rustc_hash::FxHashMap;

use super::{Region, RegionCode, RegionLevel, RegionTable, Zone};

const HEADER: &str = "code,name,level,parent,valid_from,valid_to,successors";

/// A row of the region file is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("regions row {row}: {problem}")]
pub struct RegionTableError {
    /// Row number in the file, the header being row 1.
    pub row: usize,
    /// What is wrong and what to do.
    pub problem: String,
}

/// A row as written, before codes become indices.
struct Draft {
    row: usize,
    code: RegionCode,
    name: String,
    level: RegionLevel,
    parent: Option<RegionCode>,
    abolished: bool,
    successors: Vec<RegionCode>,
}

impl Draft {
    fn fail(&self, problem: String) -> RegionTableError {
        RegionTableError { row: self.row, problem }
    }
}

impl RegionTable {
    /// Reads UTF-8 text with the columns
    /// `code,name,level,parent,valid_from,valid_to,successors`.
    ///
    /// `level` is `nation`, `province`, `city`, `county` or `zone`; a `zone`
    /// has an id of `Z` and six characters and names its parent region only.
    /// The dates are empty or ISO dates. A row with `valid_to` is abolished
    /// (where only the year is known, its last day stands there); `successors`
    /// are the codes that took its place, separated by `;`, and may themselves
    /// be abolished. Rows may stand in any order.
    ///
    /// # Errors
    /// [`RegionTableError`] with the row for a malformed or repeated code, a
    /// parent or successor that is not in the file, a parent that is not of a
    /// higher level and a smaller code, and successors that run in a circle.
    pub fn from_csv(text: &str) -> Result<RegionTable, RegionTableError> {
        let mut drafts: Vec<Draft> = Vec::new();
        let mut zones: BTreeMap<String, (usize, Zone)> = BTreeMap::new();
        for (row, line) in (1..).zip(text.trim_start_matches('\u{feff}').lines()) {
            let fail = |problem: String| RegionTableError { row, problem };
            if row == 1 {
                if line.trim() != HEADER {
                    return Err(fail(format!("the header must be `{HEADER}`")));
                }
                continue;
            }
            let columns: Vec<&str> = line.split(',').map(str::trim).collect();
            let columns: [&str; 7] = columns.try_into().map_err(|columns: Vec<&str>| {
                fail(format!("it has {} columns, not 7", columns.len()))
            })?;
            if columns[2] == "zone" {
                let zone = read_zone(columns).map_err(fail)?;
                if let Some((_, twice)) = zones.insert(zone.id.clone(), (row, zone)) {
                    return Err(fail(format!("zone `{}` stands twice: remove one", twice.id)));
                }
            } else {
                drafts.push(read_region(row, columns).map_err(fail)?);
            }
        }
        if drafts.is_empty() {
            let problem = format!("the table is empty: write `{HEADER}` and a row for each region");
            return Err(RegionTableError { row: 1, problem });
        }
        build(drafts, zones)
    }
}

fn read_zone([id, name, _, parent, from, to, successors]: [&str; 7]) -> Result<Zone, String> {
    let plain = id.strip_prefix('Z').is_some_and(|rest| {
        rest.len() == 6
            && rest.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
    });
    if !plain {
        return Err(format!("`{id}` is no zone id: write `Z` and six digits or capitals"));
    }
    if ![from, to, successors].iter().all(|cell| cell.is_empty()) {
        return Err(format!("zone `{id}` has dates or successors: leave them empty"));
    }
    let parent = RegionCode::parse(parent).map_err(|error| error.to_string())?;
    Ok(Zone { id: id.to_owned(), name: name.to_owned(), parent })
}

fn read_region(row: usize, columns: [&str; 7]) -> Result<Draft, String> {
    let [code, name, level, parent, from, to, successors] = columns;
    let region = |text: &str| RegionCode::parse(text).map_err(|error| error.to_string());
    let date = |text: &str| match text {
        "" => Ok(None),
        text => text
            .parse::<Date>()
            .map(Some)
            .map_err(|_| format!("`{text}` is no date: write YYYY-MM-DD")),
    };
    let level = match level {
        "nation" => RegionLevel::Nation,
        "province" => RegionLevel::Province,
        "city" => RegionLevel::City,
        "county" => RegionLevel::County,
        other => {
            return Err(format!("`{other}` is no level: nation, province, city, county or zone"));
        }
    };
    let (from, to) = (date(from)?, date(to)?);
    if from.zip(to).is_some_and(|(from, to)| from > to) {
        return Err(format!("`{code}` ends before it begins: correct the dates"));
    }
    let cells = successors.split(';').filter(|cell| !cell.is_empty());
    let successors: Vec<RegionCode> = cells.map(region).collect::<Result<_, _>>()?;
    if to.is_none() && !successors.is_empty() {
        return Err(format!(
            "`{code}` has successors but no `valid_to`: say when it was abolished"
        ));
    }
    let parent = if parent.is_empty() { None } else { Some(region(parent)?) };
    let (code, name) = (region(code)?, name.to_owned());
    Ok(Draft { row, code, name, level, parent, abolished: to.is_some(), successors })
}

fn build(
    mut drafts: Vec<Draft>,
    zones: BTreeMap<String, (usize, Zone)>,
) -> Result<RegionTable, RegionTableError> {
    drafts.sort_by_key(|draft| draft.code);
    let mut index: FxHashMap<RegionCode, u16> = FxHashMap::default();
    for (at, draft) in drafts.iter().enumerate() {
        let at = u16::try_from(at)
            .map_err(|_| draft.fail("there are more than 65 536 regions".to_owned()))?;
        if index.insert(draft.code, at).is_some() {
            return Err(draft.fail(format!("`{}` stands twice: remove one", draft.code)));
        }
    }
    let mut rows: Vec<Region> = Vec::with_capacity(drafts.len());
    for draft in &drafts {
        let parent = parent_of(draft, &drafts, &index)?;
        let ends = ends_of(draft, &drafts, &index)?;
        let (code, name) = (draft.code, draft.name.clone());
        rows.push(Region {
            code,
            name,
            level: draft.level,
            parent,
            abolished: draft.abolished,
            ends,
            chain: Vec::new(),
        });
    }
    link(&mut rows);
    let children = children_of(&rows);
    for (row, zone) in zones.values() {
        if !index.contains_key(&zone.parent) {
            let problem = format!(
                "zone `{}` has the unknown parent `{}`: add that row",
                zone.id, zone.parent
            );
            return Err(RegionTableError { row: *row, problem });
        }
    }
    let zones = zones.into_iter().map(|(id, (_, zone))| (id, zone)).collect();
    Ok(RegionTable { rows, index, children, zones })
}

/// The parent's index: smaller code, higher level, and in force below a region in force.
fn parent_of(
    draft: &Draft,
    drafts: &[Draft],
    index: &FxHashMap<RegionCode, u16>,
) -> Result<Option<u16>, RegionTableError> {
    let code = draft.code;
    let Some(parent) = draft.parent else {
        return if draft.level == RegionLevel::Nation && code == RegionCode::NATION {
            Ok(None)
        } else {
            Err(draft.fail(format!("`{code}` has no parent: only `000000` may go without")))
        };
    };
    let at = index.get(&parent).copied();
    let above = at.and_then(|at| drafts.get(usize::from(at)));
    match above {
        None => {
            Err(draft.fail(format!("`{code}` has the unknown parent `{parent}`: add that row")))
        }
        Some(above) if above.level >= draft.level || above.code >= code => {
            Err(draft.fail(format!(
                "the parent `{parent}` of `{code}` must have a higher level and a smaller code"
            )))
        }
        Some(above) if above.abolished && !draft.abolished => Err(draft
            .fail(format!("the parent `{parent}` of `{code}` was abolished: name its successor"))),
        Some(_) => Ok(at),
    }
}

/// The codes in force behind a code: itself, or the ends of all its successors.
fn ends_of(
    draft: &Draft,
    drafts: &[Draft],
    index: &FxHashMap<RegionCode, u16>,
) -> Result<Vec<u16>, RegionTableError> {
    let mut ends = Vec::new();
    let mut seen = vec![draft.code];
    let mut open = vec![draft.code];
    while let Some(code) = open.pop() {
        let Some((at, found)) =
            index.get(&code).and_then(|&at| Some((at, drafts.get(usize::from(at))?)))
        else {
            return Err(draft.fail(format!(
                "the successor `{code}` of `{}` is not in the file: add it",
                draft.code
            )));
        };
        if !found.abolished {
            ends.push(at);
        }
        for &next in &found.successors {
            if next == draft.code {
                return Err(
                    draft.fail(format!("the successors of `{next}` run in a circle: correct them"))
                );
            }
            if !seen.contains(&next) {
                seen.push(next);
                open.push(next);
            }
        }
    }
    ends.sort_unstable();
    Ok(ends)
}

/// Fills in every row's chain: first the codes in force, whose parents come
/// before them, then the abolished ones from what the chains of their ends share.
fn link(rows: &mut [Region]) {
    for abolished in [false, true] {
        for (own, at) in (0..=u16::MAX).zip(0..rows.len()) {
            let row = &rows[at];
            if row.abolished != abolished {
                continue;
            }
            let sources = if abolished { row.ends.as_slice() } else { row.parent.as_slice() };
            let above = shared_chain(rows, sources);
            rows[at].chain = std::iter::once(own).chain(above).collect();
        }
    }
}

/// The codes that stand in the chains of all sources, nearest first.
fn shared_chain(rows: &[Region], sources: &[u16]) -> Vec<u16> {
    let mut chains = sources.iter().filter_map(|&at| Some(&rows.get(usize::from(at))?.chain));
    let first = chains.next().cloned().unwrap_or_default();
    chains.fold(first, |mut shared, chain| {
        shared.retain(|at| chain.contains(at));
        shared
    })
}

fn children_of(rows: &[Region]) -> Vec<Vec<RegionCode>> {
    let mut children = vec![Vec::new(); rows.len()];
    for row in rows.iter().filter(|row| !row.abolished) {
        if let Some(list) = row.parent.and_then(|parent| children.get_mut(usize::from(parent))) {
            list.push(row.code);
        }
    }
    children
}
