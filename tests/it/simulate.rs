//! `zhida simulate`: a change that is tried out comes to what `zhida match`
//! makes of a policy that was really changed so.

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::Value;

use crate::{
    office::{no_small_count, small},
    support::{DAY, Run, copy, edit, rows, run, text, world},
};

const VERDICTS: [&str; 4] = ["eligible", "likely", "unknown", "ineligible"];

/// Runs `zhida simulate` on the common snapshot.
fn simulate(policy: &str, more: &[&str]) -> Run {
    let base = ["simulate", "--data", world().to_str().unwrap(), "--as-of", DAY];
    let base = base.into_iter().chain(["--policy", policy]);
    run(base.chain(more.iter().copied()))
}

/// The same with every figure.
fn exact(policy: &str, more: &[&str]) -> Value {
    simulate(policy, &[more, &["--exact", "--format", "json"]].concat()).fine().json()
}

fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value[key].as_array().unwrap()
}

/// Sums of the rows and of the columns of the table of transitions.
fn sums(simulation: &Value) -> ([u64; 4], [u64; 4]) {
    let (mut before, mut after) = ([0; 4], [0; 4]);
    for (from, row) in list(simulation, "transitions").iter().enumerate() {
        assert_eq!(row["before"], VERDICTS[from]);
        for (to, verdict) in VERDICTS.iter().enumerate() {
            let count = row[*verdict].as_u64().unwrap();
            before[from] += count;
            after[to] += count;
        }
    }
    (before, after)
}

/// Matches of a policy by verdict, those of the dead and deregistered left out,
/// and what the eligible ones that are not settled come to.
fn counted(matches: &Path, policy: &str) -> ([u64; 3], i64) {
    let (mut counts, mut fen) = ([0; 3], 0);
    for row in rows(matches) {
        let suppressed = text(&row, "suppressed");
        if text(&row, "policy") != policy || ["dead", "deregistered"].contains(&suppressed) {
            continue;
        }
        let place = VERDICTS.iter().position(|verdict| *verdict == text(&row, "verdict"));
        counts[place.unwrap()] += 1;
        if place == Some(0) && suppressed.is_empty() {
            fen += row["amount_fen"].as_i64().unwrap_or(0);
        }
    }
    (counts, fen)
}

/// The matches of a policy whose file was edited, everything else as it is.
fn edited(file: &str, policy: &str, change: impl FnOnce(String) -> String) -> ([u64; 3], i64) {
    let dir = tempfile::tempdir().unwrap();
    let policies = dir.path().join("policies");
    copy(&world().join("snapshots/one/policies"), &policies);
    edit(&policies.join(file), change);
    let out = dir.path().join("out");
    let (data, out_text) = (world().to_str().unwrap(), out.to_str().unwrap());
    let base = ["match", "--data", data, "--out", out_text, "--as-of", DAY, "--policies"];
    run(base.into_iter().chain([policies.to_str().unwrap()])).fine();
    counted(&out.join("matches.parquet"), policy)
}

/// A change of a policy, on the command line and in its file.
struct Pair {
    policy: &'static str,
    file: &'static str,
    flags: &'static [&'static str],
    written: &'static [(&'static str, &'static str)],
}

