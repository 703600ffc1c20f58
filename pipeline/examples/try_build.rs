//! Times a build.
use std::{fs, path::{Path, PathBuf}, time::Instant};
use jiff::civil::date;
use zhida_model::{catalogue::read, domain::{IndustryTable, KeySecret, RegionTable}};
use zhida_pipeline::{build::{build, BuildOptions}, synth::{synth, Format, SynthOptions}};
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let samples = Path::new("/work/main/data-samples");
    let text = |name: &str| fs::read_to_string(samples.join(name)).unwrap();
    let catalogue = read("catalogue.yaml", &text("catalogue.yaml")).unwrap();
    let regions = RegionTable::from_csv(&text("regions.csv")).unwrap();
    let industries = IndustryTable::from_csv(&text("industries.csv")).unwrap();
    let dir = PathBuf::from(&args[2]);
    let n: u64 = args[3].parse().unwrap();
    if args[1] == "synth" {
        let t = Instant::now();
        let r = synth(&SynthOptions { seed: 1, enterprises: n / 10, citizens: n, known_at: date(2026, 3, 31), format: Format::Csv, out: dir.clone(), fault_rate: 0.005, threads: 2, catalogue: &catalogue, regions: &regions, industries: &industries, progress: &|_| {} }).unwrap();
        println!("synth {:?} rows {}", t.elapsed(), r.rows.values().sum::<u64>());
        return;
    }
    let secret = KeySecret::new(b"a secret for tests only").unwrap();
    let t = Instant::now();
    let _ = fs::remove_dir_all(dir.join("out"));
    let report = build(&BuildOptions { tables: dir.clone(), out: dir.join("out"), catalogue: &catalogue, regions: &regions, industries: &industries, known_at: date(2026, 3, 31), secret: &secret, version: "v1".into(), rule_set_hash: "none".into(), created_at: jiff::Timestamp::UNIX_EPOCH, created_by: "t".into(), files: vec![], progress: &|p| eprintln!("{:8.2?} {p:?}", t.elapsed()) }).unwrap();
    eprintln!("{:?} total", t.elapsed());
    println!("{}", report.to_table());
    let status = fs::read_to_string("/proc/self/status").unwrap();
    eprintln!("{}", status.lines().find(|l| l.starts_with("VmHWM")).unwrap());
}
