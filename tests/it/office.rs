//! `zhida coverage`: its exact figures are those of plain SQL over the matches
//! and the dossiers, and what it shows by default singles nobody out.

use std::{collections::BTreeMap, fs};

use serde_json::Value;
use zhida_model::office::obstacles::Status;

use crate::{
    duckdb::{Answers, ask},
    support::{DAY, Run, run, world},
};

/// Verdicts that are matches, best first.
const MATCHED: [&str; 3] = ["eligible", "likely", "unknown"];

/// Figures by what they are of.
type Figures = BTreeMap<String, i64>;

/// Runs `zhida coverage` on the common snapshot.
fn coverage(more: &[&str]) -> Run {
    let base = ["coverage", "--data", world().to_str().unwrap(), "--as-of", DAY];
    run(base.into_iter().chain(more.iter().copied()))
}

/// The tables of the common world, who is present, and in which groups. The
/// groups are told anew here: age from the calendar, regions from the digits of
/// a code, whose first two are the province's and first four the city's.
fn setup(region: &str) -> Vec<String> {
    let folder = world().display();
    let (width, inside) = match region {
        "000000" => (2, "TRUE".to_owned()),
        code => (4, format!("region[1:2] = '{}'", code.get(..2).unwrap())),
    };
    let age = |day: &str| {
        format!(
            "date_part('year', DATE '{DAY}') - date_part('year', {day}) \
             - CASE WHEN strftime(DATE '{DAY}', '%m%d') < strftime({day}, '%m%d') \
             THEN 1 ELSE 0 END"
        )
    };
    vec![
        format!("CREATE VIEW matches AS FROM '{folder}/matches.parquet'"),
        format!(
            "CREATE VIEW present AS SELECT * FROM (\
             SELECT subject, 'citizen' AS kind, lpad(hukou_region::VARCHAR, 6, '0') AS region, \
             sex, {} AS age FROM '{folder}/dossiers/citizen.parquet' \
             WHERE death_date IS NULL OR death_date > DATE '{DAY}' \
             UNION ALL SELECT subject, 'enterprise', lpad(registration_region::VARCHAR, 6, '0'), \
             NULL, {} FROM '{folder}/dossiers/enterprise.parquet' \
             WHERE registration_status IS NULL \
             OR registration_status NOT IN ('deregistered', 'revoked')) WHERE {inside}",
            age("birth_date"),
            age("established_on"),
        ),
        format!(
            "CREATE VIEW groups AS \
             SELECT subject, kind, 'region' AS dimension, \
             CASE WHEN region IS NULL OR region[{start}:] = repeat('0', {zeros}) \
             THEN 'unknown' ELSE rpad(region[1:{width}], 6, '0') END AS key FROM present \
             UNION ALL SELECT subject, kind, 'sex', coalesce(sex, 'unknown') FROM present \
             WHERE kind = 'citizen' \
             UNION ALL SELECT subject, kind, 'age', CASE WHEN age IS NULL THEN 'unknown' \
             WHEN age < 3 THEN '0-2' WHEN age < 6 THEN '3-5' WHEN age < 18 THEN '6-17' \
             WHEN age < 35 THEN '18-34' WHEN age < 45 THEN '35-44' WHEN age < 60 THEN '45-59' \
             WHEN age < 70 THEN '60-69' WHEN age < 80 THEN '70-79' ELSE '80-' END \
             FROM present WHERE kind = 'citizen' \
             UNION ALL SELECT subject, kind, 'age', CASE WHEN age IS NULL THEN 'unknown' \
             WHEN age < 1 THEN '0' WHEN age < 3 THEN '1-2' WHEN age < 5 THEN '3-4' \
             WHEN age < 10 THEN '5-9' ELSE '10-' END FROM present WHERE kind = 'enterprise'",
            start = width - 1,
            zeros = 8 - width,
        ),
        "CREATE VIEW claims AS SELECT m.* EXCLUDE (kind), p.kind, \
         suppressed IN ('already_received', 'once_only', 'excluded_by') IS TRUE AS settled, \
         CASE verdict WHEN 'eligible' THEN 0 WHEN 'likely' THEN 1 ELSE 2 END AS place \
         FROM matches m JOIN present p USING (subject)"
            .to_owned(),
        "CREATE VIEW best AS SELECT policy, version, \"case\", subject, kind, min(place) AS place \
         FROM claims GROUP BY ALL"
            .to_owned(),
    ]
}

