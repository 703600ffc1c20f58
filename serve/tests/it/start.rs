//! Starting over a socket: how fast, where, and what it does with a newer
//! snapshot or a broken one.

use std::time::Duration;

use jiff::civil::date;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::oneshot,
};
use zhida_serve::{Ready, ServeError, ServeOptions, engine::Engine, serve, state::Token};

use crate::world::{Change, Service, TOKEN, snapshot};

fn options(root: &std::path::Path) -> ServeOptions {
    ServeOptions {
        root: root.to_owned(),
        bind: "127.0.0.1:0".parse().unwrap(),
        state: format!("sqlite://{}", root.join("state.db").display()),
        key_file: None,
        token: Some(Token::new(TOKEN.to_owned())),
        as_of: Some(date(2026, 4, 10)),
    }
}

#[tokio::test]
async fn it_answers_within_a_second_and_stops_when_told() {
    let dir = tempfile::tempdir().unwrap();
    snapshot(dir.path(), "first", &Change::default());
    let (stop, stopped) = oneshot::channel::<()>();
    let (tell, told) = oneshot::channel::<Ready>();
    let serving = tokio::spawn(serve(
        options(dir.path()),
        async {
            let _ = stopped.await;
        },
        move |ready| {
            let _ = tell.send(ready.clone());
        },
    ));
    let ready = told.await.unwrap();
    assert!(ready.took < Duration::from_secs(1), "{:?}", ready.took);
    assert!(ready.example.is_some());
    let mut stream = TcpStream::connect(ready.address).await.unwrap();
    let request = "GET /v1/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    stop.send(()).unwrap();
    serving.await.unwrap().unwrap();
}

#[tokio::test]
async fn only_loopback_is_bound() {
    let dir = tempfile::tempdir().unwrap();
    let options = ServeOptions { bind: "0.0.0.0:0".parse().unwrap(), ..options(dir.path()) };
    let error = serve(options, async {}, |_| panic!("it must not start")).await.unwrap_err();
    assert!(matches!(error, ServeError::NotLoopback(_)));
    assert!(error.to_string().contains("127.0.0.1"), "{error}");
}

#[tokio::test]
async fn without_a_snapshot_it_says_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    let error = serve(options(dir.path()), async {}, |_| {}).await.unwrap_err();
    assert!(error.to_string().contains("zhida build"), "{error}");
}

#[tokio::test]
async fn a_token_shows_itself_nowhere() {
    let token = Token::random().unwrap();
    assert_eq!(token.reveal().len(), 64);
    assert!(!format!("{token:?}").contains(token.reveal()));
    assert!(token.is(token.reveal()));
    assert!(!token.is(""));
}

#[tokio::test]
async fn a_broken_newer_snapshot_leaves_the_old_one_in_force() {
    let service = Service::new().await;
    snapshot(service.dir.path(), "second", &Change::default());
    let path = service.dir.path().join("snapshots/second/regions.csv");
    std::fs::write(&path, "code").unwrap();
    service.state.reload().unwrap_err();
    assert_eq!(service.get_openly("/v1/health").await.ok()["snapshot"], "first");
}

#[tokio::test]
async fn a_flipped_byte_of_the_index_is_damage() {
    let sound = Service::new().await;
    assert_eq!(sound.get_openly("/v1/health").await.ok()["verified"], false);
    sound.state.engine().verify().unwrap();
    assert_eq!(sound.get_openly("/v1/health").await.ok()["verified"], true);

    let service = Service::new().await;
    let keys = service.dir.path().join("snapshots/first/keys.arrow");
    let mut bytes = std::fs::read(&keys).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&keys, bytes).unwrap();
    let engine = Engine::open(service.dir.path());
    let error = match engine {
        Ok(engine) => engine.verify().unwrap_err().to_string(),
        Err(error) => error.to_string(),
    };
    assert!(error.contains("keys.arrow") && error.contains("zhida build"), "{error}");
    service.state.engine().verify().unwrap_err();
    let reply = service.get_openly("/v1/health").await;
    assert_eq!(reply.status.as_u16(), 503, "{}", reply.text);
    assert_eq!(reply.json()["status"], "damaged");
    assert_eq!(reply.json()["verified"], false);
}

#[tokio::test]
async fn before_and_after_verifying_the_answers_are_the_same() {
    let service = Service::new().await;
    let engine = service.state.engine();
    let path = format!("/v1/subjects/{}/recommendations", crate::world::enterprise(0));
    assert!(!engine.is_warm());
    let before = service.get(&path).await.ok();
    engine.world().unwrap();
    assert!(engine.is_warm());
    assert_eq!(service.get(&path).await.ok(), before);
}

#[test]
fn the_sample_definitions_can_be_served() {
    // The catalogue and the policies of the repository, without any dossier.
    let samples = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../data-samples");
    let dir = tempfile::tempdir().unwrap();
    crate::world::sample_snapshot(&samples, dir.path());
    let begun = std::time::Instant::now();
    let engine = Engine::open(dir.path()).unwrap();
    let day = engine.day(date(2026, 6, 15));
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    assert!(engine.rules.program.policies.len() > 50);
    assert_eq!(day.borrow_dependent().as_of, date(2026, 6, 15));
}