/// Changes of every kind, of policies for citizens, for enterprises and for
/// the members of a relation.
const PAIRS: [Pair; 7] = [
    Pair {
        policy: "elder-care-voucher",
        file: "elder-care-voucher-2026.yaml",
        flags: &["--threshold", "sixty=70"],
        written: &[(">= 60", ">= 70")],
    },
    Pair {
        policy: "childcare-subsidy",
        file: "childcare-subsidy-2025.yaml",
        flags: &["--threshold", "under-three=6"],
        written: &[("age(birth_date) < 3", "age(birth_date) < 6")],
    },
    Pair {
        policy: "childcare-subsidy",
        file: "childcare-subsidy-2025.yaml",
        flags: &["--tier", "2025年1月1日以后出生=yuan(5000)"],
        written: &[("amount: yuan(3600)", "amount: yuan(5000)")],
    },
    Pair {
        policy: "small-low-profit-income-tax",
        file: "small-low-profit-income-tax-2023.yaml",
        flags: &["--threshold", "taxable-income=100万"],
        written: &[("taxable_income <= wan(300)", "taxable_income <= wan(100)")],
    },
    Pair {
        policy: "resident-pension",
        file: "resident-pension-2025.yaml",
        flags: &["--when", "age_60=age(birth_date) >= 55"],
        written: &[("age(birth_date) >= 60", "age(birth_date) >= 55")],
    },
    Pair {
        policy: "key-group-employer",
        file: "key-group-employer-2023.yaml",
        flags: &["--amount", "yuan(7000)", "--threshold", "contract=24"],
        written: &[
            ("amount: param(\"key_group_employer_deduction\", tax_region)", "amount: yuan(7000)"),
            ("unit.contract_months >= 12", "unit.contract_months >= 24"),
        ],
    },
    Pair {
        policy: "shanghai-elder-allowance",
        file: "shanghai-elder-allowance-2016.yaml",
        flags: &["--when", "sixty-five=age(birth_date) >= 45"],
        written: &[("when: age(birth_date) >= 65\n", "when: age(birth_date) >= 45\n")],
    },
];

#[test]
fn a_change_tried_out_is_the_policy_changed_and_matched() {
    for pair in &PAIRS {
        let Pair { policy, flags, .. } = pair;
        let simulation = exact(policy, flags);
        let (before, after) = sums(&simulation);
        let (matched, fen) = counted(&world().join("matches.parquet"), policy);
        assert_eq!(before[..3], matched, "{policy} before {flags:?}");
        assert_eq!(simulation["before"]["lower_fen"], fen, "{policy} before {flags:?}");
        let (later, fen) = edited(pair.file, policy, |text| {
            pair.written.iter().fold(text, |text, (old, new)| text.replace(old, new))
        });
        assert_eq!(after[..3], later, "{policy} after {flags:?}");
        assert_eq!(simulation["after"]["lower_fen"], fen, "{policy} after {flags:?}");
        let moved = matched != later || simulation["before"] != simulation["after"];
        assert!(moved, "{policy}: {flags:?} changes nothing");
        winners_add_up(&simulation);
    }
}

/// Winners and losers are those of the table, and those of every dimension.
fn winners_add_up(simulation: &Value) {
    let cell = |from: usize, to: &str| simulation["transitions"][from][to].as_u64().unwrap();
    let winners: u64 =
        [2, 3].map(|from| cell(from, "eligible") + cell(from, "likely")).iter().sum();
    let losers: u64 =
        [0, 1].map(|from| cell(from, "unknown") + cell(from, "ineligible")).iter().sum();
    assert_eq!((&simulation["winners"], &simulation["losers"]), (&winners.into(), &losers.into()));
    for shifts in list(simulation, "groups") {
        let total = |key: &str| -> u64 {
            list(shifts, "groups").iter().map(|group| group[key].as_u64().unwrap()).sum()
        };
        assert_eq!((total("winners"), total("losers")), (winners, losers), "{shifts}");
    }
}

#[test]
fn every_point_of_the_curve_is_the_change_to_it() {
    for (policy, place) in [
        ("shanghai-elder-allowance", "sixty-five"),
        ("small-low-profit-income-tax", "taxable-income"),
    ] {
        let drawn = exact(policy, &["--curve", place]);
        let (now, _) = sums(&drawn);
        let points: BTreeMap<String, u64> = list(&drawn["curves"][0], "points")
            .iter()
            .map(|point| (text_of(point, "text"), point["qualify"].as_u64().unwrap()))
            .collect();
        assert!(points.len() > 5, "{points:?}");
        let in_force: Vec<&Value> = list(&drawn["curves"][0], "points")
            .iter()
            .filter(|point| point["in_force"] == true)
            .collect();
        assert_eq!(in_force.len(), 1);
        assert_eq!(in_force[0]["qualify"], now[0], "{policy}");
        for (written, qualify) in points.iter().step_by(1 + points.len() / 4) {
            let value = written.trim_end_matches('元').replace(',', "");
            let changed = exact(policy, &["--threshold", &format!("{place}={value}")]);
            assert_eq!(sums(&changed).1[0], *qualify, "{policy}: {place}={value}");
        }
    }
}

