//! The routes that everybody may ask.

use axum::{
    body::Body,
    http::{Request, header},
};
use serde_json::json;

use crate::world::Service;

#[tokio::test]
async fn health_says_what_is_served() {
    let service = Service::new().await;
    let body = service.get_openly("/v1/health").await.ok();
    assert_eq!(body["status"], "ok");
    assert_eq!(body["snapshot"], "first");
    assert_eq!(body["known_at"], "2026-03-31");
    assert_eq!(body["as_of"], "2026-04-10");
    assert_eq!((body["enterprises"].clone(), body["citizens"].clone()), (json!(2), json!(6)));
    assert_eq!(body["policies"], 3);
}

#[tokio::test]
async fn policies_are_listed_and_narrowed() {
    let service = Service::new().await;
    let ids = async |query: &str| -> Vec<String> {
        let body = service.get_openly(&format!("/v1/policies{query}")).await.ok();
        let list = body["policies"].as_array().unwrap().clone();
        assert_eq!(body["total"], list.len());
        list.iter().map(|policy| policy["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids("").await, ["childcare", "elder", "research"]);
    assert_eq!(ids("?kind=enterprise").await, ["research"]);
    assert_eq!(ids("?theme=%E5%85%BB%E8%80%81").await, ["elder"]);
    assert_eq!(ids("?level=national").await, ["childcare"]);
    assert_eq!(ids("?region=330100").await, ["childcare", "research"]);
    assert_eq!(ids("?q=80%E5%91%A8%E5%B2%81").await, ["elder"]);
    let window = async |day: &str| {
        let body = service.get_openly(&format!("/v1/policies?q=research&as_of={day}")).await.ok();
        body["policies"][0]["window"].clone()
    };
    assert_eq!(window("2026-02-28").await, json!({ "state": "upcoming", "from": "2026-03-01" }));
    assert_eq!(window("2026-06-30").await, json!({ "state": "open", "until": "2026-06-30" }));
    assert_eq!(window("2026-07-01").await, json!({ "state": "closed" }));
}

#[tokio::test]
async fn filters_that_make_no_sense_are_refused() {
    let service = Service::new().await;
    for (query, field) in
        [("region=33", "region"), ("level=village", "level"), ("as_of=soon", "as_of")]
    {
        let body = service
            .get_openly(&format!("/v1/policies?{query}"))
            .await
            .problem(422, "unprocessable");
        assert_eq!(body["errors"][0]["field"], field);
    }
    service.get_openly("/v1/policies?colour=red").await.problem(400, "bad-request");
    service.get_openly("/v1/policies?kind=dog").await.problem(400, "bad-request");
}

#[tokio::test]
async fn a_policy_shows_text_conditions_and_rules_in_chinese() {
    let service = Service::new().await;
    let body = service.get_openly("/v1/policies/elder").await.ok();
    let version = &body["versions"][0];
    assert_eq!(version["version"], "2024");
    assert_eq!(version["text"][0]["article"], "第一条");
    assert_eq!(version["conditions"][1]["quote"], "年满80周岁");
    assert!(version["conditions"][0]["rule"].as_str().unwrap().contains("户籍地"));
    assert_eq!(version["conditions"][2]["manual"], true);
    service.get_openly("/v1/policies/none").await.problem(404, "not-found");
}

#[tokio::test]
async fn the_form_lists_what_can_be_typed_in() {
    let service = Service::new().await;
    let body = service.get_openly("/v1/fields?kind=enterprise").await.ok();
    let names: Vec<&str> =
        body["fields"].as_array().unwrap().iter().map(|f| f["field"].as_str().unwrap()).collect();
    assert!(names.contains(&"rd_expense"));
    assert!(!names.contains(&"rd_ratio"), "derived fields cannot be typed in");
    assert_eq!(body["relations"][0]["relation"], "legal_representative");
    service.get_openly("/v1/fields").await.problem(400, "bad-request");
}

#[tokio::test]
async fn the_calculator_answers_without_a_token() {
    let service = Service::new().await;
    let question =
        json!({ "kind": "citizen", "values": { "birth_date": "2025-09-10", "nationality": "cn" } });
    let request = Request::post("/v1/match")
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(question.to_string()))
        .unwrap();
    let body = service.send(request).await.ok();
    assert_eq!(body["matches"][0]["id"], "childcare");
    assert_eq!(body["matches"][0]["verdict"], "eligible");
    assert_eq!(body["matches"][0]["verdict_words"], "符合");
    assert_eq!(body["matches"][0]["amount"]["fen"], 360_000);
    assert_eq!(body["counts"]["ineligible"], 1, "a baby is not eighty");
}

#[tokio::test]
async fn the_calculator_says_which_fields_would_decide() {
    let service = Service::new().await;
    let question = json!({ "kind": "enterprise", "values": { "registered_region": "330100", "revenue": "1000万" } });
    let body = service.post("/v1/match", &question).await.ok();
    assert_eq!(body["matches"][0]["verdict"], "unknown");
    assert_eq!(body["matches"][0]["missing"][0]["field"], "rd_expense");
    assert_eq!(body["matches"][0]["missing"][0]["departments"][0], "市场监督管理部门");
    assert_eq!(body["ask_next"][0]["field"], "rd_expense");
    assert_eq!(body["ask_next"][0]["policies"], 1);
}

#[tokio::test]
async fn the_calculator_tells_the_why_not_on_demand() {
    let service = Service::new().await;
    let question = json!({
        "kind": "enterprise", "include_ineligible": true,
        "values": { "registered_region": "330100", "revenue": "1000万", "rd_expense": "49万" },
    });
    let body = service.post("/v1/match", &question).await.ok();
    assert_eq!(body["matches"], json!([]));
    assert_eq!(body["not_matching"][0]["failing"], json!(["不低于5%"]));
}

#[tokio::test]
async fn every_value_that_does_not_fit_is_named() {
    let service = Service::new().await;
    let question = json!({ "kind": "enterprise", "values": {
        "revenu": 1, "rd_ratio": 0.1, "registered_region": "nowhere", "rd_expense": "60万",
    } });
    let body = service.post("/v1/match", &question).await.problem(422, "unprocessable");
    let named: Vec<&str> =
        body["errors"].as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap()).collect();
    assert_eq!(named, ["rd_ratio", "registered_region", "revenu"]);
    assert!(body["errors"][2]["message"].as_str().unwrap().contains("`revenue`"));
}

#[tokio::test]
async fn bodies_that_cannot_be_read_are_refused() {
    let service = Service::new().await;
    service.put_or_post("POST", "/v1/match", "{", &[]).await.problem(400, "bad-request");
    service.post("/v1/match", &json!({ "kind": "citizen" })).await.problem(422, "unprocessable");
    let unknown = json!({ "kind": "citizen", "values": {}, "colour": "red" });
    service.post("/v1/match", &unknown).await.problem(422, "unprocessable");
    let plain = Request::post("/v1/match").body(Body::from("{}")).unwrap();
    service.send(plain).await.problem(415, "unsupported-media");
    let long = json!({ "kind": "citizen", "values": { "name": "长".repeat(70_000) } });
    let body = service.post("/v1/match", &long).await.problem(413, "too-large");
    assert!(body["detail"].as_str().unwrap().contains("65536 bytes"), "{body}");
}

#[tokio::test]
async fn what_is_expected_is_said_and_nothing_that_was_sent() {
    let service = Service::new().await;
    let secret = "330106199001011234";
    let queries = [
        ("/v1/policies?limit=many", "`limit`: expected is a whole number"),
        ("/v1/policies?limit=-1", "`limit`: expected is a whole number"),
        ("/v1/policies?kind=dog", "`kind`: expected is `enterprise` or `citizen`"),
        ("/v1/policies?colour=red", "there is no such name here: there are `kind`, `region`"),
        ("/v1/policies?330106199001011234=x", "there is no such name here"),
        ("/v1/policies?limit=1&limit=2", "`limit`: is given twice"),
        ("/v1/fields", "`kind`: is missing"),
    ];
    for (path, words) in queries {
        let body = service.get_openly(path).await.problem(400, "bad-request");
        plain(&body, words, secret);
    }
    let bodies = [
        (json!({ "kind": "citizen" }), "`values`: is missing"),
        (json!({ "kind": secret, "values": {} }), "`kind`: expected is `enterprise` or `citizen`"),
        (json!({ "kind": "citizen", "values": secret }), "`values`: expected is an object"),
        (json!({ "kind": "citizen", "values": {}, "colour": 1 }), "`colour`: there is no such"),
        (json!({ "kind": "citizen", "values": {}, secret: 1 }), "there is no such name"),
        (
            json!({ "kind": "citizen", "values": {}, "include_ineligible": "yes" }),
            "`include_ineligible`: expected is `true` or `false`",
        ),
        (json!("text"), "expected is an object"),
    ];
    for (body, words) in bodies {
        let body = service.post("/v1/match", &body).await.problem(422, "unprocessable");
        plain(&body, words, secret);
    }
    let broken_ones =
        ["", "{", "{\"kind\": \"citizen\",,}", "{\"kind\": 7}", "[1]", "\"330106199001011234"];
    for broken in broken_ones {
        let reply = service.put_or_post("POST", "/v1/match", broken, &[]).await;
        plain(&reply.problem(400, "bad-request"), "the body is no JSON", secret);
    }
}

/// The words are there; neither the reader's own nor what was sent is.
#[track_caller]
fn plain(body: &serde_json::Value, words: &str, secret: &str) {
    let text = body.to_string();
    assert!(body["detail"].as_str().unwrap().contains(words), "`{words}` is not in {text}");
    for raw in ["Failed", "deserialize", "invalid", "unknown", "struct", "EOF", secret] {
        assert!(!text.contains(raw), "`{raw}` leaks: {text}");
    }
}

#[tokio::test]
async fn routes_with_bodies_describe_what_bodies_are_refused() {
    let service = Service::new().await;
    let openapi = service.get_openly("/openapi.json").await.ok();
    let mut with_body = 0;
    for (path, item) in openapi["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if operation.get("requestBody").is_none() {
                continue;
            }
            with_body += 1;
            for status in ["400", "413", "415", "422"] {
                let described = operation["responses"].get(status).is_some();
                assert!(described, "{method} {path} does not describe {status}");
            }
        }
    }
    assert_eq!(with_body, 7);
}

