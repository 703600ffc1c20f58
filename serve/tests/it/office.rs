//! What policy offices ask: by region, nothing that singles anybody out, and
//! what they record stays recorded.

use axum::{
    body::Body,
    http::{Request, header},
};
use serde_json::{Value, json};

use crate::world::{BABY, Change, NOBODY, Service, citizen};

const ROUTES: [&str; 7] = [
    "/v1/office/coverage",
    "/v1/office/coverage/childcare",
    "/v1/office/blind-spots",
    "/v1/office/obstacles",
    "/v1/office/upcoming",
    "/v1/office/ledger/childcare",
    "/v1/office/proofs",
];

/// A mother with a baby and twenty more.
async fn nursery() -> Service {
    Service::with(&Change { more_babies: 20, ..Change::default() }).await
}

#[tokio::test]
async fn every_question_wants_the_token_and_a_region() {
    let service = Service::new().await;
    for path in ROUTES {
        let nation = format!("{path}?region=000000");
        service.get_openly(&nation).await.problem(401, "unauthorized");
        service.get(path).await.problem(400, "bad-request");
        service.get(&format!("{path}?region=123")).await.problem(422, "unprocessable");
        service.get(&format!("{path}?region=000000&x=1")).await.problem(400, "bad-request");
        service.get(&nation).await.ok();
    }
    for path in ["/v1/office/simulations", "/v1/office/claim-steps"] {
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/json");
        service.send(request.body(Body::from("{}")).unwrap()).await.problem(401, "unauthorized");
    }
    for path in ["/v1/office/coverage/nothing", "/v1/office/ledger/nothing"] {
        let reply = service.get(&format!("{path}?region=000000")).await;
        reply.problem(404, "not-found");
    }
}

/// Every whole number in a tree, with the key it stands under.
fn counts(value: &Value, key: &str, found: &mut Vec<(String, u64)>) {
    match value {
        Value::Number(number) => found.extend(number.as_u64().map(|n| (key.to_owned(), n))),
        Value::Array(list) => list.iter().for_each(|one| counts(one, key, found)),
        Value::Object(map) => map.iter().for_each(|(key, one)| counts(one, key, found)),
        _ => {}
    }
}

#[tokio::test]
async fn of_a_few_people_nothing_is_told() {
    let service = Service::new().await;
    for path in ROUTES.iter().take(6) {
        let body = service.get(&format!("{path}?region=000000")).await.ok();
        let mut found = Vec::new();
        counts(&body, "", &mut found);
        found.retain(|(key, _)| !["smallest", "rounded_to"].contains(&key.as_str()));
        let small: Vec<_> = found.iter().filter(|(_, count)| (1..5).contains(count)).collect();
        assert!(small.is_empty(), "{path} tells {small:?}");
    }
}

#[tokio::test]
async fn a_policy_is_counted_in_its_region() {
    let service = nursery().await;
    let body = service.get("/v1/office/coverage/childcare?region=000000").await.ok();
    assert_eq!(body["protection"], json!({ "smallest": 5, "rounded_to": 5 }));
    assert_eq!(body["region"]["name"], "全国");
    let policy = &body["policies"][0];
    // Twenty-one babies; their number would give that of the few others away.
    assert_eq!(policy["subjects"]["population"], 25);
    assert_eq!(policy["subjects"]["eligible"], Value::Null);
    assert_eq!(policy["subjects"]["ineligible"], Value::Null);
    assert_eq!(policy["money"]["lower_fen"], Value::Null);
    // The babies have no place of residence on record.
    let body = service.get("/v1/office/coverage/childcare?region=110000").await.ok();
    assert_eq!(body["policies"][0]["subjects"]["eligible"], 0);
    assert_eq!(body["policies"][0]["subjects"]["population"], Value::Null);
}

fn change(change: &Value) -> Value {
    json!({ "region": "000000", "policy": "childcare", "change": change })
}

#[tokio::test]
async fn a_change_is_tried_out() {
    let service = nursery().await;
    let older = change(&json!({ "thresholds": { "under-three": "1" } }));
    let body = service.post("/v1/office/simulations", &older).await.ok();
    // All babies but one are a year old: no threshold may part them.
    assert_eq!(body["moved_thresholds"], json!(["under-three: 1 → 3"]));
    assert_eq!(body["touched"], json!([]));
    let curve = &body["curves"][0];
    assert_eq!(curve["smallest_bin"], 5);
    let sum = change(&json!({ "patch": { "benefit": { "amount": "yuan(5000)" } } }));
    let body = service.post("/v1/office/simulations", &sum).await.ok();
    // Four grown-ups are not told of, and so no sum either.
    assert_eq!(body["after"]["lower_fen"], Value::Null);
    assert_eq!(body["winners"], 0);
    assert_eq!(body["touched"], json!([]));
}

#[tokio::test]
async fn an_answer_that_few_tell_from_another_is_refused() {
    let service = nursery().await;
    let rule = |text: &str| {
        change(&json!({ "patch": { "conditions": [{ "id": "under-three", "when": text }] } }))
    };
    let path = "/v1/office/simulations";
    service.post(path, &rule("age(birth_date) < 3")).await.ok();
    // The one baby that was born in September: anybody could name it.
    let without = rule("age(birth_date) < 3 && birth_date != date(\"2025-09-10\")");
    let body = service.post(path, &without).await.problem(409, "conflict");
    assert!(body["detail"].as_str().unwrap().contains("fewer than five"));
    // The same question again is the same answer again.
    service.post(path, &rule("age(birth_date) < 3")).await.ok();
}

