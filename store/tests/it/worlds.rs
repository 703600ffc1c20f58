//! Random dossiers under a small catalogue, and how two of them compare.

use std::path::{Path, PathBuf};

use arrow_buffer::{ArrowNativeType, BooleanBuffer, OffsetBuffer, ScalarBuffer};
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use zhida_model::catalogue::types::FieldType;
use zhida_model::catalogue::{self, Catalogue, Field};
use zhida_model::domain::SubjectKind;
use zhida_model::frame::{CHUNK_ROWS, Column, Dossiers, Edges, Facts, Frame, Values, World};
use zhida_store::{ManifestInfo, SnapshotWriter, StoreError};

pub(crate) const CATALOGUE: &str = include_str!("catalogue.yaml");

pub(crate) fn catalogue() -> Catalogue {
    catalogue_of(CATALOGUE)
}

pub(crate) fn catalogue_of(text: &str) -> Catalogue {
    catalogue::read("catalogue.yaml", text).unwrap_or_else(|findings| {
        panic!("{}", findings.iter().map(|f| format!("{f}\n")).collect::<String>())
    })
}

pub(crate) fn info() -> ManifestInfo {
    ManifestInfo {
        known_at: jiff::civil::date(2026, 3, 31),
        rule_set_hash: "5e1f".to_owned(),
        created_at: "2026-04-01T02:03:04Z".parse().unwrap(),
        created_by: "zhida 0.1.0".to_owned(),
        key_id: "0123456789abcdef".to_owned(),
    }
}

/// Writes a world with a few further files and makes it current.
pub(crate) fn save(root: &Path, version: &str, world: &World) -> Result<PathBuf, StoreError> {
    let catalogue = catalogue();
    let mut writer = SnapshotWriter::create(root, version, &catalogue)?;
    writer.add_file("catalogue.yaml", CATALOGUE.as_bytes())?;
    writer.write(world)?;
    writer.add_file("policies/tech-sme-2023.yaml", "title: 科技型中小企业\n".as_bytes())?;
    writer.add_file("policies/empty.yaml", b"")?;
    writer.finish(info())
}

/// A world of so many enterprises and citizens, the same for the same seed.
pub(crate) fn world(seed: u64, rows: [usize; 2]) -> World {
    let catalogue = catalogue();
    let mut maker = Maker { random: ChaCha8Rng::seed_from_u64(seed), citizens: rows[1] };
    let kinds = SubjectKind::ALL;
    World { dossiers: kinds.map(|kind| maker.dossiers(&catalogue, kind, rows[kind.index()])) }
}

struct Maker {
    random: ChaCha8Rng,
    citizens: usize,
}

impl Maker {
    fn dossiers(&mut self, catalogue: &Catalogue, kind: SubjectKind, rows: usize) -> Dossiers {
        let held: Vec<bool> =
            catalogue.fields().iter().map(|_| self.random.random_bool(0.9)).collect();
        let starts = (0..rows).step_by(CHUNK_ROWS);
        let chunks = starts
            .map(|first| {
                let size = CHUNK_ROWS.min(rows - first);
                let stored = |field: &Field| {
                    field.subject == kind && field.derived.is_none() && held[field.id.index()]
                };
                let columns = catalogue.fields().iter();
                let columns =
                    columns.map(|field| stored(field).then(|| self.column(field, size))).collect();
                let relations = catalogue.relations().iter();
                let relations = relations
                    .map(|r| {
                        (r.entry.subject == kind && self.citizens > 0).then(|| self.edges(size))
                    })
                    .collect();
                let keys = (0..size).map(|_| {
                    (u128::from(self.random.next_u64()) << 64) | u128::from(self.random.next_u64())
                });
                let keys: Vec<u128> = keys.collect();
                let first = u32::try_from(first).unwrap();
                Frame { kind, first, rows: size, keys: keys.into(), columns, relations }
            })
            .collect();
        Dossiers { kind, rows, chunks }
    }

