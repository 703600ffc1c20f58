//! The routes about a subject.

use axum::{
    body::Body,
    http::{Request, header},
};
use serde_json::{Value, json};
use zhida_model::domain::SubjectKind;

use crate::world::{BABY, GRANDMOTHER, NOBODY, Service, citizen, enterprise, number};

const STRANGER: &str = "0123456789abcdef0123456789abcdef";

#[tokio::test]
async fn every_route_about_a_subject_wants_the_token() {
    let service = Service::new().await;
    let key = citizen(BABY);
    for path in [
        format!("/v1/subjects/{key}/recommendations"),
        format!("/v1/subjects/{key}/dossier"),
        format!("/v1/subjects/{key}/explanations/childcare"),
        format!("/v1/subjects/{key}/preferences"),
        format!("/v1/pushes?subject={key}"),
    ] {
        let reply = service.get_openly(&path).await;
        reply.problem(401, "unauthorized");
        assert_eq!(reply.headers[header::WWW_AUTHENTICATE], "Bearer");
        for wrong in ["Bearer", "Bearer ", "Bearer the-token-of-the-test", "Basic abc"] {
            let request = Request::get(&path).header(header::AUTHORIZATION, wrong);
            service.send(request.body(Body::empty()).unwrap()).await.problem(401, "unauthorized");
        }
    }
    for path in ["/v1/subjects/lookup", "/v1/pushes/x/acknowledgements"] {
        let request = Request::post(path).body(Body::empty()).unwrap();
        service.send(request).await.problem(401, "unauthorized");
    }
}

#[tokio::test]
async fn keys_that_are_none_and_subjects_that_are_not_there() {
    let service = Service::new().await;
    for rest in ["recommendations", "dossier", "explanations/childcare", "preferences"] {
        let wrong = service.get(&format!("/v1/subjects/330106199001011234/{rest}")).await;
        let body = wrong.problem(400, "bad-request");
        assert!(!body["detail"].as_str().unwrap().contains("330106"), "the text is not repeated");
        service.get(&format!("/v1/subjects/{STRANGER}/{rest}")).await.problem(404, "not-found");
    }
}

