use zhida_model::{*, domain::*, policy::Parameters, reference::Reference, rules::program::*, office::proofs::*};
fn main() {
    let d = std::path::Path::new("data-samples");
    let t = |n: &str| std::fs::read_to_string(d.join(n)).unwrap();
    let regions = RegionTable::from_csv(&t("regions.csv")).unwrap();
    let industries = IndustryTable::from_csv(&t("industries.csv")).unwrap();
    let catalogue = catalogue::read("c", &t("catalogue.yaml")).unwrap();
    let parameters = Parameters::read("p", &t("parameters.yaml"), &catalogue, &regions).unwrap();
    let reference = Reference { catalogue, regions, industries, parameters };
    let only = std::env::args().nth(1);
    let mut sources = Vec::new();
    for f in std::fs::read_dir(d.join("policies")).unwrap() {
        let p = f.unwrap().path();
        let n = p.display().to_string();
        if n.ends_with(".cases.yaml") { continue; }
        if only.as_ref().is_some_and(|o| !n.contains(o.as_str())) { continue; }
        sources.push(Source { text: std::fs::read_to_string(&p).unwrap(), name: n });
    }
    sources.sort_by(|a, b| a.name.cmp(&b.name));
    let (program, _) = Program::compile(&sources, &reference);
    let start = std::time::Instant::now();
    let report = report::report(&program, &reference);
    
    for f in &report.findings { println!("{f}"); }
    println!("{}", serde_json::to_string(&report).unwrap());
    eprintln!("{:?}", start.elapsed());
}
