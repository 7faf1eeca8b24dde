//! Success means durable: the power fails right after it.

use sha2::{Digest as _, Sha256};

use crate::house::{House, small_ct};
use crate::multipart::{retrieve, split};
use crate::scu::{phantom, send};

on_both!(
    what_was_acknowledged_survives_the_end_of_the_process,
    a_root_key_that_is_missing_or_another_is_refused_and_never_replaced,
);

async fn what_was_acknowledged_survives_the_end_of_the_process(mut house: House) {
    let token = house.server.create_token("reader", &["dicomweb:read"]).unwrap();
    let instances: Vec<_> = small_ct(1).instances().collect();
    for (count, instance) in (1..).zip(&instances) {
        assert_eq!(send(&house.server, phantom(instance)).await, 0);
        house.server.kill().unwrap();
        house.server.start().unwrap();
        let reader = crate::caller::Caller::with_token(&house.server, &token);
        let held = retrieve(&reader, &instance.sop_instance).await.unwrap();
        assert_eq!(Sha256::digest(split(&held).1), Sha256::digest(&instance.data_set));
        let found = reader.get_json("/dicom-web/instances").await;
        assert_eq!(found.as_array().unwrap().len(), count);
    }
    // Accounts of stores that no end was written for are closed by the next start.
    let audit = house.audit();
    let ids = |name: &str| {
        let mut ids: Vec<_> = audit
            .iter()
            .filter(|record| record["event"] == name)
            .map(|record| record["data"]["access_id"].to_string())
            .collect();
        ids.sort();
        ids
    };
    assert_eq!(ids("store_begun"), ids("store_ended"));
    assert_eq!(ids("store_begun").len(), instances.len());
}

async fn a_root_key_that_is_missing_or_another_is_refused_and_never_replaced(mut house: House) {
    let token = house.server.create_token("reader", &["dicomweb:read"]).unwrap();
    let instance = small_ct(1).instances().next().unwrap();
    assert_eq!(send(&house.server, phantom(&instance)).await, 0);
    let root = house.server.data_dir().join("keys/root.key");
    let key = std::fs::read(&root).unwrap();
    house.server.stop().unwrap();

    std::fs::remove_file(&root).unwrap();
    let error = house.server.start().unwrap_err().to_string();
    assert!(error.contains("root.key is missing"), "{error}");
    assert!(!root.exists(), "a new root key stands where the true one belongs");

    crate::house::write_private(&root, &[9; 32]);
    house.server.start().unwrap_err();

    crate::house::write_private(&root, &key);
    house.server.start().unwrap();
    let reader = crate::caller::Caller::with_token(&house.server, &token);
    let held = retrieve(&reader, &instance.sop_instance).await.unwrap();
    assert_eq!(Sha256::digest(split(&held).1), Sha256::digest(&instance.data_set));
}
