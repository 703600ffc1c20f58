//! A family and two enterprises in a snapshot of their own, and a client that
//! talks to the service without a socket.

use std::path::Path;
use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode, header},
};
use http_body_util::BodyExt;
use jiff::civil::date;
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt;
use zhida_model::{
    catalogue,
    domain::{IndustryTable, KeySecret, RegionTable, ResidentId, SubjectKind, Uscc},
    frame::World,
    policy::Parameters,
    reference::Reference,
    rules::values::{Builder, Typed},
};
use zhida_serve::{
    app::app,
    db::Database,
    engine::Engine,
    state::{Shared, State, Token},
};
use zhida_store::{ManifestInfo, SnapshotWriter};

pub(crate) const SECRET: &str = "00112233445566778899aabbccddeeff";
pub(crate) const TOKEN: &str = "the-token-of-the-tests";

const CATALOGUE: &str = include_str!("data/catalogue.yaml");
const REGIONS: &str = include_str!("data/regions.csv");
const INDUSTRIES: &str = include_str!("data/industries.csv");
const PARAMETERS: &str = include_str!("data/parameters.yaml");
const POLICIES: [(&str, &str); 3] = [
    ("policies/childcare-2025.yaml", include_str!("data/policies/childcare-2025.yaml")),
    ("policies/elder-2024.yaml", include_str!("data/policies/elder-2024.yaml")),
    ("policies/research-2026.yaml", include_str!("data/policies/research-2026.yaml")),
];

pub(crate) fn reference() -> Reference {
    let catalogue = catalogue::read("catalogue.yaml", CATALOGUE).unwrap_or_else(|findings| {
        panic!("{}", findings.iter().map(|f| format!("{f}\n")).collect::<String>())
    });
    let regions = RegionTable::from_csv(REGIONS).unwrap();
    let industries = IndustryTable::from_csv(INDUSTRIES).unwrap();
    let parameters = Parameters::read("parameters.yaml", PARAMETERS, &catalogue, &regions).unwrap();
    Reference { catalogue, regions, industries, parameters }
}

/// Identity numbers by the order of the dossiers; division 99 belongs to nobody.
pub(crate) fn number(kind: SubjectKind, row: usize) -> String {
    match kind {
        SubjectKind::Citizen => {
            let body = format!("9901011990010{:01}{:03}", 1 + row % 9, row);
            ResidentId::with_check(&body).unwrap().as_str().to_owned()
        }
        SubjectKind::Enterprise => {
            let body = format!("91990100MA{row:07}");
            Uscc::with_check(&body).unwrap().as_str().to_owned()
        }
    }
}

pub(crate) fn key(kind: SubjectKind, row: usize) -> String {
    let secret = KeySecret::from_hex(SECRET).unwrap();
    secret.subject_key(kind, &number(kind, row)).to_string()
}

pub(crate) fn citizen(row: usize) -> String {
    key(SubjectKind::Citizen, row)
}

pub(crate) fn enterprise(row: usize) -> String {
    key(SubjectKind::Enterprise, row)
}

/// Rows of the citizens: the baby, its mother, its dead father, a grandmother,
/// a grown woman nothing fits, the head of the first enterprise. The members
/// of a relation follow the one who names them.
pub(crate) const BABY: usize = 0;
pub(crate) const MOTHER: usize = 1;
pub(crate) const FATHER: usize = 2;
pub(crate) const GRANDMOTHER: usize = 3;
pub(crate) const NOBODY: usize = 4;
pub(crate) const HEAD: usize = 5;

/// What differs from one snapshot to the next.
#[derive(Clone, Default)]
pub(crate) struct Change {
    pub(crate) grandmother_died: bool,
    pub(crate) baby_received: bool,
    pub(crate) without_elder_policy: bool,
    /// So many further babies of the same mother.
    pub(crate) more_babies: usize,
}

fn typed(value: Value) -> Typed {
    serde_json::from_value(value).unwrap()
}