/// What is compared, as plain SQL.
const QUERIES: [(&str, &str); 9] = [
    ("population", "SELECT kind, count(*) FROM present GROUP BY ALL"),
    ("sizes", "SELECT kind, dimension, key, count(*) FROM groups GROUP BY ALL"),
    (
        "subjects",
        "SELECT policy, version, \"case\", place, count(*) FROM best GROUP BY ALL \
         UNION ALL SELECT policy, version, \"case\", 10 + place, count(*) FROM claims GROUP BY ALL",
    ),
    (
        "groups",
        "SELECT policy, version, \"case\", dimension, key, place, count(*) \
         FROM best JOIN groups USING (subject) GROUP BY ALL",
    ),
    (
        "settled",
        "SELECT policy, version, \"case\", suppressed, count(*) FROM claims \
         WHERE settled AND verdict <> 'unknown' GROUP BY ALL \
         UNION ALL SELECT policy, version, \"case\", 'subjects', count(*) FROM (\
         SELECT policy, version, \"case\", subject, bool_and(settled) AS all_settled \
         FROM claims JOIN best USING (policy, version, \"case\", subject, place) \
         WHERE place < 2 GROUP BY ALL) WHERE all_settled GROUP BY ALL",
    ),
    (
        "money",
        "SELECT policy, version, \"case\", verdict, count(*), \
         count(*) FILTER (amount_state = 'unknown'), coalesce(sum(amount_fen), 0)::BIGINT \
         FROM claims WHERE NOT settled GROUP BY ALL",
    ),
    (
        "group_money",
        "SELECT policy, version, \"case\", dimension, key, \
         coalesce(sum(amount_fen) FILTER (place = 0), 0)::BIGINT, \
         coalesce(sum(amount_fen), 0)::BIGINT, count(*) FILTER (amount_state = 'unknown') \
         FROM claims JOIN groups USING (subject) WHERE NOT settled GROUP BY ALL",
    ),
    (
        "unreached",
        "SELECT p.kind, 'all', 'all', count(*) FROM present p WHERE subject NOT IN (\
         SELECT subject FROM claims WHERE place < 2 AND \"window\" <> 'closed') GROUP BY ALL \
         UNION ALL SELECT kind, dimension, key, count(*) FROM groups WHERE subject NOT IN (\
         SELECT subject FROM claims WHERE place < 2 AND \"window\" <> 'closed') GROUP BY ALL",
    ),
    (
        "overlaps",
        "WITH fits AS (SELECT policy || ' ' || version AS name, subject FROM best \
         WHERE place = 0), sizes AS (SELECT name, count(*) AS size FROM fits GROUP BY ALL), \
         pairs AS (SELECT a.name AS one, b.name AS other, count(*) AS common \
         FROM fits a JOIN fits b USING (subject) WHERE a.name < b.name GROUP BY ALL) \
         SELECT one, other, common, a.size + b.size - common FROM pairs \
         JOIN sizes a ON a.name = one JOIN sizes b ON b.name = other \
         WHERE common * 100 >= (a.size + b.size - common) * 90",
    ),
];

/// Rows as figures: the last cells by the ones before, `width` of them.
fn figures(answers: &Answers, name: &str, width: usize) -> BTreeMap<String, Vec<i64>> {
    let rows = answers[name].iter().map(|row| {
        let (key, numbers) = row.split_at(row.len() - width);
        let key: Vec<String> = key.iter().map(word).collect();
        (key.join("/"), numbers.iter().map(|number| number.as_i64().unwrap()).collect())
    });
    rows.collect()
}

fn word(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value[key].as_array().unwrap()
}

/// Policy, version and case of a policy that is reported.
fn name(policy: &Value) -> String {
    ["policy", "version", "case"].map(|key| policy[key].as_str().unwrap()).join("/")
}

/// A figure that SQL does not list is zero.
fn of(figures: &BTreeMap<String, Vec<i64>>, key: &str, place: usize) -> i64 {
    figures.get(key).map_or(0, |numbers| numbers[place])
}

