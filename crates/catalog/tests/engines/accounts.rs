//! Names of accounts, as somebody types them who wants in.

use lightcase_audit::Event;
use lightcase_model::Ctx;

use crate::engine::engines;
use crate::study::NOW;

#[tokio::test]
async fn a_name_that_an_engine_cannot_keep_is_nobodys() {
    for engine in engines().await {
        let catalog = &engine.catalog;
        let name = "ro\0entgen";
        assert!(catalog.account_by_name(name).await.unwrap().is_none());
        assert_eq!(catalog.sign_in_failures(name).await.unwrap().0, 0);
        let mut tx = catalog.begin().await.unwrap();
        assert_eq!(tx.count_sign_in(name, NOW).await.unwrap(), Some(1));
        tx.record(&Ctx::system(NOW), Event::ServiceStopped {}).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(catalog.sign_in_failures(name).await.unwrap().0, 1);
        assert_eq!(catalog.sign_in_failures("roentgen").await.unwrap().0, 0);
    }
}
