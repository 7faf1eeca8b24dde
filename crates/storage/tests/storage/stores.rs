//! The conformance suite over every store that can be had without an account.

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use lightcase_storage::{StorageError, Store, Vault, conformance};
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;

#[tokio::test]
async fn memory_conforms() {
    conformance::run(Store::memory()).await.unwrap();
}

#[tokio::test]
async fn a_folder_conforms() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("objects here");
    conformance::run(Store::folder(&path).unwrap()).await.unwrap();
    let url = url::Url::from_directory_path(&path).unwrap();
    let again = Vault::new(Store::from_url(url.as_str(), &[]).unwrap());
    again.trial().await.unwrap();
}

/// An S3 server in this process, over a folder; gives its address.
async fn s3_server(folder: &std::path::Path) -> String {
    std::fs::create_dir(folder.join("images")).unwrap();
    let mut service = S3ServiceBuilder::new(s3s_fs::FileSystem::new(folder).unwrap());
    service.set_auth(SimpleAuth::from_single("key", "secret"));
    let service = service.build();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let service = service.clone();
            tokio::spawn(async move {
                let server = Builder::new(TokioExecutor::new());
                drop(server.serve_connection(TokioIo::new(socket), service).await);
            });
        }
    });
    format!("http://{address}")
}

fn s3(url: &str, endpoint: &str, secret: &str) -> Store {
    let options = [
        ("AWS_ENDPOINT_URL", endpoint),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "key"),
        ("AWS_SECRET_ACCESS_KEY", secret),
    ];
    Store::from_url(url, &options.map(|(name, value)| (name.to_owned(), value.to_owned()))).unwrap()
}

#[tokio::test]
async fn an_s3_bucket_conforms() {
    let folder = tempfile::tempdir().unwrap();
    let endpoint = s3_server(folder.path()).await;
    conformance::run(s3("s3://images", &endpoint, "secret")).await.unwrap();
    conformance::run(s3("s3://images/site/one", &endpoint, "secret")).await.unwrap();
}

#[tokio::test]
async fn a_wrong_secret_or_bucket_or_no_server_is_unavailable() {
    let folder = tempfile::tempdir().unwrap();
    let endpoint = s3_server(folder.path()).await;
    let check = async |case: &str, store: Store| {
        let vault = Vault::new(store);
        for (call, outcome) in [("probe", vault.probe().await), ("trial", vault.trial().await)] {
            let told = matches!(outcome, Err(StorageError::Unavailable { .. }));
            assert!(told, "{case}, {call}: {outcome:?}");
        }
    };
    check("wrong secret", s3("s3://images", &endpoint, "wrong")).await;
    check("missing bucket", s3("s3://elsewhere", &endpoint, "secret")).await;
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    check("no server", s3("s3://images", &format!("http://{free}"), "secret")).await;
}

#[test]
fn addresses_and_options_are_checked() {
    let refused = |url: &str, options: &[(&str, &str)]| {
        let options: Vec<_> =
            options.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        let outcome = Store::from_url(url, &options);
        assert!(matches!(outcome, Err(StorageError::Setting { .. })), "{url}: {outcome:?}");
    };
    refused("/var/lib/lightcase", &[]);
    refused("ftp://host/x", &[]);
    refused("https://bucket.s3.amazonaws.com", &[]);
    refused("file://host/x", &[]);
    // Meant for other programs of the same machine.
    let foreign = [("AWS_CA_BUNDLE", "/etc/ssl/ca.pem"), ("GOOGLE_CLOUD_PROJECT", "x")];
    let foreign = foreign.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert!(Store::from_url("s3://bucket", &foreign).is_ok());
    let debug = format!("{:?}", s3("s3://images", "http://127.0.0.1:1", "hush"));
    assert!(!debug.contains("hush"));
}