fn ids(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn recommendations_come_with_reasons() {
    let service = Service::new().await;
    let path = format!("/v1/subjects/{}/recommendations", citizen(GRANDMOTHER));
    let body = service.get(&path).await.ok();
    assert_eq!(body["mode"], "personal");
    assert_eq!(body["as_of"], "2026-04-10");
    assert_eq!(ids(&body["recommendations"]), ["elder"]);
    let one = &body["recommendations"][0];
    assert_eq!(one["verdict"], "likely");
    assert_eq!(one["verdict_words"], "可能符合（待人工认定）");
    assert_eq!(one["amount"]["fen"], 10_000);
    let score = one["score"].to_string();
    assert!(score.len() <= "0.123456".len(), "{score}");
    assert_eq!(
        one["why"],
        json!(["满足：具有本市户籍", "满足：年满80周岁", "由受理部门认定：核实居住情况"])
    );
    assert_eq!(one["document"], "示例〔2024〕2号");
    assert_eq!(one["contact"], "民政部门");
    let explanation = one["explanation"].as_str().unwrap();
    assert_eq!(service.get(explanation).await.ok()["policy"]["id"], "elder");
}

#[tokio::test]
async fn what_does_not_match_is_left_out_unless_asked_for() {
    let service = Service::new().await;
    let path = format!("/v1/subjects/{}/recommendations", citizen(NOBODY));
    let body = service.get(&path).await.ok();
    assert_eq!(ids(&body["recommendations"]), [""; 0]);
    assert!(body.get("not_matching").is_none());
    let body = service.get(&format!("{path}?include=ineligible")).await.ok();
    assert_eq!(ids(&body["not_matching"]), ["childcare", "elder"]);
    assert_eq!(body["not_matching"][0]["failing"], json!(["具有中国国籍", "未满3周岁"]));
    assert_eq!(body["not_matching"][0]["verdict_words"], "暂不符合");
}

#[tokio::test]
async fn who_does_not_qualify_is_shown_no_sum_of_their_own() {
    let service = Service::new().await;
    let path = |row| format!("/v1/subjects/{}/explanations/childcare", citizen(row));
    let body = service.get(&path(NOBODY)).await.ok();
    assert_eq!(body["verdict"], "ineligible");
    assert_eq!(body["verdict_words"], "暂不符合");
    assert_eq!(body["amount"], json!({ "state": "none" }));
    assert!(!body["policy"]["benefit"].as_str().unwrap().is_empty());
    let body = service.get(&path(BABY)).await.ok();
    assert_eq!((&body["verdict_words"], &body["amount"]["fen"]), (&json!("符合"), &json!(360_000)));
}

#[tokio::test]
async fn unknown_comes_with_what_is_missing() {
    let service = Service::new().await;
    let path = format!("/v1/subjects/{}/recommendations", enterprise(1));
    assert_eq!(ids(&service.get(&path).await.ok()["recommendations"]), [""; 0]);
    let body = service.get(&format!("{path}?include=unknown")).await.ok();
    assert_eq!(body["recommendations"][0]["verdict"], "unknown");
    assert_eq!(body["recommendations"][0]["missing"][0]["label"], "研发费用");
}

#[tokio::test]
async fn the_general_list_is_the_same_for_everybody() {
    let service = Service::new().await;
    let mut lists = Vec::new();
    for row in [GRANDMOTHER, NOBODY] {
        let path = format!("/v1/subjects/{}/recommendations?mode=general", citizen(row));
        let body = service.get(&path).await.ok();
        assert_eq!(body["mode"], "general");
        assert!(body.get("counts").is_none());
        lists.push(body["recommendations"].clone());
    }
    assert_eq!(ids(&lists[0]), ["childcare", "elder"]);
    assert_eq!(lists[0], lists[1]);
}

#[tokio::test]
async fn parameters_of_a_list_are_checked() {
    let service = Service::new().await;
    let path = format!("/v1/subjects/{}/recommendations", citizen(BABY));
    for query in ["k=0", "k=1000", "mode=secret", "include=all", "as_of=2026-03-30", "as_of=x"] {
        service.get(&format!("{path}?{query}")).await.problem(422, "unprocessable");
    }
    service.get(&format!("{path}?colour=red")).await.problem(400, "bad-request");
    assert_eq!(
        service.get(&format!("{path}?as_of=2026-03-31&k=1")).await.ok()["as_of"],
        "2026-03-31"
    );
    let later = service.get(&format!("{path}?as_of=2028-09-10")).await.ok();
    assert_eq!(ids(&later["recommendations"]), [""; 0], "three years old by then");
}

#[tokio::test]
async fn the_dossier_says_where_everything_comes_from() {
    let service = Service::new().await;
    let path = format!("/v1/subjects/{}/dossier", citizen(GRANDMOTHER));
    let body = service.get(&path).await.ok();
    let field = |name: &str| {
        let fields = body["fields"].as_array().unwrap();
        fields.iter().find(|field| field["field"] == name).unwrap().clone()
    };
    let region = field("hukou_region");
    assert_eq!(region["label"], "户籍地");
    assert!(region["value"].as_str().unwrap().contains("东城区"));
    assert_eq!(region["source"], "常住人口");
    assert_eq!(region["department"], "公安机关");
    assert_eq!(region["sensitivity"], "personal");
    assert_eq!(field("disability_level")["sensitivity"], "sensitive");
    assert_eq!(field("death_date")["reason"], "missing");
    assert_eq!(field("death_date")["reason_words"], "缺失");
    let known = service.get(&format!("{path}?known=true")).await.ok();
    assert!(known["fields"].as_array().unwrap().len() < body["fields"].as_array().unwrap().len());
    let relations: Vec<&str> = body["relations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["relation"].as_str().unwrap())
        .collect();
    assert_eq!(relations, ["parents", "household"]);
}

#[tokio::test]
async fn an_explanation_shows_every_condition_with_its_data() {
    let service = Service::new().await;
    let path = format!("/v1/subjects/{}/explanations/research", enterprise(0));
    let body = service.get(&path).await.ok();
    assert_eq!(body["verdict"], "eligible");
    assert_eq!(body["window"]["state"], "open");
    assert_eq!(body["window"]["until"], "2026-06-30");
    let ratio = &body["conditions"][1];
    assert_eq!(ratio["result"], "true");
    assert_eq!(ratio["tests"][0]["computed"], "6%");
    let evidence: Vec<&str> = ratio["evidence"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["label"].as_str().unwrap())
        .collect();
    assert!(evidence.contains(&"研发费用") && evidence.contains(&"营业收入"), "{evidence:?}");
    assert!(body["notice"].as_str().unwrap().contains("不是受理决定"));
}

#[tokio::test]
async fn explanations_that_cannot_be_given() {
    let service = Service::new().await;
    let of = |policy: &str| format!("/v1/subjects/{}/explanations/{policy}", citizen(BABY));
    service.get(&of("none")).await.problem(404, "not-found");
    service.get(&of("childcare?version=1999")).await.problem(404, "not-found");
    service.get(&of("childcare?case=recheck")).await.problem(404, "not-found");
    service.get(&of(&format!("childcare?unit={STRANGER}"))).await.problem(404, "not-found");
    service.get(&of("childcare?unit=x")).await.problem(400, "bad-request");
    service.get(&of("childcare?case=other")).await.problem(400, "bad-request");
    service.get(&of("research")).await.problem(422, "unprocessable");
}

#[tokio::test]
async fn a_number_becomes_a_key_and_is_not_repeated() {
    let service = Service::new().await;
    let number = number(SubjectKind::Enterprise, 0);
    let body = service
        .post("/v1/subjects/lookup", &json!({ "kind": "enterprise", "number": number }))
        .await
        .ok();
    assert_eq!(body["key"], enterprise(0));
    let wrong =
        service.post("/v1/subjects/lookup", &json!({ "kind": "citizen", "number": number })).await;
    wrong.problem(422, "unprocessable");
    assert!(!wrong.text.contains(&number));
    let stranger = crate::world::number(SubjectKind::Citizen, 99);
    let reply = service
        .post("/v1/subjects/lookup", &json!({ "kind": "citizen", "number": stranger }))
        .await;
    reply.problem(404, "not-found");
    assert!(!reply.text.contains(&stranger));
    let digits: u64 = 330_106_199_001_011_234;
    for body in [
        json!({ "kind": "citizen", "number": digits }),
        json!({ "kind": digits.to_string(), "number": "" }),
        json!({ digits.to_string(): "citizen" }),
    ] {
        let reply = service.post("/v1/subjects/lookup", &body).await;
        reply.problem(422, "unprocessable");
        assert!(!reply.text.contains("330106"), "{}", reply.text);
    }
}
