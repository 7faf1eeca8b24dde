//! What is too much, too long or too often, and what is said then.

use serde_json::json;

use super::dicomweb::instance_path;
use super::sharing::make;
use super::world::{PLAIN, World};

#[tokio::test]
async fn what_is_too_long_or_no_date_is_refused_with_a_sentence() {
    let world = World::open(PLAIN).await;
    let reader = world.radiologist().await;
    let check = async |path: &str, status: u16, sentence: &str| {
        let reply = reader.get(path, "").await;
        let what = path.get(..path.len().min(60));
        assert_eq!(reply.status, status, "{what:?}");
        if status == 400 {
            let detail = reply.json()["detail"].as_str().unwrap().to_owned();
            assert!(detail.starts_with(sentence), "{what:?}: {detail}");
        }
    };
    let long = |prefix: &str, letters: usize| format!("{prefix}={}", "a".repeat(letters));
    let find = |query: String| format!("/dicom-web/studies?{query}");
    let sentence = "The value of PatientName is too long";
    check(&find(long("PatientName", 60_000)), 400, sentence).await;
    check(&find(long("PatientName", 1_025)), 400, sentence).await;
    check(&find(long("PatientName=*", 1_025)), 400, sentence).await;
    check(&find(long("PatientName", 1_024)), 200, "").await;
    let words = format!("PatientName={}&fuzzymatching=true", "a+".repeat(500));
    check(&find(words), 400, "The query asks for too much at once").await;
    let words = format!("PatientName={}&fuzzymatching=true", "a+".repeat(255));
    check(&find(words), 200, "").await;
    for date in ["20261399", "20260230", "20260101-20260931"] {
        let sentence = "StudyDate: one day, YYYYMMDD, or a range";
        check(&find(format!("StudyDate={date}")), 400, sentence).await;
    }
    let list = |query: String| format!("/api/v1/worklist?{query}");
    check(&list(long("q", 200)), 200, "").await;
    check(&list(long("q", 201)), 400, "q has at most 200 characters").await;
    check(&list(long("modality", 17)), 400, "modality has at most 16").await;
    check(&list("from=20261399".to_owned()), 400, "from and to are days").await;
    let frames = format!("/dicom-web{}/frames", instance_path(&world.ct, 0, 1));
    check(&format!("{frames}/1,1,1"), 400, "Name each frame once").await;
    check(&format!("{frames}/1,2"), 404, "").await;
}

#[tokio::test]
async fn guessing_at_links_does_not_keep_staff_out() {
    let world = World::open(PLAIN).await;
    let reader = world.radiologist().await;
    let link = make(&world, &reader, "view").await;
    let client = world.anybody();
    let guess = json!({"share": "x", "secret": "", "passcode": "ABCDEFGH", "accept": true});
    let check = async |tries: usize, body: &serde_json::Value, before: u16, wait: &str| {
        for _ in 0..tries {
            assert_eq!(client.ask("POST", "/s/session", Some(body)).await.status, before);
        }
        let reply = client.ask("POST", "/s/session", Some(body)).await;
        assert_eq!((reply.status.as_u16(), reply.header("retry-after")), (429, wait));
    };
    check(30, &guess, 403, "2").await;
    check(60, &json!({"share": link.share, "secret": link.secret}), 200, "1").await;
    world.radiologist().await;
}