#[tokio::test]
async fn a_sum_that_depends_on_what_is_missing_says_so() {
    let service = Service::new().await;
    let question = json!({ "kind": "citizen", "values": { "birth_date": "2025-09-10" } });
    let body = service.post("/v1/match", &question).await.ok();
    let fit = &body["matches"][0];
    assert_eq!((&fit["id"], &fit["verdict"]), (&json!("childcare"), &json!("unknown")));
    assert_eq!(fit["verdict_words"], "信息不足");
    assert_eq!(fit["amount"]["text"], "若符合：3600元");
}

#[tokio::test]
async fn unknown_routes_and_methods_are_problems_too() {
    let service = Service::new().await;
    service.get_openly("/v2/health").await.problem(404, "not-found");
    service.post("/v1/health", &json!({})).await.problem(405, "method-not-allowed");
    service.put("/v1/match", &json!({})).await.problem(405, "method-not-allowed");
}

#[tokio::test]
async fn answers_carry_the_headers_that_protect_them() {
    let service = Service::new().await;
    let reply = service.get_openly("/").await;
    assert_eq!(reply.headers["x-content-type-options"], "nosniff");
    assert_eq!(reply.headers["x-frame-options"], "DENY");
    assert_eq!(reply.headers["cache-control"], "no-store");
    assert!(
        reply.headers["content-security-policy"].to_str().unwrap().contains("default-src 'self'")
    );
}