    fn column(&mut self, field: &Field, rows: usize) -> Column {
        let values = self.values(field, rows);
        let known = self.random.random_bool(0.8).then(|| self.bits(rows, 0.9));
        let reasons = known.as_ref().map(|known| {
            let code = |row| if known.value(row) { 0 } else { self.random.random_range(1..=8) };
            (0..rows).map(code).collect()
        });
        let observed = self.random.random_bool(0.7).then(|| self.days(rows, i32::MIN));
        let several = field.sources.len() > 1 && field.kind != FieldType::Facts;
        let source = several.then(|| self.many(rows, |r| r.random_range(0..2u8)));
        Column { values, known, reasons, observed, source }
    }

    fn values(&mut self, field: &Field, rows: usize) -> Values {
        let codes = field.codes.as_ref().map_or(60_000, |codes| codes.len());
        match field.kind {
            FieldType::Bool => Values::Bool(self.bits(rows, 0.5)),
            FieldType::Int | FieldType::Decimal | FieldType::Money => {
                Values::Int(self.many(rows, |r| r.next_u64() as i64))
            }
            FieldType::Date => Values::Date(self.many(rows, |r| r.random_range(-20_000..30_000))),
            FieldType::Code => Values::Code(self.many(rows, |r| r.random_range(0..codes) as u8)),
            FieldType::Region | FieldType::Industry => {
                Values::Place(self.many(rows, |r| r.next_u32() as u16))
            }
            FieldType::Text => self.text(rows),
            FieldType::Set => {
                let (offsets, count) = self.offsets(rows);
                let mut members: Vec<u16> =
                    (0..count).map(|_| self.random.random_range(0..codes) as u16).collect();
                for bounds in offsets.windows(2) {
                    let list = &mut members[bounds[0] as usize..bounds[1] as usize];
                    list.sort_unstable();
                    (1..list.len())
                        .for_each(|i| list[i] = list[i].max(list[i - 1].saturating_add(1)));
                }
                Values::Set { offsets, members: members.into() }
            }
            FieldType::Facts => Values::Facts(self.facts(rows, codes)),
        }
    }

    fn text(&mut self, rows: usize) -> Values {
        let words = ["", "杭州", "科技", "有限公司", "a", "龘𠮷"];
        let (mut bytes, mut lengths) = (Vec::new(), Vec::new());
        for _ in 0..rows {
            let start = bytes.len();
            for _ in 0..self.random.random_range(0..4) {
                bytes.extend(words[self.random.random_range(0..words.len())].as_bytes());
            }
            lengths.push(bytes.len() - start);
        }
        Values::Text { offsets: OffsetBuffer::from_lengths(lengths), bytes: bytes.into() }
    }

    fn facts(&mut self, rows: usize, codes: usize) -> Facts {
        let (offsets, count) = self.offsets(rows);
        let mut all: Vec<(u8, i32, i32)> = (0..count)
            .map(|_| {
                let code = self.random.random_range(0..codes) as u8;
                (code, self.day(i32::MIN), self.day(i32::MAX))
            })
            .collect();
        for bounds in offsets.windows(2) {
            all[bounds[0] as usize..bounds[1] as usize].sort_unstable();
        }
        Facts {
            offsets,
            code: all.iter().map(|fact| fact.0).collect(),
            from: all.iter().map(|fact| fact.1).collect(),
            to: all.iter().map(|fact| fact.2).collect(),
            amount: self
                .many(count, |r| if r.random_bool(0.3) { i64::MIN } else { r.next_u64() as i64 }),
            source: ScalarBuffer::from(vec![0; count]),
        }
    }

    fn edges(&mut self, rows: usize) -> Edges {
        let (offsets, count) = self.offsets(rows);
        let citizens = u32::try_from(self.citizens).unwrap();
        Edges {
            offsets,
            target: self.many(count, |r| r.random_range(0..citizens)),
            since: self.days(count, i32::MIN),
            until: self.days(count, i32::MAX),
            complete: self.random.random_bool(0.5).then(|| self.bits(rows, 0.95)),
        }
    }

    fn offsets(&mut self, rows: usize) -> (OffsetBuffer<i32>, usize) {
        let lengths: Vec<usize> = (0..rows).map(|_| self.random.random_range(0..4)).collect();
        let count = lengths.iter().sum();
        (OffsetBuffer::from_lengths(lengths), count)
    }