#[test]
fn exact_coverage_is_what_sql_counts() {
    for region in ["000000", "330000"] {
        let Some(answers) = ask(&setup(region), &QUERIES) else { return };
        let run = coverage(&["--exact", "--format", "json", "--region", region]).fine();
        assert!(run.err.contains("exact figures"), "{}", run.err);
        let report = run.json();
        assert_eq!(report["region"]["code"], region);
        assert!(report["protection"].is_null());
        let (mut subjects, mut grouped) = (0, 0);
        for policy in list(&report, "policies") {
            subjects += totals(policy, &answers);
            settled_and_money(policy, &answers);
            grouped += groups(policy, &answers);
        }
        // Nobody whom SQL counts is missing from the report.
        let counted = |name: &str, own: fn(&&String) -> bool| -> i64 {
            let figures = figures(&answers, name, 1);
            figures.iter().filter(|(key, _)| own(key)).map(|(_, count)| count[0]).sum()
        };
        assert_eq!(
            subjects,
            counted("subjects", |key| !key.contains("/1") || key.ends_with("/1")),
            "{region}"
        );
        assert_eq!(grouped, counted("groups", |_| true), "{region}");
        assert!(subjects > 500 || region != "000000", "{subjects}");
        blind_spots(&report, &answers);
    }
}

/// Subjects by best verdict, and claims; tells how many subjects are matched.
fn totals(policy: &Value, answers: &Answers) -> i64 {
    let (name, counted) = (name(policy), figures(answers, "subjects", 1));
    let population = of(&figures(answers, "population", 1), &word(&policy["audience"]), 0);
    let mut matched = 0;
    for (place, verdict) in MATCHED.iter().enumerate() {
        let count = of(&counted, &format!("{name}/{place}"), 0);
        assert_eq!(policy["subjects"][*verdict], count, "{name}: {verdict}");
        matched += count;
        if policy["unit"].is_string() {
            let claims = of(&counted, &format!("{name}/{}", place + 10), 0);
            assert_eq!(policy["claims"][*verdict], claims, "{name}: {verdict} claims");
        } else {
            assert!(policy["claims"].is_null(), "{name}");
        }
    }
    assert_eq!(policy["subjects"]["population"], population, "{name}");
    assert_eq!(policy["subjects"]["ineligible"], population - matched, "{name}");
    matched
}

fn settled_and_money(policy: &Value, answers: &Answers) {
    let (name, settled) = (name(policy), figures(answers, "settled", 1));
    for reason in ["subjects", "already_received", "once_only", "excluded_by"] {
        let count = of(&settled, &format!("{name}/{reason}"), 0);
        assert_eq!(policy["settled"][reason], count, "{name}: {reason}");
    }
    let (money, sums) = (&policy["money"], figures(answers, "money", 3));
    if money.is_null() {
        let told = sums.iter().any(|(key, sum)| key.starts_with(&format!("{name}/")) && sum[2] > 0);
        assert!(!told, "{name}: sums that are not reported");
        return;
    }
    let (mut all, mut untold) = (0, 0);
    for verdict in MATCHED {
        let key = format!("{name}/{verdict}");
        for (place, figure) in ["claims", "untold", "fen"].into_iter().enumerate() {
            assert_eq!(money[verdict][figure], of(&sums, &key, place), "{key}: {figure}");
        }
        all += of(&sums, &key, 2);
        untold += of(&sums, &key, 1);
        let of_tier = |tier: &Value, figure: &str| tier[verdict][figure].as_i64().unwrap();
        for figure in ["claims", "fen"] {
            let tiers: i64 = list(money, "tiers").iter().map(|tier| of_tier(tier, figure)).sum();
            assert!(tiers <= money[verdict][figure].as_i64().unwrap(), "{key}: tiers");
        }
    }
    assert_eq!(money["lower_fen"], of(&sums, &format!("{name}/eligible"), 2), "{name}");
    upper(&money["upper_fen"], all, untold, &name);
}

/// The upper bound: the sum of all claims, and no less than it where some of
/// them cannot be told.
fn upper(bound: &Value, told: i64, untold: i64, what: &str) {
    match bound.as_i64() {
        Some(fen) if untold == 0 => assert_eq!(fen, told, "{what}"),
        Some(fen) => assert!(fen >= told, "{what}: {fen} below {told}"),
        None => assert!(untold > 0, "{what}: no upper bound"),
    }
}

