//! The engine and its peers on the same million rows and thousand rules, in
//! the same run: `cargo bench -p zhida-model --bench engine`, or `make bench`.
//!
//! Rows are enterprises sorted by region with one value in twenty unknown;
//! rules are conjunctions of three to five tests over eight fields, one in
//! five with a clause that a person judges. Peers are started from
//! `benches/peers/.venv` (`make peers`); without it only our figures appear.
//! Counts of the four verdicts must be equal for every rule, or the bench fails.

use std::{
    error::Error,
    fs::File,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
    time::Instant,
};

use arrow_array::{ArrayRef, BooleanArray, Date32Array, Int32Array, Int64Array, RecordBatch};
use arrow_buffer::{BooleanBuffer, ScalarBuffer};
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use zhida_model::{
    catalogue::{self, FieldId},
    domain::{IndustryTable, RegionCode, RegionTable, SubjectKind},
    frame::{CHUNK_ROWS, Column, Dossiers, Frame, Values, World},
    policy::Parameters,
    reference::Reference,
    rules::{
        check::{Audience, Checker},
        columnar::Engine,
        dated::Dated,
        ir::NodeId,
        program::Program,
        scalar::{At, Manual, Scalar},
    },
};

const ROWS: usize = 1_000_000;
const RULES: usize = 1_000;
const UNKNOWN: f64 = 0.05;
const SEED: u64 = 2026;

type Fallible<T> = Result<T, Box<dyn Error>>;

/// One stored field of the bench with the numbers rules draw thresholds from.
struct Spec {
    name: &'static str,
    kind: Kind,
}

enum Kind {
    /// Fen, log-uniform up to ten to the power.
    Money(u32),
    /// Whole numbers, log-uniform.
    Count(u32),
    /// Codes below the number.
    Code(u8),
    Flag,
    /// Days before 2026.
    Day(i32),
}

const SPECS: [Spec; 8] = [
    Spec { name: "employees", kind: Kind::Count(4) },
    Spec { name: "revenue", kind: Kind::Money(12) },
    Spec { name: "total_assets", kind: Kind::Money(12) },
    Spec { name: "taxable_income", kind: Kind::Money(10) },
    Spec { name: "entity_kind", kind: Kind::Code(8) },
    Spec { name: "tax_credit_grade", kind: Kind::Code(5) },
    Spec { name: "listed", kind: Kind::Flag },
    Spec { name: "established_on", kind: Kind::Day(14_000) },
];

enum Data {
    Whole(Vec<i64>),
    Code(Vec<u8>),
    Flag(Vec<bool>),
    Day(Vec<i32>),
}

struct Drawn {
    regions: Vec<u16>,
    columns: Vec<(Data, Vec<bool>)>,
}

