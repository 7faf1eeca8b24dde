//! Recipients of links, as links are listed and recalled by them.

use std::sync::Arc;

use lightcase_audit::Event;
use lightcase_catalog::{Catalog, NewShare, Recall, ShareFilter};
use lightcase_model::{Authority, Ctx, Phi};

use crate::audit::meddle;
use crate::engine::engines;
use crate::study::{NOW, hold};
use crate::worklist::new_share;

#[tokio::test]
async fn those_of_an_earlier_version_are_found_whatever_their_letters() {
    for engine in engines().await {
        let held = hold(&engine, 1, 1, 1).await;
        let new = NewShare {
            recipient: Phi::new("Dr. ÄRZTIN".to_owned()),
            email: Phi::new("Roe@Practice.example".to_owned()),
            ..new_share(Authority::Treatment, (held.id, held.series_ids()))
        };
        let mut tx = engine.catalog.begin().await.unwrap();
        tx.add_share(&new).await.unwrap();
        tx.record(&Ctx::system(NOW), Event::ServiceStopped {}).await.unwrap();
        tx.commit().await.unwrap();
        // As a database folds it that knows the letters of ASCII alone.
        for sql in
            ["UPDATE share SET recipient_folded = 'dr. ÄRZTIN'", "UPDATE folding SET version = 1"]
        {
            meddle(&engine.database, sql).await.unwrap();
        }
        engine.catalog.close().await;
        let again = Catalog::open(&engine.database, Arc::clone(&engine.ring)).await.unwrap();
        for (text, recalled, listed) in [
            ("dr. ärztin", 1, 1),
            ("DR. ÄRZTIN", 1, 1),
            ("roe@practice.example", 1, 1),
            ("ärztin", 0, 1),
            ("dr. arztin", 0, 0),
        ] {
            let of = Recall::Recipient(Phi::new(text.to_owned()));
            let found = again.shares_to_recall(&of).await.unwrap();
            let recipient = Some(Phi::new(text.to_owned()));
            let filter = ShareFilter { recipient, limit: 9, ..ShareFilter::default() };
            let shown = again.shares(&filter, NOW).await.unwrap();
            assert_eq!((found.len(), shown.len()), (recalled, listed), "{text}");
        }
        again.close().await;
    }
}