/// Every group that SQL tells; tells how many subjects are matched.
fn groups(policy: &Value, answers: &Answers) -> i64 {
    let name = name(policy);
    let (counted, sizes) = (figures(answers, "groups", 1), figures(answers, "sizes", 1));
    let sums = figures(answers, "group_money", 3);
    let mut matched = 0;
    for breakdown in list(policy, "groups") {
        let dimension = word(&breakdown["dimension"]);
        if ["industry", "size"].contains(&dimension.as_str()) {
            continue;
        }
        let mut size = 0;
        for group in list(breakdown, "groups") {
            let of_size =
                format!("{}/{dimension}/{}", word(&policy["audience"]), word(&group["key"]));
            let group_name = format!("{name}/{dimension}/{}", word(&group["key"]));
            let mut rest = of(&sizes, &of_size, 0);
            assert_eq!(group["population"], rest, "{group_name}");
            size += rest;
            for (place, verdict) in MATCHED.iter().enumerate() {
                let count = of(&counted, &format!("{group_name}/{place}"), 0);
                assert_eq!(group[*verdict], count, "{group_name}: {verdict}");
                matched += count;
                rest -= count;
            }
            assert_eq!(group["ineligible"], rest, "{group_name}");
            if policy["money"].is_object() {
                let sum = |place| of(&sums, &group_name, place);
                assert_eq!(group["lower_fen"], sum(0), "{group_name}");
                upper(&group["upper_fen"], sum(1), sum(2), &group_name);
            }
        }
        assert_eq!(policy["subjects"]["population"], size, "{name}: {dimension}");
    }
    matched
}

fn blind_spots(report: &Value, answers: &Answers) {
    let (missed, sizes) = (figures(answers, "unreached", 1), figures(answers, "sizes", 1));
    let spots = &report["blind_spots"];
    for one in list(spots, "unreached") {
        let kind = word(&one["kind"]);
        assert_eq!(one["unreached"], of(&missed, &format!("{kind}/all/all"), 0), "{kind}");
        for breakdown in list(one, "groups") {
            let dimension = word(&breakdown["dimension"]);
            for group in list(breakdown, "groups") {
                let key = format!("{kind}/{dimension}/{}", word(&group["key"]));
                if !["industry", "size"].contains(&dimension.as_str()) {
                    assert_eq!(group["unreached"], of(&missed, &key, 0), "{key}");
                    assert_eq!(group["population"], of(&sizes, &key, 0), "{key}");
                }
            }
        }
    }
    let counted = figures(answers, "subjects", 1);
    let without: Vec<String> = list(spots, "without_reach").iter().map(word).collect();
    for policy in list(report, "policies") {
        let there = (0..3).any(|place| counted.contains_key(&format!("{}/{place}", name(policy))));
        let title = format!("{} {}", word(&policy["policy"]), word(&policy["version"]));
        assert_eq!(without.contains(&title), !there, "{title}");
    }
    let told: Figures = list(spots, "overlaps").iter().map(|pair| pair_of(pair, "both")).collect();
    let either: Figures =
        list(spots, "overlaps").iter().map(|pair| pair_of(pair, "either")).collect();
    let expected = figures(answers, "overlaps", 2);
    let column = |place: usize| -> Figures {
        expected.iter().map(|(key, numbers)| (key.clone(), numbers[place])).collect()
    };
    assert_eq!((told, either), (column(0), column(1)));
}

/// A pair of policies in alphabetical order.
fn pair_of(pair: &Value, figure: &str) -> (String, i64) {
    let mut names = [word(&pair["first"]), word(&pair["second"])];
    names.sort();
    (names.join("/"), pair[figure].as_i64().unwrap())
}

/// Names under which counts of people stand.
const COUNTS: [&str; 20] = [
    "population",
    "eligible",
    "likely",
    "unknown",
    "ineligible",
    "unreached",
    "claims",
    "untold",
    "subjects",
    "already_received",
    "once_only",
    "excluded_by",
    "both",
    "either",
    "alone",
    "together",
    "winners",
    "losers",
    "qualify",
    "unmeasured",
];

/// A count that may be one of few people.
pub fn small(count: i64) -> bool {
    (1..=4).contains(&count)
}