fn text_of(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap().to_owned()
}

#[test]
fn a_condition_left_out_lets_nobody_go() {
    let simulation = exact("shanghai-elder-allowance", &["--drop", "shanghai"]);
    assert_eq!(simulation["losers"], 0);
    assert!(simulation["winners"].as_u64().unwrap() > 100, "{}", simulation["winners"]);
    let (before, after) = sums(&simulation);
    assert_eq!(before.iter().sum::<u64>(), after.iter().sum::<u64>());
}

#[test]
fn a_policy_out_of_force_reaches_nobody() {
    let simulation = exact("resident-pension", &["--valid", "..2025-12-31"]);
    assert_eq!(simulation["in_force_after"], false);
    let (before, after) = sums(&simulation);
    assert_eq!((after[..3].to_vec(), after[3]), (vec![0; 3], before.iter().sum()));
    assert_eq!(simulation["after"]["lower_fen"], 0);
    assert_eq!(simulation["losers"], before[0] + before[1]);
}

#[test]
fn a_parameter_moves_what_is_made_of_it() {
    let more = ["--parameter", "minimum_living_line_rural=5000"];
    let everywhere = exact("minimum-living", &more);
    assert!(everywhere["winners"].as_u64().unwrap() > 0, "{}", everywhere["transitions"]);
    let local = exact("minimum-living", &["--parameter", "minimum_living_line_rural@330100=5000"]);
    assert!(local["winners"].as_u64() <= everywhere["winners"].as_u64());
    assert_eq!(list(&everywhere, "touched"), ["income"]);
}

#[test]
fn a_patch_file_is_the_flags_it_stands_for() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("patch.yaml");
    let patch = "conditions:\n  - { id: under-three, when: age(birth_date) < 2 }\n\
                 \x20 - { id: chinese, remove: true }\n\
                 benefit:\n  tiers:\n    - { label: 2025年1月1日以后出生, amount: yuan(4000) }\n";
    fs::write(&path, patch).unwrap();
    let patched = exact("childcare-subsidy", &["--patch", path.to_str().unwrap()]);
    let flags = [
        "--when",
        "under-three=age(birth_date) < 2",
        "--drop",
        "chinese",
        "--tier",
        "2025年1月1日以后出生=yuan(4000)",
    ];
    assert_eq!(patched, exact("childcare-subsidy", &flags));
    assert!(patched["losers"].as_u64().unwrap() > 0);
}

#[test]
fn a_patch_of_the_wrong_shape_is_told_even_beside_flags() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("patch.yaml");
    for (patch, words) in [
        ("conditions: { id: under-three }\n", "`conditions` of the patch is no list"),
        ("benefit: 3600\n", "`benefit` of the patch holds no keys"),
    ] {
        fs::write(&path, patch).unwrap();
        let flags = ["--drop", "chinese", "--patch", path.to_str().unwrap()];
        simulate("childcare-subsidy", &flags).fails_with(&[words]);
    }
}

#[test]
fn what_is_shown_by_default_singles_nobody_out() {
    let (mut shown, mut hidden) = (0, 0);
    for pair in &PAIRS {
        let simulation = simulate(pair.policy, &[pair.flags, &["--format", "json"]].concat());
        let simulation = simulation.fine().json();
        let (more, less) = no_small_count(&simulation, pair.policy);
        (shown, hidden) = (shown + more, hidden + less);
        let all = exact(pair.policy, pair.flags);
        let (before, after) = sums(&all);
        let table = list(&simulation, "transitions");
        // The sums are in the coverage before and after, unless they are small.
        for place in 0..4 {
            let row = VERDICTS.iter().filter(|to| table[place][**to].is_null()).count();
            let column = table.iter().filter(|row| row[VERDICTS[place]].is_null()).count();
            assert!(row != 1 || few(&before), "{}: {table:?}", pair.policy);
            assert!(column != 1 || few(&after), "{}: {table:?}", pair.policy);
        }
        assert!(
            simulation["samples"].as_array().unwrap().iter().all(|one| one["subject"].is_null())
        );
        for curve in list(&simulation, "curves") {
            let qualify =
                list(curve, "points").iter().filter_map(|point| point["qualify"].as_i64());
            let qualify: Vec<i64> = qualify.collect();
            for two in qualify.windows(2) {
                assert!(!small((two[0] - two[1]).abs()), "{}: {qualify:?}", pair.policy);
            }
        }
    }
    assert!(shown > 300 && hidden > 10, "{shown} shown, {hidden} hidden");
}

