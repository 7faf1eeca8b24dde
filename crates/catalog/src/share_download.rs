//! How much of a link's download was handed over, over all its ranges.

use lightcase_audit::AccessId;
use lightcase_model::{ShareId, Timestamp};

use crate::covered::Covered;
use crate::{Catalog, CatalogError, Result, Tx};

/// A range of a link's download.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DownloadRange {
    /// Joins its beginning and its end.
    pub access: AccessId,
    /// The link.
    pub share: ShareId,
    /// SHA-256 of what decides the bytes.
    pub etag: [u8; 32],
    /// Bytes of the whole.
    pub total: u64,
    /// Its first byte.
    pub from: u64,
    /// The byte behind its last one.
    pub to: u64,
    /// Whether its receiver showed that it goes on with this very whole: it has what came before.
    pub continues: bool,
}

/// How much of a link's download was handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShareDownload {
    /// Bytes that were handed over, each counted once.
    pub bytes: u64,
    /// Bytes of the whole.
    pub total: u64,
    /// When the last missing one was.
    pub completed_at: Option<Timestamp>,
}

fn signed(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

fn unsigned(bytes: i64) -> Result<u64> {
    u64::try_from(bytes).map_err(|_error| CatalogError::Corrupt("range of a download"))
}

fn covered(text: &str) -> Result<Covered> {
    Covered::parse(text).ok_or(CatalogError::Corrupt("intervals of a download"))
}

impl Tx {
    /// Notes that a range is about to be handed over. Where the service ended in the middle of an
    /// earlier one, and this one goes on inside it, the receiver has what lies between, if it
    /// showed that it goes on: anybody can begin anywhere. The caller records the event.
    pub async fn begin_download(&mut self, range: &DownloadRange, at: Timestamp) -> Result<()> {
        let DownloadRange { access, share, etag, total, from, to, continues } = *range;
        on_tx!(self, conn => {
            sqlx::query(
                "INSERT INTO share_download (share, etag, total, begun_at) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (share, etag) DO NOTHING",
            )
            .bind(share.as_bytes().as_slice()).bind(etag.as_slice()).bind(signed(total))
            .bind(at.micros()).execute(&mut *conn).await?;
            sqlx::query(
                "INSERT INTO share_download_range (access, share, etag, range_from, range_to, \
                 begun_at) VALUES ($1, $2, $3, $4, $5, $6)",
            )
            .bind(access.as_bytes().as_slice()).bind(share.as_bytes().as_slice())
            .bind(etag.as_slice()).bind(signed(from)).bind(signed(to)).bind(at.micros())
            .execute(&mut *conn).await?;
        });
        self.changed = true;
        if continues { self.go_on(range).await } else { Ok(()) }
    }

    /// Counts what came of lost ranges before this one.
    async fn go_on(&mut self, range: &DownloadRange) -> Result<()> {
        let lost: Vec<i64> = on_tx!(self, conn => {
            sqlx::query_scalar(
                "DELETE FROM share_download_range WHERE share = $1 AND etag = $2 AND lost = 1 \
                 AND range_from < $3 AND range_to >= $3 RETURNING range_from",
            )
            .bind(range.share.as_bytes().as_slice()).bind(range.etag.as_slice())
            .bind(signed(range.from)).fetch_all(&mut *conn).await?
        });
        for earlier in lost {
            self.cover(range, unsigned(earlier)?..range.from).await?;
        }
        Ok(())
    }

    /// Notes how many bytes of a range were handed over; whether the download is complete by them,
    /// for the first time. The caller records the events.
    pub async fn end_download(
        &mut self,
        range: &DownloadRange,
        handed: u64,
        at: Timestamp,
    ) -> Result<bool> {
        let (share, etag) = (range.share.as_bytes().as_slice(), range.etag.as_slice());
        on_tx!(self, conn => {
            sqlx::query("DELETE FROM share_download_range WHERE access = $1")
                .bind(range.access.as_bytes().as_slice()).execute(&mut *conn).await?;
        });
        self.changed = true;
        let to = range.from.saturating_add(handed).min(range.to);
        if !self.cover(range, range.from..to).await? {
            return Ok(false);
        }
        let completed = on_tx!(self, conn => {
            sqlx::query(
                "UPDATE share_download SET completed_at = $1 WHERE share = $2 AND etag = $3 \
                 AND completed_at = 0",
            )
            .bind(at.micros()).bind(share).bind(etag).execute(&mut *conn).await?.rows_affected()
        });
        Ok(completed > 0)
    }

    /// Adds an interval; whether the whole is covered then.
    async fn cover(&mut self, of: &DownloadRange, range: std::ops::Range<u64>) -> Result<bool> {
        let (share, etag) = (of.share.as_bytes().as_slice(), of.etag.as_slice());
        // An update, since that is how a row is locked on both engines.
        let before: Option<String> = on_tx!(self, conn => {
            sqlx::query_scalar(
                "UPDATE share_download SET total = $3 WHERE share = $1 AND etag = $2 \
                 RETURNING covered",
            )
            .bind(share).bind(etag).bind(signed(of.total)).fetch_optional(&mut *conn).await?
        });
        let Some(before) = before else { return Ok(false) };
        let mut intervals = covered(&before)?;
        intervals.add(range);
        let after = intervals.print();
        if after != before {
            on_tx!(self, conn => {
                sqlx::query("UPDATE share_download SET covered = $3 WHERE share = $1 AND etag = $2")
                    .bind(share).bind(etag).bind(after).execute(&mut *conn).await?;
            });
        }
        Ok(intervals.is_whole(of.total))
    }
}

impl Catalog {
    /// Notes at start-up that ranges that were begun before were cut off, and nobody counted how
    /// far they came. Their ends are recorded by the caller.
    pub async fn lose_downloads(&self, before: Timestamp) -> Result<()> {
        on_engine!(self, pools => {
            sqlx::query("UPDATE share_download_range SET lost = 1 WHERE lost = 0 AND begun_at < $1")
                .bind(before.micros()).execute(&pools.write).await?;
        });
        Ok(())
    }

    /// How much of a link's download was handed over: of the last that was complete, else of the
    /// last that was begun, since what a link shows may change. `None` when none was begun.
    pub async fn share_download(&self, share: ShareId) -> Result<Option<ShareDownload>> {
        let row: Option<(i64, String, i64)> = on_engine!(self, pools => {
            sqlx::query_as(
                "SELECT total, covered, completed_at FROM share_download WHERE share = $1 \
                 ORDER BY completed_at DESC, begun_at DESC, etag LIMIT 1",
            )
            .bind(share.as_bytes().as_slice()).fetch_optional(&pools.read).await?
        });
        row.map(|(total, intervals, completed_at)| {
            Ok(ShareDownload {
                bytes: covered(&intervals)?.bytes(),
                total: unsigned(total)?,
                completed_at: (completed_at != 0).then(|| Timestamp::from_micros(completed_at)),
            })
        })
        .transpose()
    }
}
