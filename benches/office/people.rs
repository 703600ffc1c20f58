//! Citizens drawn from a seed: in memory as the engine holds them, and as the
//! Parquet files the peer reads. One value in twenty is unknown.

use std::{fs::File, path::Path, sync::Arc};

use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Int32Array, Int64Array, RecordBatch, StringArray,
    UInt8Array,
};
use arrow_buffer::{BooleanBuffer, OffsetBuffer};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use zhida_model::{
    catalogue::Field,
    domain::{RegionCode, SubjectKind},
    frame::{CHUNK_ROWS, Column, Dossiers, Facts, Frame, Values, World},
    office::{population::Population, rowset::Rowset},
    reference::Reference,
};

use crate::Fallible;

const UNKNOWN: f64 = 0.05;

/// The day judged, days since 1970-01-01: 2026-03-31.
const TODAY: i32 = 20_543;

/// One column: a value for every row, and whether it is known.
struct Drawn<T> {
    values: Vec<T>,
    known: Vec<bool>,
}

/// Everybody, sorted by region as `build` sorts.
pub(crate) struct People {
    rows: usize,
    regions: Vec<u16>,
    born: Drawn<i32>,
    income: Drawn<i64>,
    sex: Drawn<u8>,
    welfare: Drawn<u8>,
    care: Drawn<u8>,
    /// By row: code, first and last day.
    benefits: Vec<Vec<(u8, i32, i32)>>,
}

impl People {
    /// Draws so many.
    pub(crate) fn draw(reference: &Reference, rows: usize, seed: u64) -> Fallible<People> {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let table = &reference.regions;
        let counties: Vec<u16> = table
            .codes()
            .filter(|code| code.value() % 100 != 0 && table.abolished(*code) == Some(false))
            .filter_map(|code| table.index(code))
            .collect();
        let mut regions: Vec<u16> =
            (0..rows).map(|_| counties[random.random_range(0..counties.len())]).collect();
        regions.sort_unstable();
        let codes = ["elder_care_voucher", "concentrated_care", "shanghai_elder_allowance"];
        let list = field(reference, "benefits")?.codes.clone().ok_or("benefits have no codes")?;
        let codes: Vec<u8> = codes.iter().filter_map(|code| list.position(code)).collect();
        if codes.len() != 3 {
            return Err("the catalogue lacks a benefit".into());
        }
        let mut draw = Draw { random: &mut random, rows };
        // Yuan from a thousand to a million, evenly by their logarithm.
        let income = draw.column(|random| {
            let yuan = 10_f64.powf(random.random_range(3.0..6.0));
            #[expect(clippy::cast_possible_truncation, reason = "below 10^6")]
            let yuan = yuan as i64;
            yuan * 100
        });
        Ok(People {
            rows,
            regions,
            born: draw.column(|random| TODAY - random.random_range(0..36_500)),
            income,
            sex: draw.column(|random| random.random_range(0..2)),
            welfare: draw.column(|random| random.random_range(0..40_u8).saturating_sub(35)),
            care: draw.column(|random| random.random_range(0..10_u8).saturating_sub(5)),
            benefits: (0..rows).map(|_| benefits(&mut random, &codes)).collect(),
        })
    }

    /// The frames of the engine.
    pub(crate) fn world(&self, reference: &Reference) -> Fallible<World> {
        let mut chunks = Vec::new();
        for first in (0..self.rows).step_by(CHUNK_ROWS) {
            let range = first..(first + CHUNK_ROWS).min(self.rows);
            let mut columns: Vec<Option<Column>> = vec![None; reference.catalogue.fields().len()];
            let mut set = |name: &str, values: Values, known: Option<&[bool]>| -> Fallible<()> {
                let known = known.map(BooleanBuffer::from);
                let column = Column { values, known, reasons: None, observed: None, source: None };
                columns[field(reference, name)?.id.index()] = Some(column);
                Ok(())
            };
            let cut = range.clone();
            set("hukou_region", Values::Place(self.regions[cut].to_vec().into()), None)?;
            let (born, income) = (&self.born, &self.income);
            let known = |known: &'_ [bool]| known[range.clone()].to_vec();
            set(
                "birth_date",
                Values::Date(born.values[range.clone()].to_vec().into()),
                Some(&known(&born.known)),
            )?;
            set(
                "annual_income",
                Values::Int(income.values[range.clone()].to_vec().into()),
                Some(&known(&income.known)),
            )?;
            for (name, codes) in self.codes() {
                let values = Values::Code(codes.values[range.clone()].to_vec().into());
                set(name, values, Some(&known(&codes.known)))?;
            }
            set("benefits", Values::Facts(self.facts(range.clone())), None)?;
            chunks.push(Frame {
                kind: SubjectKind::Citizen,
                first: u32::try_from(first)?,
                rows: range.len(),
                keys: range.map(|row| row as u128).collect::<Vec<_>>().into(),
                columns,
                relations: vec![None; reference.catalogue.relations().len()],
            });
        }
        let enterprises = Dossiers { kind: SubjectKind::Enterprise, rows: 0, chunks: Vec::new() };
        let citizens = Dossiers { kind: SubjectKind::Citizen, rows: self.rows, chunks };
        Ok(World { dossiers: [enterprises, citizens] })
    }