/// Fails where a small count is shown; tells how many counts are shown and
/// how many are hidden.
pub fn no_small_count(value: &Value, path: &str) -> (usize, usize) {
    let below: Vec<(String, &Value)> = match value {
        Value::Object(map) => map.iter().map(|(key, one)| (key.clone(), one)).collect(),
        Value::Array(list) => list.iter().map(|one| (String::new(), one)).collect(),
        _ => return (0, 0),
    };
    let (mut shown, mut hidden) = (0, 0);
    for (key, one) in below {
        let path = format!("{path}/{key}");
        let is_count = COUNTS.contains(&key.as_str());
        match one.as_i64() {
            Some(count) if is_count => {
                assert!(!small(count), "{path}: {count}");
                shown += 1;
            }
            _ if is_count && one.is_null() => hidden += 1,
            _ => {
                let (more, less) = no_small_count(one, &path);
                (shown, hidden) = (shown + more, hidden + less);
            }
        }
    }
    (shown, hidden)
}

const VERDICTS: [&str; 4] = ["eligible", "likely", "unknown", "ineligible"];

#[test]
fn what_is_shown_by_default_singles_nobody_out() {
    for region in ["000000", "330000"] {
        let report = coverage(&["--format", "json", "--region", region]).fine().json();
        let (shown, hidden) = no_small_count(&report, "");
        assert!(shown > 1_000 && hidden > 100, "{region}: {shown} shown, {hidden} hidden");
        let exact = coverage(&["--format", "json", "--region", region, "--exact"]).fine().json();
        same_where_shown(&report, &exact, "");
        for policy in list(&report, "policies") {
            for breakdown in list(policy, "groups") {
                no_lone_hole(policy, breakdown);
            }
            differences(policy);
        }
        for pair in list(&report["blind_spots"], "overlaps") {
            apart(&pair["either"], &pair["both"], "an overlap");
        }
        for one in list(&report["blind_spots"], "unreached") {
            apart(&one["population"], &one["unreached"], "reached");
            for group in list(one, "groups").iter().flat_map(|of| list(of, "groups")) {
                apart(&group["population"], &group["unreached"], &word(&group["key"]));
            }
        }
    }
}

/// What is shown is true, and nothing but hidden cells is left out.
fn same_where_shown(shown: &Value, exact: &Value, path: &str) {
    match (shown, exact) {
        (Value::Object(own), Value::Object(other)) => {
            assert!(own.keys().eq(other.keys()), "{path}");
            for (key, one) in
                own.iter().filter(|(key, _)| *key != "protection" && *key != "overlaps")
            {
                same_where_shown(one, &other[key], &format!("{path}/{key}"));
            }
        }
        (Value::Array(own), Value::Array(other)) => {
            assert_eq!(own.len(), other.len(), "{path}");
            for (own, other) in own.iter().zip(other) {
                same_where_shown(own, other, path);
            }
        }
        (Value::Null, _) => {}
        _ => assert_eq!(shown, exact, "{path}"),
    }
}

/// No row and no column with one hidden cell beside a sum that is shown.
fn no_lone_hole(policy: &Value, breakdown: &Value) {
    let what = format!("{} by {}", name(policy), breakdown["dimension"]);
    let rows = list(breakdown, "groups");
    for row in rows.iter().filter(|row| !row["population"].is_null()) {
        let holes = VERDICTS.iter().filter(|verdict| row[**verdict].is_null()).count();
        assert_ne!(holes, 1, "{what}: {row}");
    }
    for column in VERDICTS.iter().chain(&["population"]) {
        if !policy["subjects"][*column].is_null() {
            let holes = rows.iter().filter(|row| row[*column].is_null()).count();
            assert_ne!(holes, 1, "{what}: {column}");
        }
    }
}

/// Figures that can be subtracted from each other.
fn differences(policy: &Value) {
    let (name, money) = (name(policy), &policy["money"]);
    let subjects = &policy["subjects"];
    let holes = VERDICTS.iter().filter(|verdict| subjects[**verdict].is_null()).count();
    assert!(holes != 1 || subjects["population"].is_null(), "{name}: {subjects}");
    for verdict in MATCHED {
        let all =
            if policy["unit"].is_null() { &subjects[verdict] } else { &policy["claims"][verdict] };
        apart(all, &money[verdict]["claims"], &format!("{name}: settled, {verdict}"));
        apart(
            &money[verdict]["claims"],
            &money[verdict]["untold"],
            &format!("{name}: told, {verdict}"),
        );
    }
}

