//! Who may do what: set-up, sign-in, roles, tokens.

use std::os::unix::fs::PermissionsExt as _;

use lightcase_testkit::phantom::Study;
use reqwest::Method;
use serde_json::{Value, json};

use crate::caller::{Caller, DICOM_JSON, JSON, Reply};
use crate::house::{House, PASSWORD, first_file, small_ct};

on_both! {
    the_set_up_link_works_once_and_offers_a_radiologist,
    an_administrator_sees_no_study,
    tokens_do_what_their_scopes_say,
    sign_in_failures_look_alike,
    a_disabled_account_is_out_at_once,
    changes_need_our_own_page,
}

async fn the_set_up_link_works_once_and_offers_a_radiologist(mut house: House) {
    let file = house.server.data_dir().join("setup-link");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let link = std::fs::read_to_string(&file).unwrap();
    let (page, token) = link.trim().split_once("/setup#").unwrap();
    assert_eq!(page, house.server.url());
    assert!(!house.log().contains(token));

    let person = |name: &str| json!({"name": name, "password": PASSWORD});
    let set_up = async |token: &str, radiologist: Value| {
        let body = json!({
            "token": token, "administrator": person("ada"), "radiologist": radiologist,
        });
        house.stranger().post("/api/v1/setup", &body).await
    };
    let wrong = set_up(&"x".repeat(token.len()), Value::Null).await;
    assert_eq!(wrong.status, 403);
    let done = set_up(token, person("rita")).await;
    assert_eq!(done.status, 201, "{}", done.text());
    assert_eq!(done.json()["administrator"]["role"], "admin");
    assert_eq!(done.json()["radiologist"]["role"], "radiologist");
    assert_eq!(set_up(token, Value::Null).await.shape(), wrong.shape());
    for name in ["ada", "rita"] {
        assert_eq!(house.stranger().sign_in(name, PASSWORD).await.status, 200);
    }
    house.server.start().unwrap();
    assert!(!file.exists(), "the set-up link is still there after it was used");
}

/// Every route of staff with a study behind it.
fn routes_to_studies(study: &Study) -> Vec<String> {
    let (s, e) = (&study.uid, &study.series[0].uid);
    let i = study.series[0].sop_instance(1);
    let mut routes: Vec<String> = ["studies", "series", "instances"].map(str::to_owned).into();
    for below in ["", "/metadata", "/series", "/instances", "/thumbnail"] {
        routes.push(format!("studies/{s}{below}"));
    }
    for below in ["", "/metadata", "/instances", "/thumbnail"] {
        routes.push(format!("studies/{s}/series/{e}{below}"));
    }
    for below in ["", "/metadata", "/frames/1", "/rendered", "/frames/1/rendered", "/thumbnail"] {
        routes.push(format!("studies/{s}/series/{e}/instances/{i}{below}"));
    }
    let mut routes: Vec<_> =
        routes.into_iter().map(|route| format!("/dicom-web/{route}")).collect();
    for path in ["worklist", "refusals", "shares"] {
        routes.push(format!("/api/v1/{path}"));
    }
    routes
}

async fn an_administrator_sees_no_study(house: House) {
    let study = small_ct(1);
    house.import(&study);
    let admin = house.signed_in("admin").await;
    let radiologist = house.signed_in("radiologist").await;
    for route in routes_to_studies(&study) {
        let reply = admin.get(&route, "*/*").await;
        assert_eq!((reply.status, reply.reason().as_str()), (403, "NotPermitted"), "{route}");
        assert!(!reply.text().contains("Phantom"), "{route}");
        let reply = radiologist.get(&route, "*/*").await;
        assert_eq!(reply.status, 200, "{route}: {}", reply.text());
        assert_eq!(house.stranger().get(&route, "*/*").await.status, 401, "{route}");
    }
    let reply = admin.post("/api/v1/shares", &crate::link::wish(&study.uid)).await;
    assert_eq!(reply.status, 403);
    assert_eq!(admin.import(first_file(&study)).await.status, 403);
    let withdrawal = format!("/api/v1/studies/{}/withdrawal", study.uid);
    assert_eq!(admin.post(&withdrawal, &json!({"reason": "no"})).await.status, 403);
    assert_eq!(admin.get("/api/v1/users", JSON).await.status, 200);
    assert_eq!(admin.get("/api/v1/peers", JSON).await.status, 200);
    for path in ["/api/v1/users", "/api/v1/peers", "/api/v1/tokens"] {
        assert_eq!(radiologist.get(path, JSON).await.status, 403, "{path}");
    }
    assert!(house.events()["denied"] > 10);

    // A study sent wrongly disappears, and comes back.
    let reply = radiologist.post(&withdrawal, &json!({"reason": "wrong patient"})).await;
    assert_eq!(reply.status, 204, "{}", reply.text());
    let found = radiologist.get_json("/dicom-web/studies").await;
    assert_eq!(found, json!([]));
    let metadata = format!("/dicom-web/studies/{}/metadata", study.uid);
    assert_eq!(radiologist.get(&metadata, DICOM_JSON).await.status, 404);
    assert_eq!(radiologist.delete(&withdrawal).await.status, 204);
    assert_eq!(radiologist.get(&metadata, DICOM_JSON).await.status, 200);
}

