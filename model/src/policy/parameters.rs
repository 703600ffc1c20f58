//! Dated local parameters: amounts that each place sets for itself, such as
//! the line of minimum living support, with the days on which they hold.
//!
//! Their names and types stand in the catalogue. A value is given for a
//! region and holds below it until a nearer region sets its own. Nothing is
//! carried past its last day: an expired value is unknown, not the old one.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rustc_hash::FxHashMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_saphyr::Spanned;

use crate::catalogue::yaml::{self, Text};
use crate::catalogue::{self, Catalogue};
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::domain::{RegionCode, RegionTable};

/// The file as it is written.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ParametersFile {
    /// The values, in any order.
    #[schemars(with = "Vec<ParameterRow>")]
    pub parameters: Vec<Spanned<ParameterRow>>,
}

/// One value for one region and period, as it is written.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ParameterRow {
    /// Name in the catalogue.
    pub name: String,
    /// Region it is set for, six digits in quotes; "000000" is the nation.
    pub region: String,
    /// First day, included.
    #[schemars(with = "String")]
    pub from: Date,
    /// Last day, included; absent while no end is set.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub to: Option<Date>,
    /// The value in the unit of the rule language: yuan for money.
    pub value: String,
    /// The document that sets it.
    pub source: String,
    /// Taken from a second-hand text; nobody has seen the document itself.
    #[serde(default)]
    pub unverified: bool,
}

/// One checked value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ParameterValue {
    /// Region it is set for, in force today.
    pub region: RegionCode,
    /// First day, included.
    pub from: Date,
    /// Last day, included; `None` while no end is set.
    pub to: Option<Date>,
    /// Fen, decimal scaled by 10^6, or whole number, by the parameter's type.
    pub value: i64,
    /// The document that sets it.
    pub source: String,
    /// Taken from a second-hand text.
    pub unverified: bool,
}

impl ParameterValue {
    /// Whether it holds on a day.
    #[must_use]
    pub fn holds(&self, day: Date) -> bool {
        self.from <= day && self.to.is_none_or(|to| day <= to)
    }

    fn overlaps(&self, other: &ParameterValue) -> bool {
        self.region == other.region
            && self.to.is_none_or(|to| other.from <= to)
            && other.to.is_none_or(|to| self.from <= to)
    }
}

/// Why a value cannot be added.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParametersError {
    /// It ends before it begins.
    #[error("`{name}` for {region} ends on {to}, before it begins on {from}: swap the days")]
    Backwards {
        /// The parameter.
        name: String,
        /// Its region.
        region: RegionCode,
        /// First day.
        from: Date,
        /// Last day.
        to: Date,
    },
    /// Two values for one region hold on the same day.
    #[error(
        "`{name}` for {region} has another value in force from {from}: end one before the other begins"
    )]
    Overlap {
        /// The parameter.
        name: String,
        /// Its region.
        region: RegionCode,
        /// First day of the value that is there already.
        from: Date,
    },
}

/// All values by name.
#[derive(Debug, Clone, Default)]
pub struct Parameters {
    /// Ordered by region and first day.
    values: BTreeMap<String, Vec<ParameterValue>>,
}

impl Parameters {
    /// No values: every parameter is unknown everywhere.
    #[must_use]
    pub fn empty() -> Parameters {
        Parameters::default()
    }

    /// Reads and checks a file of values. `file` is its name in messages.
    ///
    /// # Errors
    /// Every finding, in the order of the file.
    pub fn read(
        file: &str,
        text: &str,
        catalogue: &Catalogue,
        regions: &RegionTable,
    ) -> Result<Parameters, Vec<Diagnostic>> {
        let written: ParametersFile = yaml::parse(file, text, yaml::Form::Catalogue)?;
        let mut reader =
            Reader { file, text: Text::new(text), catalogue, regions, findings: Vec::new() };
        let mut parameters = Parameters::empty();
        for row in &written.parameters {
            let place = yaml::place(row);
            if let Some(value) = reader.row(&row.value, place)
                && let Err(error) = parameters.insert(&row.value.name, value)
            {
                reader.rejected(&row.value, place, &error);
            }
        }
        if reader.findings.is_empty() { Ok(parameters) } else { Err(reader.findings) }
    }

