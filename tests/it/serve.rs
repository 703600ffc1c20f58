//! `zhida serve`: ready within a second, answers as the batch did, wants its
//! token, ends when told.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::support::{DAY, copy, rows, run, text, world, zhida};

/// A running service; it is ended when dropped.
struct Service {
    child: Child,
    address: String,
    token: String,
    state: tempfile::TempDir,
}

impl Service {
    fn start(data: &Path) -> Service {
        Service::start_on(data, DAY)
    }

    fn start_on(data: &Path, day: &str) -> Service {
        let state = tempfile::tempdir().unwrap();
        let address = format!("sqlite://{}", state.path().join("state.db").display());
        let mut child = zhida()
            .args(["serve", "--bind", "127.0.0.1:0", "--as-of", day, "--state", &address, "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .stderr(File::create(state.path().join("log")).unwrap())
            .spawn()
            .unwrap();
        let (mut address, mut token) = (String::new(), String::new());
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            if let Some((_, rest)) = line.split_once("http://")
                && address.is_empty()
            {
                address = rest.split('/').next().unwrap().to_owned();
            }
            if let Some(rest) = line.strip_prefix("token") {
                token = rest.trim().to_owned();
                break;
            }
        }
        assert!(!address.is_empty() && !token.is_empty(), "{address} {token}");
        Service { child, address, token, state }
    }

    /// What it wrote to stderr so far.
    fn log(&self) -> String {
        fs::read_to_string(self.state.path().join("log")).unwrap()
    }

    /// Asks for the health until a test of status and body holds.
    fn health_until(&self, holds: impl Fn(u16, &Value) -> bool) -> (u16, Value) {
        let begun = Instant::now();
        loop {
            let (status, body) = self.ask("GET", "/v1/health", None, "");
            let body: Value = serde_json::from_str(&body).unwrap();
            if holds(status, &body) {
                return (status, body);
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "{status}: {body}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Status and body of an answer.
    fn ask(&self, method: &str, path: &str, token: Option<&str>, body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let bearer =
            token.map_or(String::new(), |token| format!("Authorization: Bearer {token}\r\n"));
        write!(
            stream,
            "{method} {path} HTTP/1.0\r\nHost: {}\r\n{bearer}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
        (status, answer.split_once("\r\n\r\n").unwrap().1.to_owned())
    }

    fn get(&self, path: &str) -> Value {
        let (status, body) = self.ask("GET", path, Some(&self.token), "");
        assert_eq!(status, 200, "{path}: {body}");
        serde_json::from_str(&body).unwrap()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn it_is_ready_within_a_second() {
    let world = world();
    let begun = Instant::now();
    let service = Service::start(world);
    let (status, _) = service.ask("GET", "/v1/health", None, "");
    let took = begun.elapsed();
    assert_eq!(status, 200);
    // The promise is one second; a busy machine with tests beside it gets four.
    assert!(took < Duration::from_secs(4), "{took:?}");
}

#[test]
fn it_recommends_what_the_batch_wrote() {
    let found = rows(&world().join("matches.parquet"));
    let service = Service::start(world());
    let mut subjects: Vec<&str> = found.iter().map(|row| text(row, "subject")).collect();
    subjects.dedup();
    assert!(subjects.len() > 500);
    for subject in subjects.iter().step_by(subjects.len() / 40) {
        let path = format!(
            "/v1/subjects/{subject}/recommendations?k=200&include=unknown,suppressed&as_of={DAY}"
        );
        let served: Vec<String> = service.get(&path)["recommendations"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| {
                let score = one["score"].as_f64().unwrap();
                format!(
                    "{} {} {} {} {score:.12}",
                    one["id"], one["version"], one["unit"], one["verdict"]
                )
            })
            .collect();
        let batch: Vec<String> = found
            .iter()
            .filter(|row| text(row, "subject") == *subject)
            .map(|row| {
                let score = row["score"].as_f64().unwrap();
                format!(
                    "{} {} {} {} {score:.12}",
                    row["policy"], row["version"], row["unit"], row["verdict"]
                )
            })
            .collect();
        assert_eq!(served, batch, "{subject}");
    }
}

/// Every count is the exact one in multiples of five, or hidden.
#[test]
fn offices_are_told_what_the_command_counts() {
    let service = Service::start(world());
    let data = world().to_str().unwrap();
    let exact = run(["coverage", "--exact", "--format", "json", "--as-of", DAY, "--data", data]);
    let exact = exact.fine().json();
    let told = service.get("/v1/office/coverage?region=000000");
    let (exact, told) =
        (exact["policies"].as_array().unwrap(), told["policies"].as_array().unwrap());
    assert_eq!(exact.len(), told.len());
    let (mut shown, mut hidden) = (0, 0);
    for (exact, told) in exact.iter().zip(told) {
        assert_eq!(exact["policy"], told["policy"]);
        for verdict in ["eligible", "likely", "unknown", "ineligible"] {
            let count = exact["subjects"][verdict].as_u64().unwrap();
            match told["subjects"][verdict].as_u64() {
                Some(told) => {
                    assert!(!(1..5).contains(&count), "{count} is told");
                    assert_eq!(told, (count + 2) / 5 * 5);
                    shown += 1;
                }
                None => hidden += 1,
            }
        }
    }
    assert!(shown > 100 && hidden > 20, "{shown} shown, {hidden} hidden");
    for path in [
        "/v1/office/blind-spots?region=440000",
        "/v1/office/obstacles?region=330000",
        "/v1/office/upcoming?region=000000&days=60&policy=basic-pension",
        "/v1/office/proofs?region=330000",
        "/v1/office/ledger/basic-pension?region=000000",
        "/v1/office/differences?region=000000&policy=nev-purchase-tax&from=2024&to=2026",
    ] {
        service.get(path);
    }
    let change = r#"{"region":"000000","policy":"small-low-profit-income-tax",
        "change":{"thresholds":{"employees":"40"}},"samples":2}"#;
    let token = Some(service.token.as_str());
    let (status, body) = service.ask("POST", "/v1/office/simulations", token, change);
    assert_eq!(status, 200, "{body}");
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body["touched"][0], "employees");
    assert!(body["losers"].as_u64().is_some_and(|losers| losers >= 5), "{body}");
}

#[test]
fn without_its_token_it_tells_nobody_about_anybody() {
    let service = Service::start(world());
    let found = rows(&world().join("best.parquet"));
    let path = format!("/v1/subjects/{}/recommendations", text(&found[0], "subject"));
    for token in [None, Some(""), Some("wrong"), service.token.get(1..)] {
        let (status, body) = service.ask("GET", &path, token, "");
        assert_eq!(status, 401, "{token:?}: {body}");
        assert!(!body.contains("recommendations"), "{body}");
    }
    assert_eq!(service.ask("GET", &path, Some(&service.token), "").0, 200);
    let nobody = format!("/v1/subjects/{}/recommendations", "0".repeat(32));
    assert_eq!(service.ask("GET", &nobody, Some(&service.token), "").0, 404);
    let number = "/v1/subjects/993701196604140009/recommendations";
    assert_eq!(service.ask("GET", number, Some(&service.token), "").0, 400);
}

#[test]
fn what_anybody_may_ask_needs_no_token() {
    let service = Service::start(world());
    for path in ["/", "/v1/health", "/v1/policies", "/v1/fields?kind=citizen", "/openapi.json"] {
        let (status, body) = service.ask("GET", path, None, "");
        assert_eq!(status, 200, "{path}: {body}");
    }
    let question = r#"{"kind":"citizen","values":{"birth_date":"1943-05-01"}}"#;
    let (status, body) = service.ask("POST", "/v1/match", None, question);
    assert_eq!(status, 200, "{body}");
    for nonsense in ["", "{", "[]", r#"{"kind":"cat"}"#, "\u{0}"] {
        let (status, body) = service.ask("POST", "/v1/match", None, nonsense);
        assert!((400..500).contains(&status), "{nonsense}: {status} {body}");
    }
}

#[test]
fn it_ends_when_it_is_told_to() {
    let mut service = Service::start(world());
    let kill = Command::new("sh")
        .args(["-c", &format!("kill -TERM {}", service.child.id())])
        .status()
        .unwrap();
    assert!(kill.success());
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = service.child.try_wait().unwrap() {
            break status;
        }
        assert!(begun.elapsed() < Duration::from_secs(10), "it does not end");
        std::thread::sleep(Duration::from_millis(20));
    };
    assert!(status.success(), "{status}");
}

#[test]
fn an_address_others_could_reach_or_that_is_taken_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    copy(&world().join("snapshots"), &data.join("snapshots"));
    let data = data.to_str().unwrap();
    run(["serve", "--data", data, "--bind", "0.0.0.0:0"]).fails_with(&["loopback"]);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let refused = run(["serve", "--data", data, "--bind", &address]).fails_with(&[
        "cannot listen",
        &address,
        "--bind",
        "ADDRESS=",
    ]);
    assert_eq!(refused.err.matches("in use").count(), 1, "{}", refused.err);
    let out = dir.path().join("demo");
    let demo = run(["demo", "--out", out.to_str().unwrap(), "--bind", &address]);
    let demo = demo.fails_with(&["cannot listen", &address]);
    assert!(demo.out.is_empty() && !out.exists(), "it began before it looked: {}", demo.out);
}

#[test]
fn an_index_that_is_damaged_shows_in_health_and_log() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    copy(&world().join("snapshots"), &data.join("snapshots"));
    let sound = Service::start(&data);
    let (status, health) = sound.health_until(|_, health| health["verified"] == true);
    assert_eq!((status, &health["status"]), (200, &"ok".into()));
    drop(sound);
    let keys = data.join("snapshots/one/keys.arrow");
    let mut bytes = fs::read(&keys).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x10;
    fs::write(&keys, bytes).unwrap();
    let service = Service::start(&data);
    let (_, health) = service.health_until(|status, _| status == 503);
    assert_eq!(health["status"], "damaged");
    assert_eq!(health["verified"], false);
    let log = service.log();
    for word in ["ERROR", "keys.arrow", "zhida build"] {
        assert!(log.contains(word), "`{word}` is not in:\n{log}");
    }
    assert!(!log.contains("is verified"), "{log}");
}

#[test]
fn it_says_that_the_cut_off_is_judged_instead() {
    let service = Service::start_on(world(), "2020-01-01");
    let note = "note: 2020-01-01 lies before the data cut-off; judging 2026-03-31 instead";
    assert!(service.log().contains(note), "{}", service.log());
    let service = Service::start(world());
    assert!(!service.log().contains("note:"), "{}", service.log());
}

#[test]
fn another_key_than_the_snapshots_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    copy(&world().join("snapshots"), &data.join("snapshots"));
    let other = dir.path().join("other.key");
    fs::write(&other, "77".repeat(32)).unwrap();
    let (data, other) = (data.to_str().unwrap(), other.to_str().unwrap());
    run(["serve", "--data", data, "--bind", "127.0.0.1:0", "--key-file", other])
        .fails_with(&["other.key", "not the one"]);
}