fn main() -> Fallible<()> {
    // `cargo test --benches` passes flags of its own: then only the build matters.
    if std::env::args().any(|argument| argument == "--test") {
        return Ok(());
    }
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let reference = reference(&root.join("data-samples"))?;
    let drawn = draw(&reference);
    let world = world(&reference, &drawn)?;
    let folder = std::env::temp_dir().join(format!("zhida-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    write_table(&reference, &drawn, &folder.join("table.parquet"))?;
    println!("{ROWS} rows × {RULES} rules, {} threads, seed {SEED}", rayon_threads());
    for regional in [true, false] {
        compare(&root, &reference, &world, &folder, regional)?;
    }
    single(&reference, &world)?;
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

fn rayon_threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn reference(definitions: &Path) -> Fallible<Reference> {
    let text = |name: &str| std::fs::read_to_string(definitions.join(name));
    let told = |found: Vec<zhida_model::diagnostic::Diagnostic>| {
        found.first().map_or_else(String::new, ToString::to_string)
    };
    let regions = RegionTable::from_csv(&text("regions.csv")?)?;
    let industries = IndustryTable::from_csv(&text("industries.csv")?)?;
    let catalogue = catalogue::read("catalogue.yaml", &text("catalogue.yaml")?).map_err(told)?;
    Ok(Reference { catalogue, regions, industries, parameters: Parameters::empty() })
}

fn draw(reference: &Reference) -> Drawn {
    let mut random = ChaCha8Rng::seed_from_u64(SEED);
    let counties: Vec<u16> = reference
        .regions
        .codes()
        .filter(|code| code.value() % 100 != 0 && reference.regions.abolished(*code) == Some(false))
        .filter_map(|code| reference.regions.index(code))
        .collect();
    let mut regions: Vec<u16> =
        (0..ROWS).map(|_| counties[random.random_range(0..counties.len())]).collect();
    regions.sort_unstable();
    let columns = SPECS
        .iter()
        .map(|spec| {
            let data = match spec.kind {
                Kind::Money(power) => {
                    Data::Whole((0..ROWS).map(|_| log_uniform(&mut random, power + 2)).collect())
                }
                Kind::Count(power) => {
                    Data::Whole((0..ROWS).map(|_| log_uniform(&mut random, power)).collect())
                }
                Kind::Code(codes) => {
                    Data::Code((0..ROWS).map(|_| random.random_range(0..codes)).collect())
                }
                Kind::Flag => Data::Flag((0..ROWS).map(|_| random.random_bool(0.1)).collect()),
                Kind::Day(days) => {
                    Data::Day((0..ROWS).map(|_| 20_454 - random.random_range(0..days)).collect())
                }
            };
            (data, (0..ROWS).map(|_| !random.random_bool(UNKNOWN)).collect())
        })
        .collect();
    Drawn { regions, columns }
}

#[expect(clippy::cast_possible_truncation, reason = "below 10^14")]
fn log_uniform(random: &mut impl Rng, power: u32) -> i64 {
    10_f64.powf(random.random_range(0.0..f64::from(power))) as i64
}

fn field(reference: &Reference, name: &str) -> Fallible<FieldId> {
    let field = reference.catalogue.field(SubjectKind::Enterprise, name);
    Ok(field.ok_or_else(|| format!("the catalogue has no `{name}`"))?.id)
}

fn world(reference: &Reference, drawn: &Drawn) -> Fallible<World> {
    let region = field(reference, "registration_region")?;
    let ids: Vec<FieldId> =
        SPECS.iter().map(|spec| field(reference, spec.name)).collect::<Result<_, _>>()?;
    let mut chunks = Vec::new();
    for first in (0..ROWS).step_by(CHUNK_ROWS) {
        let end = (first + CHUNK_ROWS).min(ROWS);
        let mut columns: Vec<Option<Column>> = vec![None; reference.catalogue.fields().len()];
        columns[region.index()] = Some(column(
            Values::Place(ScalarBuffer::from(drawn.regions[first..end].to_vec())),
            None,
        ));
        for (id, (data, known)) in ids.iter().zip(&drawn.columns) {
            let values = match data {
                Data::Whole(values) => Values::Int(values[first..end].to_vec().into()),
                Data::Code(values) => Values::Code(values[first..end].to_vec().into()),
                Data::Flag(values) => Values::Bool(BooleanBuffer::from(&values[first..end])),
                Data::Day(values) => Values::Date(values[first..end].to_vec().into()),
            };
            let known = BooleanBuffer::from(&known[first..end]);
            columns[id.index()] = Some(column(values, Some(known)));
        }
        chunks.push(Frame {
            kind: SubjectKind::Enterprise,
            first: u32::try_from(first)?,
            rows: end - first,
            keys: (first..end).map(|row| row as u128).collect::<Vec<_>>().into(),
            columns,
            relations: vec![None; reference.catalogue.relations().len()],
        });
    }
    let citizens = Dossiers { kind: SubjectKind::Citizen, rows: 0, chunks: Vec::new() };
    let enterprises = Dossiers { kind: SubjectKind::Enterprise, rows: ROWS, chunks };
    Ok(World { dossiers: [enterprises, citizens] })
}

fn column(values: Values, known: Option<BooleanBuffer>) -> Column {
    Column { values, known, reasons: None, observed: None, source: None }
}

fn write_table(reference: &Reference, drawn: &Drawn, path: &Path) -> Fallible<()> {
    let code = |index: &u16| reference.regions.code(*index).map(RegionCode::value);
    let regions: Int32Array =
        drawn.regions.iter().map(|index| code(index).and_then(|c| i32::try_from(c).ok())).collect();
    let mut columns: Vec<(&str, ArrayRef)> = vec![("region", Arc::new(regions))];
    for (spec, (data, known)) in SPECS.iter().zip(&drawn.columns) {
        let array: ArrayRef = match data {
            Data::Whole(values) => Arc::new(
                values.iter().zip(known).map(|(v, k)| k.then_some(*v)).collect::<Int64Array>(),
            ),
            Data::Code(values) => Arc::new(
                values
                    .iter()
                    .zip(known)
                    .map(|(v, k)| k.then_some(i32::from(*v)))
                    .collect::<Int32Array>(),
            ),
            Data::Flag(values) => Arc::new(
                values.iter().zip(known).map(|(v, k)| k.then_some(*v)).collect::<BooleanArray>(),
            ),
            Data::Day(values) => Arc::new(
                values.iter().zip(known).map(|(v, k)| k.then_some(*v)).collect::<Date32Array>(),
            ),
        };
        columns.push((spec.name, array));
    }
    let batch = RecordBatch::try_from_iter(columns)?;
    let mut writer =
        parquet::arrow::ArrowWriter::try_new(File::create(path)?, batch.schema(), None)?;
    writer.write(&batch)?;
    writer.close()?;
    Ok(())
}

/// A drawn rule: its expression, its region, and the peers' form.
struct Rule {
    region: Option<(String, [u32; 2])>,
    expression: String,
    terms: Vec<Value>,
    manual: bool,
}

fn rules(reference: &Reference, regional: bool) -> Vec<Rule> {
    let mut random = ChaCha8Rng::seed_from_u64(SEED + 1);
    let codes: Vec<u32> = reference
        .regions
        .codes()
        .filter(|code| reference.regions.abolished(*code) == Some(false))
        .map(RegionCode::value)
        .filter(|code| *code != 0)
        .collect();
    let of_level = |step: u32, above: u32| -> Vec<u32> {
        codes.iter().copied().filter(|code| code % step == 0 && code % above != 0).collect()
    };
    let levels = [of_level(10_000, 1_000_000), of_level(100, 10_000), of_level(1, 100)];
    (0..RULES)
        .map(|_| {
            // One in twenty is national, three of the province, eight each of city and county.
            let region = match random.random_range(0..20) {
                _ if !regional => None,
                0 => None,
                1..4 => Some((0, 9_999)),
                4..12 => Some((1, 99)),
                _ => Some((2, 0)),
            };
            let region = region.map(|(level, width): (usize, u32)| {
                let code = levels[level][random.random_range(0..levels[level].len())];
                (format!("{code:06}"), [code, code + width])
            });
            let count = random.random_range(3..6);
            let mut parts = Vec::new();
            let mut terms = Vec::new();
            let mut fields: Vec<usize> = (0..SPECS.len()).collect();
            for _ in 0..count {
                let spec = fields.swap_remove(random.random_range(0..fields.len()));
                let (part, term) = term(&mut random, reference, &SPECS[spec]);
                parts.push(part);
                terms.push(term);
            }
            let manual = random.random_bool(0.2);
            Rule { region, expression: parts.join(" && "), terms, manual }
        })
        .collect()
}

/// One of about twenty tests of a field, in both forms.
fn term(random: &mut ChaCha8Rng, reference: &Reference, spec: &Spec) -> (String, Value) {
    let name = spec.name;
    match spec.kind {
        Kind::Money(power) => {
            let op = if random.random_bool(0.5) { ">=" } else { "<=" };
            let yuan = [1, 2, 5][random.random_range(0..3)]
                * 10_i64.pow(random.random_range(power / 2..power));
            let value = yuan * 100;
            (format!("{name} {op} yuan({yuan})"), json!({"col": name, "op": op, "value": value}))
        }
        Kind::Count(power) => {
            let op = if random.random_bool(0.5) { ">=" } else { "<=" };
            let value =
                [1, 2, 5][random.random_range(0..3)] * 10_i64.pow(random.random_range(1..power));
            (format!("{name} {op} {value}"), json!({"col": name, "op": op, "value": value}))
        }
        Kind::Code(codes) => {
            let list = reference
                .catalogue
                .field(SubjectKind::Enterprise, name)
                .and_then(|field| field.codes.clone());
            let first = random.random_range(0..codes - 1);
            let chosen = [first, first + 1];
            let names: Vec<String> = chosen
                .iter()
                .filter_map(|code| list.as_ref()?.entry(*code).map(|e| format!("\"{}\"", e.code)))
                .collect();
            (format!("{name} in [{}]", names.join(", ")), json!({"col": name, "in": chosen}))
        }
        Kind::Flag => {
            let is = random.random_bool(0.5);
            let part = if is { name.to_owned() } else { format!("!{name}") };
            (part, json!({"col": name, "is": is}))
        }
        Kind::Day(_) => {
            let year = random.random_range(1995..2025);
            let day = jiff::civil::date(year, 1, 1);
            let days = zhida_model::rules::dated::days_of(day);
            (format!("{name} >= date(\"{day}\")"), json!({"col": name, "op": ">=", "value": days}))
        }
    }
}

fn compile(reference: &Reference, rules: &[Rule]) -> Fallible<(Program, Vec<NodeId>)> {
    let mut program = Program::default();
    let mut roots = Vec::new();
    let audience = Audience { subject: SubjectKind::Enterprise, unit: None };
    for rule in rules {
        let mut text = rule.expression.clone();
        if let Some((code, _)) = &rule.region {
            text = format!("within(registration_region, \"{code}\") && {text}");
        }
        if rule.manual {
            text = format!("{text} && manual(\"judged by a person\")");
        }
        let checker =
            Checker::new(reference.lookup(), audience, &mut program.graph, &mut program.manuals);
        let root = checker.condition(&text).map_err(|faults| format!("{text}: {faults:?}"))?;
        roots.push(root);
    }
    Ok((program, roots))
}

fn compare(
    root: &Path,
    reference: &Reference,
    world: &World,
    folder: &Path,
    regional: bool,
) -> Fallible<()> {
    let rules = rules(reference, regional);
    let (program, roots) = compile(reference, &rules)?;
    let day = jiff::civil::date(2026, 3, 31);
    let dated = Dated::new(&program, reference, day, day);
    let (seconds, counts) = timed(&dated, world, &roots);
    let ours = seconds[seconds.len() / 2];
    check_sample(&dated, world, &roots, &counts)?;
    let path = folder.join("rules.json");
    write_rules(&rules, &path)?;
    let pairs = (ROWS * RULES) as f64;
    let title = if regional { "rules with regions" } else { "rules without regions" };
    println!("\n{title}");
    println!("  {:<28}{:>10}{:>16}{:>12}", "engine", "seconds", "pairs/second", "× ours");
    println!("  {:<28}{ours:>10.3}{:>16.2e}{:>12}", "zhida", pairs / ours, "1");
    println!("    our runs: min {:.3}, max {:.3}; memory {} MiB", seconds[0], seconds[6], memory());
    let python = root.join("benches/peers/.venv/bin/python");
    if !python.exists() {
        println!("  (peers left out: run `make peers` first)");
        return Ok(());
    }
    for (peer, prefilter) in
        [("polars", false), ("polars", true), ("duckdb", false), ("duckdb", true), ("numpy", true)]
    {
        if prefilter && !regional {
            continue;
        }
        let mut command = Command::new(&python);
        command.arg(root.join(format!("benches/peers/{peer}_peer.py")));
        command.arg(folder.join("table.parquet")).arg(&path);
        if prefilter {
            command.arg("--prefilter");
        }
        let answer = answer(peer, command, &counts)?;
        let theirs = answer["seconds"].as_f64().ok_or("no seconds")?;
        let name = format!(
            "{peer} {}{}",
            answer["version"].as_str().unwrap_or(""),
            if prefilter { ", prefiltered" } else { "" }
        );
        println!("  {name:<28}{theirs:>10.3}{:>16.2e}{:>12.1}", pairs / theirs, theirs / ours);
    }
    Ok(())
}

/// Seven runs: their seconds in order, and the counts of the last.
fn timed(dated: &Dated<'_>, world: &World, roots: &[NodeId]) -> (Vec<f64>, Vec<[u64; 4]>) {
    let mut seconds = Vec::new();
    let mut counts = Vec::new();
    for _ in 0..7 {
        let begun = Instant::now();
        let engine = Engine::new(dated, world, SubjectKind::Enterprise, roots.to_vec());
        counts = engine.counts();
        seconds.push(begun.elapsed().as_secs_f64());
    }
    seconds.sort_by(f64::total_cmp);
    (seconds, counts)
}

/// The rules in the form the peers read.
fn write_rules(rules: &[Rule], path: &Path) -> Fallible<()> {
    let rules: Vec<Value> = rules
        .iter()
        .map(|rule| {
            json!({
                "region": rule.region.as_ref().map(|(_, range)| range),
                "any": false, "terms": rule.terms, "manual": rule.manual,
            })
        })
        .collect();
    serde_json::to_writer(File::create(path)?, &json!({ "rules": rules }))?;
    Ok(())
}

/// What a peer answers, once its counts are the same as ours.
fn answer(peer: &str, mut command: Command, counts: &[[u64; 4]]) -> Fallible<Value> {
    let output = command.output()?;
    if !output.status.success() {
        return Err(format!("{peer}: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let answer: Value = serde_json::from_slice(&output.stdout)?;
    for (rule, (own, other)) in
        counts.iter().zip(answer["counts"].as_array().ok_or("no counts")?).enumerate()
    {
        if json!(own) != *other {
            return Err(format!("{peer} counts rule {rule} as {other}, we as {own:?}").into());
        }
    }
    Ok(answer)
}

/// A sample of rows through the specification: every thousandth row, every rule.
fn check_sample(
    dated: &Dated<'_>,
    world: &World,
    roots: &[NodeId],
    counts: &[[u64; 4]],
) -> Fallible<()> {
    for count in counts {
        if count.iter().sum::<u64>() != ROWS as u64 {
            return Err("verdicts do not add up".into());
        }
    }
    let scalar = Scalar::new(dated, world);
    let engine = Engine::new(dated, world, SubjectKind::Enterprise, roots.to_vec());
    let wrong: u64 = engine
        .run(
            || 0_u64,
            |wrong, rows, root, verdicts| {
                for row in (0..rows.length).step_by(997) {
                    let at = At::subject(rows.frame, rows.start + row);
                    let open = scalar.node(roots[root], &at, Manual::Open);
                    let met = scalar.node(roots[root], &at, Manual::Met);
                    let expected = match (open.known(), met.known()) {
                        (Some(true), _) => 0,
                        (Some(false), _) => 3,
                        (None, Some(true)) => 1,
                        _ => 2,
                    };
                    *wrong += u64::from(verdicts.of(row) as usize != expected);
                }
            },
        )
        .iter()
        .sum();
    if wrong == 0 {
        Ok(())
    } else {
        Err(format!("{wrong} pairs differ from the specification").into())
    }
}

/// One dossier against a thousand rules of its own region tree, without trace.
fn single(reference: &Reference, world: &World) -> Fallible<()> {
    let frame = &world.of(SubjectKind::Enterprise).chunks[0];
    let mut rules = rules(reference, true);
    let Some(Values::Place(places)) =
        frame.column(field(reference, "registration_region")?).map(|column| &column.values)
    else {
        return Err("no regions".into());
    };
    let row = 1_234;
    let own = reference.regions.code(places[row]).ok_or("no region")?;
    let tree: Vec<String> = reference.regions.ancestors(own).map(|code| code.to_string()).collect();
    for (position, rule) in rules.iter_mut().enumerate() {
        let code = tree[position % tree.len()].clone();
        rule.region = (code != "000000").then_some((code, [0, 0]));
    }
    let (program, roots) = compile(reference, &rules)?;
    let day = jiff::civil::date(2026, 3, 31);
    let dated = Dated::new(&program, reference, day, day);
    let scalar = Scalar::new(&dated, world);
    let mut micros = Vec::new();
    let mut kept = 0_u64;
    for round in 0..201 {
        let at = At::subject(frame, row + round % 7);
        let begun = Instant::now();
        for root in &roots {
            let open = scalar.node(*root, &at, Manual::Open);
            if open == zhida_model::domain::Tri::Unknown {
                kept += scalar.node(*root, &at, Manual::Met) as u64;
            }
            kept += open as u64;
        }
        micros.push(begun.elapsed().as_secs_f64() * 1e6);
    }
    micros.sort_by(f64::total_cmp);
    println!("\none dossier × {RULES} rules of its region tree, without trace (check {kept})");
    println!("  median {:.1} µs, min {:.1}, max {:.1}", micros[100], micros[0], micros[200]);
    Ok(())
}

/// Peak resident memory in MiB, from the kernel; 0 where it does not tell.
fn memory() -> u64 {
    std::fs::read_to_string("/proc/self/status")
        .ok()
        .and_then(|status| {
            let line = status.lines().find(|line| line.starts_with("VmHWM"))?.to_owned();
            line.split_whitespace().nth(1)?.parse::<u64>().ok()
        })
        .map_or(0, |kib| kib / 1024)
}