    /// Adds one value as stored (fen, scaled decimal, whole number), for cases
    /// and tests. The name is not checked.
    ///
    /// # Errors
    /// [`ParametersError`] for a period that is backwards or already taken.
    pub fn with(
        mut self,
        name: &str,
        region: RegionCode,
        value: i64,
        from: Date,
        to: Option<Date>,
    ) -> Result<Parameters, ParametersError> {
        let value =
            ParameterValue { region, from, to, value, source: String::new(), unverified: false };
        self.insert(name, value)?;
        Ok(self)
    }

    /// With one value for all time in the place of those of a region, or of
    /// every region there is one for, to try it out.
    #[must_use]
    pub fn replaced(mut self, name: &str, region: Option<RegionCode>, value: i64) -> Parameters {
        let values = self.values.entry(name.to_owned()).or_default();
        let mut regions: Vec<RegionCode> = match region {
            Some(region) => vec![region],
            None => values.iter().map(|value| value.region).collect(),
        };
        regions.dedup();
        values.retain(|value| !regions.contains(&value.region));
        values.extend(regions.into_iter().map(|region| ParameterValue {
            region,
            from: Date::MIN,
            to: None,
            value,
            source: String::new(),
            unverified: true,
        }));
        values.sort_by_key(|value| (value.region, value.from));
        self
    }

    fn insert(&mut self, name: &str, value: ParameterValue) -> Result<(), ParametersError> {
        let region = value.region;
        if let Some(to) = value.to.filter(|&to| to < value.from) {
            let name = name.to_owned();
            return Err(ParametersError::Backwards { name, region, from: value.from, to });
        }
        let values = self.values.entry(name.to_owned()).or_default();
        if let Some(other) = values.iter().find(|other| other.overlaps(&value)) {
            let name = name.to_owned();
            return Err(ParametersError::Overlap { name, region, from: other.from });
        }
        let place = |other: &ParameterValue| (other.region, other.from) < (region, value.from);
        values.insert(values.partition_point(place), value);
        Ok(())
    }

    /// The names that have values, ascending.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.values.keys().map(String::as_str)
    }

    /// All values of a parameter by region and first day, past and future ones
    /// included.
    #[must_use]
    pub fn values(&self, name: &str) -> &[ParameterValue] {
        self.values.get(name).map_or(&[], Vec::as_slice)
    }

    /// The values that hold on a day, by region.
    #[must_use]
    pub fn in_force(&self, name: &str, as_of: Date) -> Vec<(RegionCode, i64)> {
        let values = self.values(name).iter().filter(|value| value.holds(as_of));
        values.map(|value| (value.region, value.value)).collect()
    }

    /// The value that holds in a region (by dense index) on a day: that of the
    /// nearest ancestor that has one, as stored. An abolished region has the
    /// value of its successors, if they agree. `None` is unknown.
    #[must_use]
    pub fn value(
        &self,
        name: &str,
        region: u16,
        as_of: Date,
        regions: &RegionTable,
    ) -> Option<i64> {
        let code = regions.code(region)?;
        agreed(regions, code, |at| self.at(name, at, as_of).map(|value| value.value))
    }

    /// The value behind [`Parameters::value`] with its source, for evidence;
    /// for a divided region the one of its first successor.
    #[must_use]
    pub fn evidence(
        &self,
        name: &str,
        region: u16,
        as_of: Date,
        regions: &RegionTable,
    ) -> Option<&ParameterValue> {
        self.value(name, region, as_of, regions)?;
        let current = regions.in_force(regions.code(region)?).next()?;
        regions.ancestors(current).find_map(|above| self.at(name, above, as_of))
    }

    /// [`Parameters::value`] for every dense index at once, for kernels.
    #[must_use]
    pub fn dense(&self, name: &str, as_of: Date, regions: &RegionTable) -> Vec<Option<i64>> {
        let set: FxHashMap<RegionCode, i64> = self.in_force(name, as_of).into_iter().collect();
        if set.is_empty() {
            return vec![None; regions.len()];
        }
        regions.codes().map(|code| agreed(regions, code, |at| set.get(&at).copied())).collect()
    }

    /// The value set for exactly this region that holds on a day.
    fn at(&self, name: &str, region: RegionCode, as_of: Date) -> Option<&ParameterValue> {
        let values = self.values(name);
        let begun = values.partition_point(|v| (v.region, v.from) <= (region, as_of));
        let last = values.get(begun.checked_sub(1)?)?;
        (last.region == region && last.holds(as_of)).then_some(last)
    }
}