    fn many<T: ArrowNativeType>(
        &mut self,
        count: usize,
        one: impl Fn(&mut ChaCha8Rng) -> T,
    ) -> ScalarBuffer<T> {
        (0..count).map(|_| one(&mut self.random)).collect::<Vec<T>>().into()
    }

    fn days(&mut self, count: usize, none: i32) -> ScalarBuffer<i32> {
        (0..count).map(|_| self.day(none)).collect::<Vec<_>>().into()
    }

    fn day(&mut self, none: i32) -> i32 {
        if self.random.random_bool(0.2) { none } else { self.random.random_range(-20_000..30_000) }
    }

    fn bits(&mut self, rows: usize, share: f64) -> BooleanBuffer {
        BooleanBuffer::collect_bool(rows, |_| self.random.random_bool(share))
    }
}

/// Both worlds say the same of every dossier. Whether "all known" is written
/// as no bits or as bits that are all set makes no difference.
pub(crate) fn assert_same(a: &World, b: &World) {
    for kind in SubjectKind::ALL {
        let (a, b) = (a.of(kind), b.of(kind));
        assert_eq!((a.kind, a.rows, a.chunks.len()), (b.kind, b.rows, b.chunks.len()));
        a.chunks.iter().zip(&b.chunks).for_each(|(a, b)| assert_same_frame(a, b));
    }
}

fn assert_same_frame(a: &Frame, b: &Frame) {
    assert_eq!((a.kind, a.first, a.rows, &a.keys), (b.kind, b.first, b.rows, &b.keys));
    assert_eq!((a.columns.len(), a.relations.len()), (b.columns.len(), b.relations.len()));
    for (field, (a, b)) in a.columns.iter().zip(&b.columns).enumerate() {
        assert_eq!(a.is_some(), b.is_some(), "field {field} is held");
        if let (Some(a), Some(b)) = (a, b) {
            assert!(same_values(&a.values, &b.values), "values of field {field}");
            assert_eq!(unless_all(&a.known), unless_all(&b.known), "known cells of field {field}");
            let rows = 0..a_len(b);
            rows.for_each(|row| {
                assert_eq!(a.reason(row), b.reason(row), "field {field} row {row}")
            });
            let some = |days: &Option<ScalarBuffer<i32>>| {
                days.clone().filter(|d| d.iter().any(|&d| d != i32::MIN))
            };
            assert_eq!(some(&a.observed), some(&b.observed), "observation of field {field}");
            assert_eq!(a.source, b.source, "source of field {field}");
        }
    }
    for (a, b) in a.relations.iter().zip(&b.relations) {
        assert_eq!(a.is_some(), b.is_some(), "the relation is held");
        if let (Some(a), Some(b)) = (a, b) {
            assert_eq!(
                (&a.offsets, &a.target, &a.since, &a.until),
                (&b.offsets, &b.target, &b.since, &b.until)
            );
            assert_eq!(unless_all(&a.complete), unless_all(&b.complete));
        }
    }
}

fn a_len(column: &Column) -> usize {
    column.known.as_ref().map_or(0, BooleanBuffer::len)
}

fn unless_all(bits: &Option<BooleanBuffer>) -> Option<&BooleanBuffer> {
    bits.as_ref().filter(|bits| bits.count_set_bits() < bits.len())
}

fn same_values(a: &Values, b: &Values) -> bool {
    match (a, b) {
        (Values::Bool(a), Values::Bool(b)) => a == b,
        (Values::Int(a), Values::Int(b)) => a == b,
        (Values::Date(a), Values::Date(b)) => a == b,
        (Values::Code(a), Values::Code(b)) => a == b,
        (Values::Place(a), Values::Place(b)) => a == b,
        (Values::Text { offsets: a, bytes: x }, Values::Text { offsets: b, bytes: y }) => {
            (a, x) == (b, y)
        }
        (Values::Set { offsets: a, members: x }, Values::Set { offsets: b, members: y }) => {
            (a, x) == (b, y)
        }
        (Values::Facts(a), Values::Facts(b)) => {
            (&a.offsets, &a.code, &a.from, &a.to, &a.amount, &a.source)
                == (&b.offsets, &b.code, &b.from, &b.to, &b.amount, &b.source)
        }
        _ => false,
    }
}
