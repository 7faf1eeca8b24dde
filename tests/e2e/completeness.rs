//! The completeness ledger, from the API, the worklist and the command line.

use lightcase_dimse::scu::store;
use serde_json::{Value, json};

use crate::caller::JSON;
use crate::house::{House, first_file, small_ct};
use crate::scu::{phantom, target};

on_both!(what_is_missing_is_told_and_silence_is_not);

fn progress(received: i64, expected: Option<i64>) -> Value {
    json!({"received": received, "expected": expected, "arriving": false})
}

async fn what_is_missing_is_told_and_silence_is_not(house: House) {
    let staff = house.signed_in("radiologist").await;
    let study = small_ct(1);
    let instances: Vec<_> = study.instances().collect();
    for instance in [&instances[0], &instances[3]] {
        // An import ends with its answer.
        let file = lightcase_testkit::phantom::part10(instance);
        assert_eq!(staff.import(file).await.status, 200);
    }
    let path = format!("/api/v1/studies/{}/completeness", study.uid);
    let found = staff.get_json(&path).await;
    assert_eq!(found["progress"], progress(2, Some(4)), "{found}");
    let series = &found["series"][0];
    assert_eq!(series["seriesInstanceUid"], instances[0].series);
    let signal = json!({"source": "InstanceNumber", "name": "", "received": 2, "expected": 4});
    assert_eq!(
        (&series["progress"], &series["signals"]),
        (&progress(2, Some(4)), &json!([signal]))
    );
    let row = staff.get_json("/api/v1/worklist").await["studies"][0].clone();
    assert_eq!(row["progress"], progress(2, Some(4)));

    let told = house.ask_leniently("completeness", &[&study.uid, "--json"]);
    assert_eq!(
        (&told["studies"][0]["received"], &told["studies"][0]["expected"]),
        (&json!(2), &json!(4))
    );
    let output = house.server.command("completeness").unwrap().output().unwrap();
    assert_eq!(output.status.code(), Some(1), "something is known to be missing");
    assert!(String::from_utf8(output.stdout).unwrap().contains("2 of 4"));

    let rest = instances[1..3].iter().map(phantom).collect();
    store(&target(&house.server, "SCU"), rest, |_, _| {}).await.unwrap();
    let told = house.ask("completeness", &[&study.uid, "--json"]);
    assert_eq!(
        (&told["studies"][0]["received"], &told["studies"][0]["expected"]),
        (&json!(4), &json!(null))
    );

    // Nobody is told of what is not there, or hidden, or not theirs to see.
    assert_eq!(staff.get("/api/v1/studies/1.2.3/completeness", JSON).await.status, 404);
    assert!(house.server.run("completeness", &["1.2.3"], "").is_err());
    let withdrawal = format!("/api/v1/studies/{}/withdrawal", study.uid);
    assert_eq!(staff.post(&withdrawal, &json!({"reason": "wrong patient"})).await.status, 204);
    assert_eq!(staff.get(&path, JSON).await.status, 404);
    let hidden = staff.get_json("/api/v1/worklist?withdrawn=true").await;
    assert_eq!(hidden["studies"][0]["progress"], json!(null));
    let writer = house.program(&["dicomweb:write"]);
    assert_eq!(writer.get(&path, JSON).await.status, 403);
    assert_eq!(writer.import(first_file(&study)).await.status, 200);
}