/// The value of the nearest ancestor, the same for all that a code became.
fn agreed(
    regions: &RegionTable,
    code: RegionCode,
    set: impl Fn(RegionCode) -> Option<i64>,
) -> Option<i64> {
    let mut found = regions.in_force(code).map(|end| regions.ancestors(end).find_map(&set));
    let first = found.next()??;
    found.all(|other| other == Some(first)).then_some(first)
}

/// Turns rows into values and collects what is wrong with them.
struct Reader<'a> {
    file: &'a str,
    text: Text<'a>,
    catalogue: &'a Catalogue,
    regions: &'a RegionTable,
    findings: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn row(&mut self, row: &ParameterRow, place: Place) -> Option<ParameterValue> {
        let before = self.findings.len();
        let value = self.number(row, place);
        let region = self.region(row, place);
        if row.source.trim().is_empty() {
            let help = "name the document that sets the value";
            self.report(
                row,
                self.at(place, "source", ""),
                "source",
                "the value has no source",
                help,
            );
        }
        let (value, region) = (value?, region?);
        (self.findings.len() == before).then(|| ParameterValue {
            region,
            from: row.from,
            to: row.to,
            value,
            source: row.source.clone(),
            unverified: row.unverified,
        })
    }

    fn number(&mut self, row: &ParameterRow, place: Place) -> Option<i64> {
        let Some(parameter) = self.catalogue.parameter(&row.name) else {
            let names = self.catalogue.parameters().iter();
            let names = names.map(|(name, entry)| (name.as_str(), entry.label.as_str()));
            let help = match catalogue::nearest(&row.name, names) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "define it under `parameters` of the catalogue".to_owned(),
            };
            let message = format!("`{}` is no parameter of the catalogue", row.name);
            self.report(row, self.at(place, "name", &row.name), "unknown_parameter", message, help);
            return None;
        };
        let value = catalogue::stored(&row.value, parameter.kind);
        if value.is_none() {
            let message = format!("`{}` is no value of this parameter", row.value);
            let help = format!("write a number in {}, digits only", parameter.unit);
            self.report(row, self.at(place, "value", &row.value), "value", message, help);
        }
        value
    }

    fn region(&mut self, row: &ParameterRow, place: Place) -> Option<RegionCode> {
        let at = self.at(place, "region", &row.region);
        let code = match RegionCode::parse(&row.region) {
            Ok(code) => code,
            Err(_) => {
                let message = format!("`{}` is no region code", row.region);
                let help = "write the six digits of GB/T 2260 in quotes";
                self.report(row, at, "region", message, help);
                return None;
            }
        };
        match self.regions.abolished(code) {
            Some(false) => return Some(code),
            Some(true) => {
                let message = format!("region `{code}` has been abolished");
                let current: Vec<_> =
                    self.regions.in_force(code).map(|code| format!("`{code}`")).collect();
                let help = match current.is_empty() {
                    true => "leave the value out: nothing took the region's place".to_owned(),
                    false => {
                        format!("give the value for what took its place: {}", current.join(", "))
                    }
                };
                self.report(row, at, "region", message, help);
            }
            None => {
                let message = format!("region `{code}` is not in the table of regions");
                let help = "check the digits, or add the region to the table";
                self.report(row, at, "region", message, help);
            }
        }
        None
    }

    fn rejected(&mut self, row: &ParameterRow, place: Place, error: &ParametersError) {
        let (code, key, help) = match error {
            ParametersError::Backwards { .. } => ("period", "to", "correct `from` or `to`"),
            ParametersError::Overlap { .. } => {
                ("overlap", "from", "end the earlier value on the day before the later begins")
            }
        };
        let text = error.to_string();
        let message = text.rsplit_once(": ").map_or(text.as_str(), |(what, _)| what);
        self.report(row, self.at(place, key, ""), code, message, help);
    }

    fn at(&self, place: Place, key: &str, value: &str) -> Place {
        self.text.value(place, key, value)
    }

    fn report(
        &mut self,
        row: &ParameterRow,
        place: Place,
        code: &'static str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.findings.push(Diagnostic {
            file: self.file.to_owned(),
            place,
            severity: Severity::Error,
            code,
            message: message.into(),
            subject: row.name.clone(),
            help: help.into(),
        });
    }
}

#[cfg(test)]
#[path = "tests/parameters.rs"]
mod tests;