    fn codes(&self) -> [(&'static str, &Drawn<u8>); 3] {
        [("sex", &self.sex), ("welfare_status", &self.welfare), ("care_level", &self.care)]
    }

    fn facts(&self, rows: std::ops::Range<usize>) -> Facts {
        let lists = &self.benefits[rows];
        let all: Vec<(u8, i32, i32)> = lists.iter().flatten().copied().collect();
        Facts {
            offsets: OffsetBuffer::from_lengths(lists.iter().map(Vec::len)),
            code: all.iter().map(|fact| fact.0).collect::<Vec<_>>().into(),
            from: all.iter().map(|fact| fact.1).collect::<Vec<_>>().into(),
            to: all.iter().map(|fact| fact.2).collect::<Vec<_>>().into(),
            amount: vec![i64::MIN; all.len()].into(),
            source: vec![0; all.len()].into(),
        }
    }

    /// Writes `people.parquet` and `benefits.parquet`. The groups and who has
    /// the benefit already are columns: both sides know them beforehand.
    pub(crate) fn write(
        &self,
        reference: &Reference,
        population: &Population,
        region: RegionCode,
        dated: &zhida_model::rules::dated::Dated<'_>,
        settled: &Rowset,
        folder: &Path,
    ) -> Fallible<()> {
        let code = |index: &u16| reference.regions.code(*index).map(RegionCode::value);
        let regions: Int32Array = self
            .regions
            .iter()
            .map(|index| code(index).and_then(|c| i32::try_from(c).ok()))
            .collect();
        let subjects: Int64Array = (0..self.rows).map(|row| i64::try_from(row).ok()).collect();
        let settled: BooleanArray = (0..self.rows).map(|row| Some(settled.contains(row))).collect();
        let born: Date32Array = self.born.cells().collect();
        let income: Int64Array = self.income.cells().collect();
        let mut columns: Vec<(String, ArrayRef)> = vec![
            ("subject".to_owned(), Arc::new(subjects)),
            ("hukou_region".to_owned(), Arc::new(regions)),
            ("settled".to_owned(), Arc::new(settled)),
            ("birth_date".to_owned(), Arc::new(born)),
            ("annual_income".to_owned(), Arc::new(income)),
        ];
        for (name, drawn) in self.codes() {
            let list = field(reference, name)?.codes.clone().ok_or("a code without a list")?;
            let words: StringArray = drawn
                .cells()
                .map(|code| code.and_then(|code| list.entry(code)).map(|entry| entry.code.clone()))
                .collect();
            columns.push((name.to_owned(), Arc::new(words)));
        }
        let layers = std::iter::once(population.regions(region, dated));
        for layer in layers.chain(population.layers.iter().cloned()) {
            columns.push((format!("g_{}", layer.name), Arc::new(UInt8Array::from(layer.of))));
        }
        save(columns, &folder.join("people.parquet"))?;
        self.write_benefits(reference, &folder.join("benefits.parquet"))
    }

    fn write_benefits(&self, reference: &Reference, path: &Path) -> Fallible<()> {
        let list = field(reference, "benefits")?.codes.clone().ok_or("benefits have no codes")?;
        let rows = self.benefits.iter().enumerate();
        let all: Vec<(i64, (u8, i32, i32))> = rows
            .flat_map(|(row, facts)| {
                let row = i64::try_from(row).unwrap_or(i64::MAX);
                facts.iter().map(move |fact| (row, *fact))
            })
            .collect();
        let day = |day: i32| Some(day).filter(|day| *day != i32::MAX);
        let subjects: Int64Array = all.iter().map(|(row, _)| Some(*row)).collect();
        let codes: StringArray = all
            .iter()
            .map(|(_, fact)| list.entry(fact.0).map(|entry| entry.code.clone()))
            .collect();
        let from: Date32Array = all.iter().map(|(_, fact)| day(fact.1)).collect();
        let to: Date32Array = all.iter().map(|(_, fact)| day(fact.2)).collect();
        save(
            vec![
                ("subject".to_owned(), Arc::new(subjects)),
                ("code".to_owned(), Arc::new(codes)),
                ("from".to_owned(), Arc::new(from)),
                ("to".to_owned(), Arc::new(to)),
            ],
            path,
        )
    }
}

struct Draw<'r> {
    random: &'r mut ChaCha8Rng,
    rows: usize,
}

impl Draw<'_> {
    fn column<T>(&mut self, value: impl Fn(&mut ChaCha8Rng) -> T) -> Drawn<T> {
        let values = (0..self.rows).map(|_| value(self.random)).collect();
        let known = (0..self.rows).map(|_| !self.random.random_bool(UNKNOWN)).collect();
        Drawn { values, known }
    }
}

impl<T: Copy> Drawn<T> {
    fn cells(&self) -> impl Iterator<Item = Option<T>> + '_ {
        self.values.iter().zip(&self.known).map(|(value, known)| known.then_some(*value))
    }
}

/// None for most; others one or two, each over or still running.
fn benefits(random: &mut ChaCha8Rng, codes: &[u8]) -> Vec<(u8, i32, i32)> {
    let count = random.random_range(0..10_usize).saturating_sub(7);
    let mut facts: Vec<(u8, i32, i32)> = (0..count)
        .map(|_| {
            let code = codes[random.random_range(0..codes.len())];
            let from = TODAY - random.random_range(0..3_000);
            let over = random.random_bool(0.5);
            (code, from, if over { from + random.random_range(0..2_000) } else { i32::MAX })
        })
        .collect();
    facts.sort_unstable();
    facts
}

fn field<'r>(reference: &'r Reference, name: &str) -> Fallible<&'r Field> {
    let field = reference.catalogue.field(SubjectKind::Citizen, name);
    Ok(field.ok_or_else(|| format!("the catalogue has no `{name}`"))?)
}

fn save(columns: Vec<(String, ArrayRef)>, path: &Path) -> Fallible<()> {
    let batch = RecordBatch::try_from_iter(columns)?;
    let mut writer =
        parquet::arrow::ArrowWriter::try_new(File::create(path)?, batch.schema(), None)?;
    writer.write(&batch)?;
    writer.close()?;
    Ok(())
}