fn apart(whole: &Value, part: &Value, what: &str) {
    if let (Some(whole), Some(part)) = (whole.as_i64(), part.as_i64()) {
        assert!(!small(whole - part), "{what}: {whole} - {part}");
    }
}

#[test]
fn obstacles_are_exported_with_how_far_they_have_got() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("obstacles.csv");
    let address = format!("sqlite://{}", dir.path().join("state.db").display());
    let base = ["--obstacles", "--state", &address, "--format", "json"];
    let export = [&base[..], &["--export", file.to_str().unwrap()]].concat();
    let first = coverage(&export).fine().json();
    let (shown, _) = no_small_count(&first, "");
    assert!(shown > 100, "{shown}");
    let before = statuses(&file);
    assert_eq!(before.len(), list(&first, "obstacles").len());
    assert!(before.values().all(|status| status == "待处理"), "{before:?}");
    let ids: Vec<&String> = before.keys().collect();
    let changed = [
        (ids[0], Status::InProgress, "处理中"),
        (ids[ids.len() / 2], Status::Accepted, "保留"),
        (ids[ids.len() - 1], Status::Resolved, "已解决"),
    ];
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let db = zhida_serve::db::Database::connect(&address).await.unwrap();
        for (id, status, _) in changed {
            let set = zhida_serve::office::statuses::set_status(&db, id, status, "");
            set.await.unwrap();
        }
    });
    coverage(&export).fine();
    let mut expected = before.clone();
    for (id, _, label) in changed {
        expected.insert(id.clone(), label.to_owned());
    }
    assert_eq!(statuses(&file), expected);
    // Exact figures tell at least as much.
    let exact = coverage(&[&base[..], &["--exact"]].concat()).fine().json();
    assert!(list(&exact, "obstacles").len() >= before.len());
}

/// The CSV file: the label of the status by the id of the obstacle.
fn statuses(file: &std::path::Path) -> BTreeMap<String, String> {
    let text = fs::read_to_string(file).unwrap();
    let text = text.strip_prefix('\u{feff}').expect("a mark by which spreadsheets know UTF-8");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    assert_eq!((header.get(0), header.get(10)), (Some("id"), Some("status")));
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.unwrap()).collect();
    let statuses: BTreeMap<String, String> =
        rows.iter().map(|row| (row[0].to_owned(), row[10].to_owned())).collect();
    assert_eq!(statuses.len(), rows.len(), "an id is there twice");
    for row in &rows {
        assert!(row[7].is_empty() || row[7].parse::<i64>().is_ok_and(|count| !small(count)));
        assert!(!row[5].is_empty() && !row[3].is_empty(), "{row:?}");
    }
    statuses
}

#[test]
fn the_tables_are_printed() {
    let all = coverage(&[]).fine().out;
    assert!(all.contains("育儿补贴") && all.contains("reached by no policy"), "{all}");
    let one = coverage(&["--policy", "childcare-subsidy"]).fine().out;
    assert!(one.contains("合计") && one.contains("性别") && one.contains("tier"), "{one}");
    let spots = coverage(&["--blind-spots"]).fine().out;
    assert!(spots.contains("nearly coincide"), "{spots}");
    let obstacles = coverage(&["--obstacles", "--limit", "3"]).fine().out;
    assert!(obstacles.contains("conditions that alone keep subjects out"), "{obstacles}");
}

#[test]
fn what_is_asked_wrongly_is_said() {
    coverage(&["--policy", "nope"]).fails_with(&["`nope`", "zhida coverage"]);
    for region in ["999999", "hangzhou", "33"] {
        coverage(&["--region", region]).fails_with(&[region, "six-digit code", "330100"]);
    }
    for wrong in [&["--export", "x.csv"][..], &["--blind-spots", "--obstacles"]] {
        let run = coverage(wrong);
        assert_eq!(run.code, 2, "{}", run.err);
        assert!(run.err.contains(wrong[0]), "{}", run.err);
    }
    coverage(&["--obstacles", "--export", "/no/such/folder/x.csv"])
        .fails_with(&["/no/such/folder/x.csv"]);
    let early = run(["coverage", "--data", world().to_str().unwrap(), "--as-of", "2010-01-01"]);
    assert!(early.err.contains(DAY), "{}", early.err);
}