/// Whether one of the sums is hidden itself, which hides another.
fn few(sums: &[u64; 4]) -> bool {
    sums.iter().any(|sum| (1..=4).contains(sum))
}

#[test]
fn the_tables_are_printed() {
    let more = ["--threshold", "sixty-five=60", "--samples", "1"];
    let run = simulate("shanghai-elder-allowance", &more).fine();
    for words in ["before ↓ after →", "winners", "at least", "how many qualify", "←"] {
        assert!(run.out.contains(words), "`{words}` is not in:\n{}", run.out);
    }
}

#[test]
fn what_is_asked_wrongly_is_said() {
    let elder = |more: &[&str], words: &[&str]| {
        let run = simulate("shanghai-elder-allowance", more);
        run.fails_with(words);
    };
    simulate("nope", &["--drop", "x"]).fails_with(&["`nope`", "zhida coverage"]);
    elder(&[], &["nothing to try out", "--threshold age=75"]);
    elder(&["--threshold", "nope=3"], &["`nope`", "`shanghai`, `sixty-five`"]);
    elder(&["--threshold", "sixty-five"], &["--threshold sixty-five", "needs `=`"]);
    elder(&["--threshold", "sixty-five=old"], &["`old`", "`65`", "give a number such as 60"]);
    elder(&["--threshold", "sixty-five#2=70"], &["sixty-five", "1 thresholds, not 2"]);
    elder(&["--threshold", "shanghai=70"], &["shanghai", "0 thresholds"]);
    elder(&["--curve", "nope"], &["`nope`", "`shanghai`"]);
    elder(&["--curve", "shanghai"], &["shanghai", "0 thresholds"]);
    elder(&["--drop", "nope"], &["`nope`"]);
    elder(&["--when", "sixty-five=age(birth_dat) >= 60"], &["birth_dat"]);
    elder(&["--when", "sixtyfive=age(birth_date) >= 60"], &["`sixtyfive`", "`--add` adds one"]);
    elder(&["--add", "sixty-five=age(birth_date) >= 60"], &["`sixty-five`", "`--when`"]);
    elder(&["--parameter", "nope=1"], &["`nope`", "no parameter"]);
    elder(&["--parameter", "minimum_living_line_urban=much"], &["`much`", "no value"]);
    elder(&["--parameter", "minimum_living_line_urban@999999=1"], &["no region"]);
    elder(&["--valid", "2026"], &["--valid 2026", "`..`"]);
    elder(&["--valid", "spring.."], &["--valid spring..", "2026-01-31"]);
    elder(&["--patch", "/no/such/patch.yaml"], &["/no/such/patch.yaml"]);
    elder(&["--drop", "shanghai", "--region", "999999"], &["`999999`", "six-digit code"]);
    elder(&["--drop", "shanghai", "--version", "1999"], &["2016", "--version"]);
    simulate("small-low-profit-income-tax", &["--threshold", "taxable-income=rich"])
        .fails_with(&["`rich`", "give a sum such as"]);
    simulate("key-group-employer", &["--curve", "contract"])
        .fails_with(&["`contract`", "subject itself"]);
    let missing = run(["simulate", "--data", world().to_str().unwrap()]);
    assert_eq!(missing.code, 2, "{}", missing.err);
    assert!(missing.err.contains("--policy"), "{}", missing.err);
}
