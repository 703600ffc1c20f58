//! The push across several runs.

use serde_json::{Value, json};
use zhida_serve::push::{PushOptions, of_run};

use crate::world::{
    BABY, Change, FATHER, GRANDMOTHER, HEAD, MOTHER, NOBODY, Reply, Service, citizen, enterprise,
    snapshot,
};

fn titles(inbox: &Value) -> Vec<&str> {
    inbox["pushes"].as_array().unwrap().iter().map(|push| push["title"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn those_are_told_who_can_act() {
    let service = Service::new().await;
    let report = service.push().await;
    assert_eq!((report.created, report.digested, report.unreachable), (3, 0, 0));
    assert_eq!((report.subjects, report.recipients), (8, 3));
    let mother = service.inbox(&citizen(MOTHER)).await;
    assert_eq!(titles(&mother), ["育儿补贴"], "a baby's push goes to its parent");
    assert_eq!(mother["pushes"][0]["subject"], citizen(BABY));
    assert!(mother["pushes"][0]["reason"].as_str().unwrap().starts_with("符合：具有中国国籍"));
    assert_eq!(titles(&service.inbox(&citizen(BABY)).await), [""; 0], "never to the child itself");
    assert_eq!(titles(&service.inbox(&citizen(FATHER)).await), [""; 0], "nor to the dead");
    assert_eq!(titles(&service.inbox(&citizen(GRANDMOTHER)).await), ["高龄津贴"]);
    let head = service.inbox(&citizen(HEAD)).await;
    assert_eq!(titles(&head), ["研发补助"]);
    assert_eq!(head["pushes"][0]["subject"], enterprise(0));
    assert_eq!(head["pushes"][0]["deadline"], "2026-06-30");
    assert_eq!(titles(&service.inbox(&citizen(NOBODY)).await), [""; 0]);
    let rows = of_run(&service.state.db, &report.run, 10).await.unwrap();
    assert_eq!(rows.len(), 3);
}

#[tokio::test]
async fn a_second_run_has_nothing_new() {
    let service = Service::new().await;
    let first = service.push().await;
    let second = service.push().await;
    assert_ne!(first.run, second.run);
    assert!(!second.resumed);
    assert_eq!((second.created, second.digested, second.withdrawn), (0, 0, 0));
    assert_eq!(second.unchanged, 3);
    assert_eq!(of_run(&service.state.db, &second.run, 10).await.unwrap(), []);
    assert_eq!(service.inbox(&citizen(MOTHER)).await["total"], 1);
}

#[tokio::test]
async fn an_interrupted_run_is_continued_and_nothing_comes_twice() {
    let service = Service::new().await;
    let engine = service.state.engine();
    let mut options = PushOptions::on(jiff::civil::date(2026, 4, 10));
    options.batch = 1;
    let (db, state) = (service.state.db.clone(), engine.clone());
    let running = tokio::spawn(async move {
        let (tell, told) = std::sync::mpsc::channel();
        let run = zhida_serve::push::push_run(&db, &state, options, move |done, _| {
            let _ = tell.send(done);
        });
        tokio::pin!(run);
        loop {
            tokio::select! {
                _ = &mut run => panic!("it should not have ended"),
                () = tokio::time::sleep(std::time::Duration::from_millis(1)) => {
                    if told.try_iter().any(|done| done >= 3) { return; }
                }
            }
        }
    });
    // Dropped after the third subject, as by a kill between two batches.
    running.await.unwrap();
    let report = service.push_with(options).await;
    assert!(report.resumed);
    assert_eq!(report.created, 3, "its list holds what the first part wrote too");
    let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM push")
        .fetch_one(&service.state.db.pool)
        .await
        .unwrap();
    assert_eq!(count, 3);
    assert_eq!(service.push().await.created, 0);
}

#[tokio::test]
async fn two_runs_at_the_same_time_write_everything_once() {
    let service = Service::new().await;
    let (a, b) = tokio::join!(service.push(), service.push());
    // Either both worked on one run, or each push belongs to one of two.
    let listed = if a.run == b.run { a.created } else { a.created + b.created };
    assert_eq!(listed, 3);
    let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM push")
        .fetch_one(&service.state.db.pool)
        .await
        .unwrap();
    assert_eq!(count, 3);
}

#[tokio::test]
async fn an_opt_out_ends_the_push_at_once_and_takes_nothing_else() {
    let service = Service::new().await;
    service.push().await;
    let key = citizen(GRANDMOTHER);
    let path = format!("/v1/subjects/{key}/preferences");
    assert_eq!(service.get(&path).await.ok(), json!({ "push": true, "topics": {} }));
    service.put(&path, &json!({ "push": false })).await.ok();
    let inbox = service.inbox(&key).await;
    assert_eq!((inbox["push"].clone(), inbox["total"].clone()), (json!(false), json!(0)));
    let list = service.get(&format!("/v1/subjects/{key}/recommendations")).await.ok();
    assert_eq!(list["recommendations"][0]["id"], "elder", "no entitlement is lost");
    assert_eq!(service.get(&path).await.ok()["push"], false);
    service.put(&path, &json!({ "push": true })).await.ok();
    assert_eq!(service.inbox(&key).await["total"], 1, "what still holds is there again");
}

#[tokio::test]
async fn nothing_is_created_for_whoever_has_opted_out() {
    let service = Service::new().await;
    let key = citizen(MOTHER);
    service.put(&format!("/v1/subjects/{key}/preferences"), &json!({ "push": false })).await.ok();
    let report = service.push().await;
    assert_eq!((report.created, report.refused), (2, 1));
    let topic = format!("/v1/subjects/{}/preferences", citizen(HEAD));
    service.put(&topic, &json!({ "topics": { "研发": false } })).await.ok();
    assert_eq!(service.inbox(&citizen(HEAD)).await["total"], 0, "a topic counts at once too");
    assert_eq!(service.inbox(&citizen(HEAD)).await["push"], true);
    service.put(&format!("/v1/subjects/{key}/preferences"), &json!({ "push": true })).await.ok();
    assert_eq!(service.push().await.created, 1, "it is new for her now");
}

#[tokio::test]
async fn preferences_are_checked() {
    let service = Service::new().await;
    let path = format!("/v1/subjects/{}/preferences", citizen(MOTHER));
    service.put(&path, &json!({ "push": "no" })).await.problem(422, "unprocessable");
    service.put(&path, &json!({ "colour": "red" })).await.problem(422, "unprocessable");
    service.put(&path, &json!({ "topics": { "*": false } })).await.problem(422, "unprocessable");
    service.put(&path, &json!({ "topics": { "": false } })).await.problem(422, "unprocessable");
    assert_eq!(service.get(&path).await.ok(), json!({ "push": true, "topics": {} }));
}

async fn acknowledge(service: &Service, id: &str, answer: &str, key: &str) -> Reply {
    let path = format!("/v1/pushes/{id}/acknowledgements");
    let body = json!({ "answer": answer }).to_string();
    service.put_or_post("POST", &path, &body, &[("Idempotency-Key", key)]).await
}

#[tokio::test]
async fn the_same_key_gets_the_same_answer_and_another_body_none() {
    let service = Service::new().await;
    service.push().await;
    let inbox = service.inbox(&citizen(MOTHER)).await;
    let id = inbox["pushes"][0]["id"].as_str().unwrap();
    assert_eq!(inbox["unanswered"], 1);
    let first = acknowledge(&service, id, "interested", "one").await;
    assert_eq!(first.status.as_u16(), 201, "{}", first.text);
    assert!(!first.headers.contains_key("idempotency-replayed"));
    let again = acknowledge(&service, id, "interested", "one").await;
    assert_eq!((again.status.as_u16(), &again.text), (201, &first.text));
    assert_eq!(again.headers["idempotency-replayed"], "true");
    acknowledge(&service, id, "seen", "one").await.problem(422, "unprocessable");
    let inbox = service.inbox(&citizen(MOTHER)).await;
    assert_eq!(inbox["pushes"][0]["answer"], "interested");
    assert_eq!(inbox["unanswered"], 0);
    assert_eq!(acknowledge(&service, id, "not_interested", "two").await.status.as_u16(), 201);
    assert_eq!(service.inbox(&citizen(MOTHER)).await["pushes"][0]["answer"], "not_interested");
}

#[tokio::test]
async fn acknowledgements_that_cannot_be_recorded() {
    let service = Service::new().await;
    service.push().await;
    let inbox = service.inbox(&citizen(MOTHER)).await;
    let id = inbox["pushes"][0]["id"].as_str().unwrap();
    let path = format!("/v1/pushes/{id}/acknowledgements");
    service.post(&path, &json!({ "answer": "seen" })).await.problem(400, "bad-request");
    acknowledge(&service, id, "perhaps", "k").await.problem(422, "unprocessable");
    acknowledge(&service, "none", "seen", "k").await.problem(404, "not-found");
    // A refused request does not use up its key.
    assert_eq!(acknowledge(&service, id, "seen", "k").await.status.as_u16(), 201);
}

#[tokio::test]
async fn parallel_requests_with_one_key_record_once() {
    let service = Service::new().await;
    service.push().await;
    let inbox = service.inbox(&citizen(MOTHER)).await;
    let id = inbox["pushes"][0]["id"].as_str().unwrap();
    let (a, b, c) = tokio::join!(
        acknowledge(&service, id, "seen", "same"),
        acknowledge(&service, id, "seen", "same"),
        acknowledge(&service, id, "seen", "same"),
    );
    assert_eq!((&a.text, &b.text), (&b.text, &c.text));
    let replayed =
        [&a, &b, &c].iter().filter(|r| r.headers.contains_key("idempotency-replayed")).count();
    assert_eq!(replayed, 2);
}

#[tokio::test]
async fn what_no_longer_holds_is_withdrawn_with_the_reason() {
    let service = Service::new().await;
    service.push().await;
    let change = Change { grandmother_died: true, baby_received: true, ..Change::default() };
    snapshot(service.dir.path(), "second", &change);
    assert_eq!(service.state.reload().unwrap().as_deref(), Some("second"));
    let report = service.push().await;
    assert_eq!((report.created, report.withdrawn), (0, 2));
    let withdrawn = async |row: usize| {
        let path = format!("/v1/pushes?subject={}&include=withdrawn", citizen(row));
        service.get(&path).await.ok()["pushes"][0]["state_reason"].clone()
    };
    assert_eq!(withdrawn(GRANDMOTHER).await, "dead");
    assert_eq!(withdrawn(MOTHER).await, "already_received");
    assert_eq!(service.inbox(&citizen(GRANDMOTHER)).await["total"], 0);
    let inbox = service
        .get(&format!("/v1/pushes?subject={}&include=withdrawn", citizen(MOTHER)))
        .await
        .ok();
    let id = inbox["pushes"][0]["id"].as_str().unwrap();
    acknowledge(&service, id, "interested", "late").await.problem(409, "conflict");
}

#[tokio::test]
async fn a_policy_that_is_withdrawn_takes_its_pushes_along() {
    let service = Service::new().await;
    service.push().await;
    let change = Change { without_elder_policy: true, ..Change::default() };
    snapshot(service.dir.path(), "second", &change);
    service.state.reload().unwrap();
    assert_eq!(service.push().await.withdrawn, 1);
    let path = format!("/v1/pushes?subject={}&include=withdrawn", citizen(GRANDMOTHER));
    assert_eq!(service.get(&path).await.ok()["pushes"][0]["state_reason"], "policy_not_open");
    snapshot(service.dir.path(), "third", &Change::default());
    service.state.reload().unwrap();
    assert_eq!(service.push().await.created, 1, "it is new again when it holds again");
}

#[tokio::test]
async fn beyond_the_cap_comes_the_digest() {
    let service = Service::with(&Change { more_babies: 6, ..Change::default() }).await;
    let report = service.push().await;
    assert_eq!((report.created, report.digested), (5 + 2, 2), "seven babies of one mother");
    let inbox = service.inbox(&citizen(MOTHER)).await;
    assert_eq!((inbox["total"].clone(), inbox["digest"].clone()), (json!(5), json!(2)));
    let path = format!("/v1/pushes?subject={}&include=digest&limit=6", citizen(MOTHER));
    let all = service.get(&path).await.ok();
    assert_eq!((all["total"].clone(), all["pushes"].as_array().unwrap().len()), (json!(7), 6));
    assert_eq!(service.push().await.created, 0);
}

#[tokio::test]
async fn an_inbox_of_nobody() {
    let service = Service::new().await;
    service.get("/v1/pushes").await.problem(400, "bad-request");
    service.get("/v1/pushes?subject=x").await.problem(400, "bad-request");
    service
        .get("/v1/pushes?subject=0123456789abcdef0123456789abcdef")
        .await
        .problem(404, "not-found");
    let path = format!("/v1/pushes?subject={}&include=all", citizen(BABY));
    service.get(&path).await.problem(422, "unprocessable");
}
