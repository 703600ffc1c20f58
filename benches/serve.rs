//! The service under load from one machine: `cargo bench --bench serve`.
//!
//! It makes an invented town, serves it on a free loopback port, and asks the
//! routes of a portal over kept-alive connections from two threads, three
//! seconds each. It prints requests a second and the latencies a caller sees.
//! Every answer must be a 200, or the bench fails.

use std::{
    error::Error,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// Time for each route and thread.
const LENGTH: Duration = Duration::from_secs(3);
/// Callers at once.
const CALLERS: usize = 2;
/// Citizens of the town.
const CITIZENS: &str = "20000";
/// Enterprises of the town.
const ENTERPRISES: &str = "4000";

type Fallible<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Ends the service whatever happens.
struct Service(Child);

impl Drop for Service {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn main() -> Fallible<()> {
    if std::env::args().any(|argument| argument == "--test") {
        return Ok(());
    }
    let folder = std::env::temp_dir().join(format!("zhida-serve-bench-{}", std::process::id()));
    let demo = Command::new(env!("CARGO_BIN_EXE_zhida"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["demo", "--no-serve", "--citizens", CITIZENS, "--enterprises", ENTERPRISES, "--out"])
        .arg(&folder)
        .stdout(Stdio::null())
        .status()?;
    if !demo.success() {
        return Err("the town could not be made".into());
    }
    let begun = Instant::now();
    let (service, door) = start(&folder.join("data"))?;
    println!(
        "{CITIZENS} citizens and {ENTERPRISES} enterprises; answers {} ms after its start",
        begun.elapsed().as_millis()
    );
    println!(
        "{:<34}{:>12}{:>11}{:>11}{:>11}",
        "route", "requests/s", "median ms", "99% ms", "worst ms"
    );
    for (name, request) in requests(&door) {
        route(name, &door.address, &request)?;
    }
    drop(service);
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

/// What the service says of itself when it starts.
#[derive(Default)]
struct Door {
    address: String,
    token: String,
    subject: String,
}

/// Starts the service and waits until it names a subject.
fn start(data: &Path) -> Fallible<(Service, Door)> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_zhida"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["serve", "--bind", "127.0.0.1:0", "--as-of", "2026-03-31", "--data"])
        .arg(data)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let output = child.stdout.take().ok_or("no output")?;
    let service = Service(child);
    let mut door = Door::default();
    for line in BufReader::new(output).lines() {
        let line = line?;
        if let Some(rest) = line.strip_prefix("open   http://") {
            door.address = rest.split('/').next().unwrap_or_default().to_owned();
        }
        if let Some(rest) = line.strip_prefix("token") {
            door.token = rest.trim().to_owned();
        }
        if let Some((_, rest)) = line.split_once("/v1/subjects/") {
            door.subject = rest.split('/').next().unwrap_or_default().to_owned();
            break;
        }
    }
    Ok((service, door))
}

/// The routes of a portal, with a request for each.
fn requests(door: &Door) -> [(&'static str, String); 6] {
    let typed =
        r#"{"kind":"citizen","values":{"birth_date":"1943-05-01","hukou_region":"310000"}}"#;
    let own = |what: &str| get(&format!("/v1/subjects/{}/{what}", door.subject), &door.token);
    [
        ("GET health", get("/v1/health", &door.token)),
        ("GET policies", get("/v1/policies", &door.token)),
        ("GET recommendations", own("recommendations")),
        ("GET dossier", own("dossier")),
        ("GET explanation", own("explanations/resident-pension")),
        (
            "POST match (calculator)",
            format!(
                "POST /v1/match HTTP/1.1\r\nHost: zhida\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{typed}",
                typed.len()
            ),
        ),
    ]
}

fn get(path: &str, token: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: zhida\r\nAuthorization: Bearer {token}\r\n\r\n")
}

fn route(name: &str, address: &str, request: &str) -> Fallible<()> {
    let callers: Vec<_> = (0..CALLERS)
        .map(|_| {
            let (address, request) = (address.to_owned(), request.to_owned());
            std::thread::spawn(move || caller(&address, &request))
        })
        .collect();
    let mut times = Vec::new();
    for caller in callers {
        times.extend(caller.join().map_err(|_| "a caller ended early")??);
    }
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize] * 1e3;
    println!(
        "{name:<34}{:>12.0}{:>11.2}{:>11.2}{:>11.2}",
        times.len() as f64 / LENGTH.as_secs_f64(),
        at(0.5),
        at(0.99),
        at(1.0)
    );
    Ok(())
}

/// Seconds of every request of one kept-alive connection.
fn caller(address: &str, request: &str) -> Fallible<Vec<f64>> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut times = Vec::new();
    let begun = Instant::now();
    while begun.elapsed() < LENGTH {
        let asked = Instant::now();
        stream.write_all(request.as_bytes())?;
        answer(&mut reader)?;
        times.push(asked.elapsed().as_secs_f64());
    }
    Ok(times)
}

/// Reads one answer with a known length.
fn answer(reader: &mut BufReader<TcpStream>) -> Fallible<()> {
    let (mut line, mut length) = (String::new(), None);
    reader.read_line(&mut line)?;
    if !line.contains(" 200 ") {
        return Err(format!("answered {}", line.trim()).into());
    }
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        if line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse::<usize>().ok();
        }
    }
    let mut body = vec![0; length.ok_or("an answer without length")?];
    reader.read_exact(&mut body)?;
    Ok(())
}
