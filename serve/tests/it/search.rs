//! Finding policies by words.

use crate::world::Service;

/// Everything but letters and digits as it stands in an address.
fn address(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

async fn ids(service: &Service, words: &str, rest: &str) -> Vec<String> {
    let path = format!("/v1/policies/search?q={}{rest}", address(words));
    let body = service.get_openly(&path).await.ok();
    let results = body["results"].as_array().unwrap().clone();
    results.iter().map(|found| found["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn policies_are_found_without_a_token() {
    let service = Service::new().await;
    let path = format!("/v1/policies/search?q={}", address("80岁老人高龄补贴"));
    let body = service.get_openly(&path).await.ok();
    let first = &body["results"][0];
    assert_eq!((first["id"].as_str(), first["version"].as_str()), (Some("elder"), Some("2024")));
    assert_eq!(first["title"], "高龄津贴");
    assert_eq!(first["title_html"], "<em>高龄津贴</em>");
    assert_eq!(first["url"], "/v1/policies/elder");
    assert_eq!(
        (first["region"].as_str(), first["audience"].as_str()),
        (Some("110000"), Some("citizen"))
    );
    assert_eq!(first["window"]["state"], "open");
    assert!(first["snippet"].as_str().unwrap().contains("<em>"));
    assert!(first["score"].as_f64().unwrap() > 0.0);
    service.get_openly(first["url"].as_str().unwrap()).await.ok();
    assert_eq!(ids(&service, "示例〔2026〕3号", "").await[0], "research");
}

#[tokio::test]
async fn a_city_inherits_and_filters_narrow() {
    let service = Service::new().await;
    let words = "补贴 补助 津贴";
    let mut of = ids(&service, words, "&region=330100").await;
    of.sort();
    assert_eq!(of, ["childcare", "research"]);
    assert_eq!(ids(&service, words, "&region=330000").await, ["childcare"]);
    let mut of = ids(&service, words, "&region=330000&below=true").await;
    of.sort();
    assert_eq!(of, ["childcare", "research"]);
    assert_eq!(ids(&service, words, "&kind=enterprise").await, ["research"]);
    assert_eq!(ids(&service, words, &format!("&theme={}", address("养老"))).await, ["elder"]);
    assert_eq!(
        ids(&service, words, &format!("&issuer={}", address("示例部门"))).await,
        ["childcare"]
    );
    assert!(!ids(&service, words, "&on=2025-06-30").await.contains(&"research".to_owned()));
    assert_eq!(ids(&service, words, "&limit=1").await.len(), 1);
    assert_eq!(ids(&service, words, "&offset=3").await, Vec::<String>::new());
    assert_eq!(ids(&service, "yebt", "&pinyin=true").await, ["childcare"]);
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_and_signs_are_words() {
    let service = Service::new().await;
    let long = "税".repeat(201);
    for (query, field) in [
        ("q=%20".to_owned(), "q"),
        (format!("q={}", address(&long)), "q"),
        ("q=a&region=33".to_owned(), "region"),
        ("q=a&on=soon".to_owned(), "on"),
    ] {
        let reply = service.get_openly(&format!("/v1/policies/search?{query}")).await;
        let body = reply.problem(422, "unprocessable");
        assert_eq!(body["errors"][0]["field"], field);
    }
    for query in ["", "?q=a&colour=red", "?q=a&kind=dog", "?q=a&limit=-1", "?q=a&pinyin=maybe"] {
        let reply = service.get_openly(&format!("/v1/policies/search{query}")).await;
        reply.problem(400, "bad-request");
    }
    for words in ["AND ) \"", "a:b^2~", "\0", "🙂", "\u{202e}", "<script>", "' OR 1=1 --"] {
        ids(&service, words, "").await;
        ids(&service, words, "&pinyin=true").await;
    }
}