#[tokio::test]
async fn a_change_that_does_not_fit_is_told_why() {
    let service = Service::new().await;
    let path = "/v1/office/simulations";
    for (wrong, words) in [
        (json!({ "thresholds": { "aeg": "3" } }), "`under-three`"),
        (json!({ "thresholds": { "under-three": "many" } }), "threshold"),
        (json!({ "patch": { "id": "other" } }), "`id` cannot be patched"),
        (json!({ "patch": { "conditions": [{ "id": "new", "when": "agee > 3" }] } }), "agee"),
        (json!({ "parameters": { "nothing": "3" } }), "`nothing` is no parameter"),
    ] {
        let body = service.post(path, &change(&wrong)).await.problem(422, "unprocessable");
        let detail = body["detail"].as_str().unwrap();
        assert!(detail.contains(words), "{wrong}: {detail}");
    }
    let nobody = json!({ "region": "000000", "policy": "nothing" });
    service.post(path, &nobody).await.problem(404, "not-found");
}

#[tokio::test]
async fn a_status_stays_with_its_obstacle() {
    let service = nursery().await;
    let list = service.get("/v1/office/obstacles?region=000000").await.ok();
    let first = &list["obstacles"][0];
    assert_eq!(first["status"], "open", "{list:#}");
    let path = format!("/v1/office/obstacles/{}", first["id"].as_str().unwrap());
    let body = json!({ "status": "in_progress", "note": "公安部门补录" });
    assert_eq!(service.put(&path, &body).await.ok(), body);
    let list = service.get("/v1/office/obstacles?region=000000").await.ok();
    assert_eq!(list["obstacles"][0]["id"], first["id"]);
    assert_eq!(list["obstacles"][0]["status"], "in_progress");
    let wrong = json!({ "status": "gone" });
    service.put(&path, &wrong).await.problem(422, "unprocessable");
    service.put("/v1/office/obstacles/whatever", &body).await.problem(422, "unprocessable");
}

#[tokio::test]
async fn steps_are_recorded_once_and_counted() {
    let service = nursery().await;
    let step = |row: usize, step: &str, reason: &str| {
        json!({
            "subject": citizen(row), "policy": "childcare", "version": "2025", "step": step,
            "happened_on": "2026-04-02", "reason": reason,
        })
    };
    let babies = NOBODY + 2..NOBODY + 22;
    let mut steps: Vec<Value> =
        babies.clone().take(12).map(|row| step(row, "opened", "")).collect();
    steps.extend(babies.clone().take(6).map(|row| step(row, "applied", "")));
    steps.extend(babies.take(6).map(|row| step(row, "rejected", "材料不全")));
    let body = json!({ "steps": steps });
    let path = "/v1/office/claim-steps";
    let first = service.post(path, &body).await;
    assert_eq!(first.status, 201, "{}", first.text);
    assert_eq!(first.json(), json!({ "recorded": 24, "known": 0 }));
    assert_eq!(service.post(path, &body).await.json(), json!({ "recorded": 0, "known": 24 }));
    let ledger = service.get("/v1/office/ledger/childcare?region=000000").await.ok();
    let steps = ledger["versions"][0]["steps"].as_array().unwrap();
    let told: Vec<(&str, &Value)> =
        steps.iter().map(|one| (one["step"].as_str().unwrap(), &one["claims"])).collect();
    assert_eq!(told[0], ("eligible", &json!(20)));
    assert_eq!(told[2], ("opened", &json!(10)), "{ledger:#}");
    assert_eq!(told[3], ("applied", &json!(5)));
    assert_eq!(steps[3]["reasons"][0]["reason"], "未获批准：材料不全");
    let mut wrong = step(BABY, "opened", "");
    wrong["version"] = json!("1999");
    let reply = service.post(path, &json!({ "steps": [step(BABY, "opened", ""), wrong] })).await;
    let problem = reply.problem(422, "unprocessable");
    assert!(problem["detail"].as_str().unwrap().starts_with("`steps[1].policy`"));
    let again = service.post(path, &json!({ "steps": [step(BABY, "opened", "")] })).await;
    assert_eq!(again.json()["recorded"], 1, "nothing of the wrong request was recorded");
}

#[tokio::test]
async fn proofs_and_differences_speak_of_the_tree() {
    let service = Service::new().await;
    let all = service.get("/v1/office/proofs?region=000000").await.ok();
    assert_eq!(all["policies"].as_array().map(Vec::len), Some(3));
    let beijing = service.get("/v1/office/proofs?region=110000").await.ok();
    let policies = beijing["policies"].as_array().unwrap();
    assert_eq!(policies.len(), 1, "the nation's policies are not Beijing's");
    let path = "/v1/office/differences?policy=childcare&from=2025&to=2025&region=";
    let same = service.get(&format!("{path}000000")).await.ok();
    assert_eq!(same["verdict"], "same");
    service.get(&format!("{path}110000")).await.problem(404, "not-found");
}

#[tokio::test]
async fn every_route_is_described() {
    let service = Service::new().await;
    let body = service.get_openly("/openapi.json").await.ok();
    let paths = body["paths"].as_object().unwrap();
    let office: Vec<&String> = paths.keys().filter(|path| path.contains("/office/")).collect();
    assert_eq!(office.len(), 11, "{office:?}");
    let coverage = &body["components"]["schemas"]["Coverage"];
    let text = body.to_string();
    assert!(text.contains("blind_spots"), "{coverage}");
    assert!(text.contains("moved_thresholds"));
    assert!(text.contains("id of a condition"), "the change is described");
}