fn build(reference: &Reference, change: &Change) -> World {
    let mut builder = Builder::new(reference);
    let received = if change.baby_received {
        json!([{ "code": "childcare", "from": "2026-01-05", "to": "2026-12-31" }])
    } else {
        json!([])
    };
    let citizen = SubjectKind::Citizen;
    let baby = json!({
        "name": "宝宝", "birth_date": "2025-09-10", "nationality": "cn", "benefits": received,
        "parents": { "complete": false, "rows": [
            { "name": "母亲", "birth_date": "1995-05-05", "nationality": "cn" },
            { "name": "父亲", "birth_date": "1994-04-04", "nationality": "cn", "death_date": "2026-01-01" },
        ]},
    });
    builder.add(citizen, &typed(baby)).unwrap();
    let mut elder = json!({
        "name": "奶奶", "birth_date": "1940-01-01", "nationality": "cn",
        "hukou_region": "110101", "benefits": [], "disability_level": 2,
    });
    if change.grandmother_died {
        elder["death_date"] = json!("2026-04-01");
    }
    builder.add(citizen, &typed(elder)).unwrap();
    let nobody = json!({ "name": "无关", "birth_date": "1990-01-01", "nationality": "foreign", "hukou_region": "330100" });
    builder.add(citizen, &typed(nobody)).unwrap();
    let first = json!({
        "name": "甲公司", "registration_status": "active", "registered_region": "330100",
        "rd_expense": "60万", "revenue": "1000万",
        "legal_representative": [{ "name": "法人", "birth_date": "1980-01-01", "nationality": "cn", "hukou_region": "330100" }],
    });
    builder.add(SubjectKind::Enterprise, &typed(first)).unwrap();
    let second = json!({ "name": "乙公司", "registration_status": "active", "registered_region": "330100", "revenue": "1000万" });
    builder.add(SubjectKind::Enterprise, &typed(second)).unwrap();
    for _ in 0..change.more_babies {
        let more = json!({ "name": "更多", "birth_date": "2025-01-10", "nationality": "cn", "benefits": [] });
        builder.add(citizen, &typed(more)).unwrap();
    }
    let mut world = builder.build();
    link_to_mother(&mut world, reference, change.more_babies);
    for dossiers in &mut world.dossiers {
        let kind = dossiers.kind;
        for frame in &mut dossiers.chunks {
            let keys = (0..frame.rows).map(|row| {
                let key: zhida_model::domain::SubjectKey = key(kind, row).parse().unwrap();
                key.as_u128()
            });
            frame.keys = keys.collect::<Vec<_>>().into();
        }
    }
    world
}

/// The further babies have the mother as their parent: hand-written dossiers
/// cannot share a member, so the edges are put in afterwards.
fn link_to_mother(world: &mut World, reference: &Reference, babies: usize) {
    if babies == 0 {
        return;
    }
    let relation = reference.catalogue.relation(SubjectKind::Citizen, "parents").unwrap().id;
    let frame = &mut world.dossiers[SubjectKind::Citizen.index()].chunks[0];
    let rows = frame.rows;
    let edges = frame.relations[relation.index()].as_mut().unwrap();
    let old = edges.offsets.clone();
    let mut offsets: Vec<i32> = old.iter().copied().take(rows - babies + 1).collect();
    let mut target: Vec<u32> = edges.target.to_vec();
    let (mut since, mut until) = (edges.since.to_vec(), edges.until.to_vec());
    for _ in 0..babies {
        target.push(u32::try_from(MOTHER).unwrap());
        since.push(i32::MIN);
        until.push(i32::MAX);
        offsets.push(i32::try_from(target.len()).unwrap());
    }
    edges.offsets = zhida_offsets(offsets);
    edges.target = target.into();
    edges.since = since.into();
    edges.until = until.into();
}

fn zhida_offsets(offsets: Vec<i32>) -> arrow_buffer::OffsetBuffer<i32> {
    arrow_buffer::OffsetBuffer::new(offsets.into())
}

/// Writes a snapshot and makes it current.
pub(crate) fn snapshot(root: &Path, version: &str, change: &Change) {
    let reference = reference();
    let world = build(&reference, change);
    let mut writer = SnapshotWriter::create(root, version, &reference.catalogue).unwrap();
    writer.write(&world).unwrap();
    for (name, text) in [
        ("catalogue.yaml", CATALOGUE),
        ("regions.csv", REGIONS),
        ("industries.csv", INDUSTRIES),
        ("parameters.yaml", PARAMETERS),
    ] {
        writer.add_file(name, text.as_bytes()).unwrap();
    }
    for (name, text) in POLICIES {
        if !(change.without_elder_policy && name.contains("elder")) {
            writer.add_file(name, text.as_bytes()).unwrap();
        }
    }
    writer
        .finish(ManifestInfo {
            known_at: date(2026, 3, 31),
            rule_set_hash: "5e1f".to_owned(),
            created_at: "2026-04-01T02:03:04Z".parse().unwrap(),
            created_by: "zhida 0.1.0".to_owned(),
            key_id: "0123456789abcdef".to_owned(),
        })
        .unwrap();
}

/// A service over a fresh snapshot.
pub(crate) struct Service {
    pub(crate) dir: TempDir,
    pub(crate) state: State,
    pub(crate) app: Router,
}

/// What came back.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: axum::http::HeaderMap,
    pub(crate) text: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    /// The answer is a problem of this status, in the shape of RFC 9457.
    #[track_caller]
    pub(crate) fn problem(&self, status: u16, name: &str) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        assert_eq!(self.headers[header::CONTENT_TYPE], "application/problem+json");
        let body = self.json();
        assert_eq!(body["status"], status);
        assert_eq!(body["type"], format!("urn:zhida:problem:{name}"));
        assert!(body["title"].as_str().is_some_and(|title| !title.is_empty()));
        assert!(body["detail"].as_str().is_some_and(|detail| !detail.is_empty()));
        body
    }

    #[track_caller]
    pub(crate) fn ok(&self) -> Value {
        assert_eq!(self.status, StatusCode::OK, "{}", self.text);
        self.json()
    }
}