#[tokio::test]
async fn the_pages_load_nothing_from_elsewhere() {
    let service = Service::new().await;
    let page = service.get_openly("/").await;
    assert!(page.text.contains("lang=\"zh"));
    for path in ["/", "/page.css", "/page.js", "/ranking", "/ranking.js", "/docs/"] {
        let reply = service.get_openly(path).await;
        assert_eq!(reply.status.as_u16(), 200, "{path}");
        assert!(!reply.text.contains("https://"), "{path} names another place");
    }
}

#[tokio::test]
async fn the_description_names_every_route() {
    let service = Service::new().await;
    let body = service.get_openly("/openapi.json").await.ok();
    let mut paths: Vec<&String> = body["paths"].as_object().unwrap().keys().collect();
    paths.sort();
    assert_eq!(
        paths,
        [
            "/v1/fields",
            "/v1/health",
            "/v1/match",
            "/v1/office/blind-spots",
            "/v1/office/claim-steps",
            "/v1/office/coverage",
            "/v1/office/coverage/{policy}",
            "/v1/office/differences",
            "/v1/office/ledger/{policy}",
            "/v1/office/obstacles",
            "/v1/office/obstacles/{id}",
            "/v1/office/proofs",
            "/v1/office/simulations",
            "/v1/office/upcoming",
            "/v1/policies",
            "/v1/policies/search",
            "/v1/policies/{id}",
            "/v1/pushes",
            "/v1/pushes/{id}/acknowledgements",
            "/v1/ranking",
            "/v1/subjects/lookup",
            "/v1/subjects/{key}/dossier",
            "/v1/subjects/{key}/explanations/{policy}",
            "/v1/subjects/{key}/preferences",
            "/v1/subjects/{key}/recommendations",
        ]
    );
    assert_eq!(body["components"]["securitySchemes"]["token"]["scheme"], "bearer");
}