async fn tokens_do_what_their_scopes_say(house: House) {
    let study = small_ct(1);
    house.import(&study);
    let check = async |scopes: &[&str], expected: [u16; 4]| {
        let program = house.program(scopes);
        let found = [
            program.get("/dicom-web/studies", DICOM_JSON).await.status,
            program.import(first_file(&study)).await.status,
            program.get("/api/v1/refusals", JSON).await.status,
            program.get("/api/v1/users", JSON).await.status,
        ];
        assert_eq!(found, expected, "{scopes:?}");
    };
    check(&["dicomweb:read"], [200, 403, 403, 403]).await;
    check(&["dicomweb:write"], [403, 200, 403, 403]).await;
    check(&["dicomweb:read", "dicomweb:write"], [200, 200, 403, 403]).await;
    check(&["admin"], [403, 403, 403, 200]).await;
    check(&["audit:read"], [403, 403, 403, 403]).await;

    let made = house.ask("token create", &["short", "--scope", "dicomweb:read", "--json"]);
    let program = Caller::with_token(&house.server, made["token"].as_str().unwrap());
    assert_eq!(program.get("/dicom-web/studies", DICOM_JSON).await.status, 200);
    house.server.run("token revoke", &[made["id"].as_str().unwrap()], "").unwrap();
    assert_eq!(program.get("/dicom-web/studies", DICOM_JSON).await.status, 401);
    let forged = Caller::with_token(&house.server, "lc_0123456789abcdefghjkmnpqrstvwxyz");
    assert_eq!(forged.get("/dicom-web/studies", DICOM_JSON).await.status, 401);
    assert!(house.server.create_token("odd", &["everything"]).is_err());
}

async fn sign_in_failures_look_alike(house: House) {
    house.server.add_user("rita", "radiologist", PASSWORD).unwrap();
    house.server.add_user("former", "radiologist", PASSWORD).unwrap();
    house.server.run("user disable", &["former"], "").unwrap();
    let wrong = house.stranger().sign_in("rita", "not her password").await;
    assert_eq!(wrong.status, 401);
    assert!(wrong.cookie("lc_session").is_none());
    for (name, password) in
        [("nobody", PASSWORD), ("former", PASSWORD), ("", ""), ("rita", ""), ("RITA'--", PASSWORD)]
    {
        let reply = house.stranger().sign_in(name, password).await;
        assert_eq!(reply.shape(), wrong.shape(), "{name:?}");
    }
    assert_eq!(house.stranger().sign_in("rita", PASSWORD).await.status, 200);
    assert!(house.server.add_user("rita", "radiologist", PASSWORD).is_err());
    assert!(house.server.add_user("weak", "radiologist", "password").is_err());
    let events = house.events();
    assert_eq!((events["sign_in_failed"], events["signed_in"]), (6, 1));
}

async fn a_disabled_account_is_out_at_once(house: House) {
    let staff = house.signed_in("radiologist").await;
    let session = staff.get("/api/v1/session", JSON).await;
    assert_eq!(session.status, 200);
    assert_eq!(session.json()["account"]["role"], "radiologist");
    house.server.run("user disable", &["radiologist"], "").unwrap();
    assert_eq!(staff.get("/api/v1/session", JSON).await.status, 401);
    assert_eq!(staff.get("/dicom-web/studies", DICOM_JSON).await.status, 401);
    house.server.run("user disable", &["radiologist", "--undo"], "").unwrap();
    assert_eq!(staff.get("/api/v1/session", JSON).await.status, 401);
    assert_eq!(staff.sign_in("radiologist", PASSWORD).await.status, 200);

    let arguments = ["radiologist", "--password-stdin"];
    house.server.run("user reset-password", &arguments, "another-walnut-orbit-4").unwrap();
    assert_eq!(staff.get("/api/v1/session", JSON).await.status, 401);
    assert_eq!(staff.sign_in("radiologist", "another-walnut-orbit-4").await.status, 200);
    assert_eq!(staff.delete("/api/v1/session").await.status, 204);
    assert_eq!(staff.get("/api/v1/session", JSON).await.status, 401);
}

/// A request that another site could make a browser send is refused.
async fn changes_need_our_own_page(house: House) {
    let staff = house.signed_in("admin").await;
    let peer = json!({"title": "CT", "host": "10.0.0.5", "port": null, "rights": ["echo"]});
    let post = async |name: &'static str, value: &'static str| {
        let request = staff.request(Method::POST, "/api/v1/peers").json(&peer).header(name, value);
        Reply::of(request).await
    };
    assert_eq!(post("origin", "https://elsewhere.example").await.status, 403);
    assert_eq!(post("x-lightcase", "0").await.status, 403);
    let reply = post("accept", JSON).await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    let reply = staff.get("/api/v1/peers", JSON).await;
    assert_eq!(reply.json()["peers"].as_array().unwrap().len(), 1);
    // A name that leads here by somebody else's DNS is not ours.
    let request = staff.request(Method::GET, "/api/v1/peers").header("host", "evil.example");
    assert!((400..500).contains(&Reply::of(request).await.status));
}