impl Service {
    pub(crate) async fn new() -> Service {
        Service::with(&Change::default()).await
    }

    pub(crate) async fn with(change: &Change) -> Service {
        let dir = tempfile::tempdir().unwrap();
        snapshot(dir.path(), "first", change);
        let engine = Engine::open(dir.path()).unwrap();
        let db = database(dir.path()).await;
        let secret = KeySecret::from_hex(SECRET).unwrap();
        let token = Token::new(TOKEN.to_owned());
        let day = Some(date(2026, 4, 10));
        let root = dir.path().to_owned();
        let state = Arc::new(Shared::new(engine, root, db, token, Some(secret), day));
        Service { dir, app: app(State::clone(&state)), state }
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.app.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        Reply { status, headers, text: String::from_utf8(bytes.to_vec()).unwrap() }
    }

    /// Reads with the token.
    pub(crate) async fn get(&self, path: &str) -> Reply {
        let request = Request::get(path).header(header::AUTHORIZATION, format!("Bearer {TOKEN}"));
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// Reads without the token.
    pub(crate) async fn get_openly(&self, path: &str) -> Reply {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// Sends a body with the token and further headers.
    pub(crate) async fn put_or_post(
        &self,
        method: &str,
        path: &str,
        body: &str,
        headers: &[(&str, &str)],
    ) -> Reply {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer {TOKEN}"))
            .header(header::CONTENT_TYPE, "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Reply {
        self.put_or_post("POST", path, &body.to_string(), &[]).await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Reply {
        self.put_or_post("PUT", path, &body.to_string(), &[]).await
    }

    /// One run of the push on 10 April 2026.
    pub(crate) async fn push(&self) -> zhida_serve::push::PushReport {
        self.push_with(zhida_serve::push::PushOptions::on(date(2026, 4, 10))).await
    }

    pub(crate) async fn push_with(
        &self,
        options: zhida_serve::push::PushOptions,
    ) -> zhida_serve::push::PushReport {
        let engine = self.state.engine();
        zhida_serve::push::push_run(&self.state.db, &engine, options, |_, _| {}).await.unwrap()
    }

    pub(crate) async fn inbox(&self, key: &str) -> Value {
        self.get(&format!("/v1/pushes?subject={key}")).await.ok()
    }
}

/// SQLite in a file, or a schema of its own on the PostgreSQL that
/// `ZHIDA_TEST_POSTGRES` names.
async fn database(dir: &Path) -> Database {
    let Ok(address) = std::env::var("ZHIDA_TEST_POSTGRES") else {
        let address = format!("sqlite://{}", dir.join("state.db").display());
        return Database::connect(&address).await.unwrap();
    };
    sqlx::any::install_default_drivers();
    let schema = format!("t{}", zhida_serve::state::random_hex::<8>().unwrap());
    let pool = sqlx::AnyPool::connect(&address).await.unwrap();
    let statement = format!("CREATE SCHEMA {schema}");
    sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&pool).await.unwrap();
    let separator = if address.contains('?') { '&' } else { '?' };
    let own = format!("{address}{separator}options=-csearch_path%3D{schema}");
    Database::connect(&own).await.unwrap()
}

/// A snapshot of the sample definitions with two dossiers, keys and nothing else known.
pub(crate) fn sample_snapshot(samples: &Path, root: &Path) {
    let text = |name: &str| std::fs::read_to_string(samples.join(name)).unwrap();
    let catalogue = catalogue::read("catalogue.yaml", &text("catalogue.yaml")).unwrap();
    let mut writer = SnapshotWriter::create(root, "samples", &catalogue).unwrap();
    for name in ["catalogue.yaml", "regions.csv", "industries.csv", "parameters.yaml"] {
        writer.add_file(name, text(name).as_bytes()).unwrap();
    }
    for entry in std::fs::read_dir(samples.join("policies")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name.ends_with(".yaml") && !name.ends_with(".cases.yaml") {
            writer
                .add_file(&format!("policies/{name}"), text(&format!("policies/{name}")).as_bytes())
                .unwrap();
        }
    }
    writer
        .finish(ManifestInfo {
            known_at: date(2026, 6, 15),
            rule_set_hash: "5e1f".to_owned(),
            created_at: "2026-06-16T02:03:04Z".parse().unwrap(),
            created_by: "zhida 0.1.0".to_owned(),
            key_id: "0123456789abcdef".to_owned(),
        })
        .unwrap();
}
