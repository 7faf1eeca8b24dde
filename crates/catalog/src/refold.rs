//! Refold: names that were folded another way, folded again before anybody searches.

use crate::fold::{FOLDING, FoldedName};
use crate::share::folded;
use crate::{Catalog, Result};

/// Rows that are folded before the next ones are read.
const BATCH: i64 = 1_000;
/// The way of folding since which names are folded as they are now.
const NAMES: i64 = 1;

impl Catalog {
    /// Brings the searched form of all names up to date. Cut short, it begins anew the next time;
    /// two at once write the same. It changes nothing that the ledger tells.
    pub(crate) async fn refold(&self) -> Result<()> {
        let version: i64 = on_engine!(self, pools => {
            sqlx::query_scalar("SELECT version FROM folding").fetch_one(&pools.read).await?
        });
        if version == FOLDING {
            return Ok(());
        }
        if version < NAMES {
            self.refold_names().await?;
        }
        self.refold_recipients().await?;
        on_engine!(self, pools => {
            sqlx::query("UPDATE folding SET version = $1")
                .bind(FOLDING).execute(&pools.write).await?;
        });
        Ok(())
    }

    async fn refold_names(&self) -> Result<()> {
        self.refold_rows(
            "SELECT id, name FROM patient WHERE id > $1 ORDER BY id LIMIT $2",
            "UPDATE patient SET name_folded = $2, name_ideographic = $3, name_phonetic = $4, \
             name_words = $5 WHERE id = $1",
        )
        .await?;
        self.refold_rows(
            "SELECT id, referring_physician FROM study WHERE id > $1 ORDER BY id LIMIT $2",
            "UPDATE study SET referring_physician_folded = $2, \
             referring_physician_ideographic = $3, referring_physician_phonetic = $4, \
             referring_physician_words = $5 WHERE id = $1",
        )
        .await
    }

    async fn refold_recipients(&self) -> Result<()> {
        let mut after: Vec<u8> = Vec::new();
        loop {
            let rows: Vec<(Vec<u8>, String, String)> = on_engine!(self, pools => {
                sqlx::query_as(
                    "SELECT id, recipient, email FROM share WHERE id > $1 ORDER BY id LIMIT $2",
                )
                .bind(after.as_slice()).bind(BATCH).fetch_all(&pools.read).await?
            });
            let Some((last, ..)) = rows.last() else { return Ok(()) };
            after.clone_from(last);
            let mut tx = self.begin().await?;
            for (id, recipient, email) in rows {
                let folded = folded(&recipient, &email);
                on_tx!(tx, conn => {
                    sqlx::query("UPDATE share SET recipient_folded = $2 WHERE id = $1")
                        .bind(id.as_slice()).bind(folded.as_str()).execute(&mut *conn).await?;
                });
            }
            tx.commit().await?;
        }
    }

    async fn refold_rows(&self, select: &'static str, update: &'static str) -> Result<()> {
        let mut after = i64::MIN;
        loop {
            let rows: Vec<(i64, String)> = on_engine!(self, pools => {
                sqlx::query_as(select).bind(after).bind(BATCH).fetch_all(&pools.read).await?
            });
            let Some((last, _)) = rows.last() else { return Ok(()) };
            after = *last;
            let mut tx = self.begin().await?;
            for (id, name) in rows {
                let folded = FoldedName::of(&name);
                on_tx!(tx, conn => {
                    sqlx::query(update)
                        .bind(id).bind(folded.alphabetic).bind(folded.ideographic)
                        .bind(folded.phonetic).bind(folded.words)
                        .execute(&mut *conn).await?;
                });
            }
            tx.commit().await?;
        }
    }
}
