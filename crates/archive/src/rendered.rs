//! Rendered pictures: decoded and drawn in a worker process.

use std::iter::successors;
use std::ops::Range;

use bytes::Bytes;
use lightcase_audit::ViewKind;
use lightcase_catalog::{Held, Selection};
use lightcase_codec::{Format, Job, Window, renderable};
use lightcase_model::{Ctx, Scope};

use crate::image::StoredImage;
use crate::view::{Shown, Viewer};
use crate::{Archive, ArchiveError};

/// Instances that are looked at together, where one is sought that can be drawn.
const AT_A_TIME: i64 = 16;

/// How a picture is wanted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Picture {
    /// Frame, numbered from 1.
    pub frame: u32,
    /// Instead of the image's own window.
    pub window: Option<Window>,
    /// Fit inside this width and height; never enlarged.
    pub viewport: Option<(u32, u32)>,
    /// The picture's file format.
    pub format: Format,
}

impl Archive {
    /// A picture of one frame of one instance. The view is recorded before the first byte.
    pub async fn rendered(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        selection: &Selection,
        picture: Picture,
    ) -> Result<Bytes, ArchiveError> {
        let held = self.one(scope, selection).await?;
        let drawn = Box::pin(self.draw(ctx, &held, picture)).await?;
        self.seen_by(ctx, &held);
        Ok(drawn)
    }

    /// A small picture that stands for a study, a series or an instance: the middle frame of the
    /// first instance from the middle that can be drawn. The view is recorded, but the image does
    /// not count as one that a recipient was shown: a list of series has one of each.
    pub async fn thumbnail(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        selection: &Selection,
        picture: Picture,
    ) -> Result<Bytes, ArchiveError> {
        let middle = self.middle(scope, selection).await?;
        let frame = u32::try_from(middle.frames / 2).unwrap_or(0).saturating_add(1);
        let frame = frame.min(u32::try_from(middle.frames.max(1)).unwrap_or(1));
        Box::pin(self.draw(ctx, &middle, Picture { frame, ..picture })).await
    }

    /// The first instance that can be drawn, from the middle on, then from there back: in a long
    /// series it takes longer to look at each than to draw one.
    async fn middle(&self, scope: &Scope, selection: &Selection) -> Result<Held, ArchiveError> {
        let count = self.catalog.held_count(scope, selection).await?;
        if count == 0 {
            return Err(ArchiveError::NotFound);
        }
        for (range, backwards) in from_the_middle(count) {
            let part = (range.start, range.end.saturating_sub(range.start));
            let mut some = self.catalog.held_some(scope, selection, part).await?;
            if backwards {
                some.reverse();
            }
            if let Some(held) = some.into_iter().find(can_draw) {
                return Ok(held);
            }
        }
        Err(ArchiveError::NotRenderable("there is no picture in it".to_owned()))
    }

    async fn draw(&self, ctx: &Ctx, held: &Held, picture: Picture) -> Result<Bytes, ArchiveError> {
        let stored = StoredImage::parse(&held.image)?;
        let image = stored.describe()?;
        renderable(&held.transfer_syntax, &image)?;
        self.view(ctx, held, ViewKind::Rendered).await?;
        let frame = self.cut(held, &stored, picture.frame).await?;
        let job = Job::Render {
            image,
            syntax: held.transfer_syntax.clone(),
            window: picture.window,
            viewport: picture.viewport,
            format: picture.format,
        };
        let bytes = self.codec.run(job, frame).await?;
        self.viewed(
            &Viewer::of(ctx),
            held,
            ViewKind::Rendered,
            Shown { frames: 1, bytes: bytes.len() },
        );
        Ok(bytes)
    }
}

fn can_draw(held: &Held) -> bool {
    StoredImage::parse(&held.image)
        .ok()
        .and_then(|stored| stored.describe().ok())
        .is_some_and(|image| renderable(&held.transfer_syntax, &image).is_ok())
}

/// So many in parts, and which are gone through from their end: from the middle on to the last, then
/// from the middle back to the first.
fn from_the_middle(count: i64) -> impl Iterator<Item = (Range<i64>, bool)> + Send {
    let middle = count / 2;
    let on = successors(Some(middle), |at| at.checked_add(AT_A_TIME));
    let on = on.take_while(move |at| *at < count);
    let on = on.map(move |at| (at..at.saturating_add(AT_A_TIME).min(count), false));
    let back = successors(Some(middle), |to| to.checked_sub(AT_A_TIME));
    let back = back.take_while(|to| *to > 0);
    on.chain(back.map(|to| (to.saturating_sub(AT_A_TIME).max(0)..to, true)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(count: i64) {
        let mut places = Vec::new();
        for (range, backwards) in from_the_middle(count) {
            let part: Vec<i64> = range.collect();
            assert!(!part.is_empty() && part.len() <= 16, "{count}: {part:?}");
            places.extend(if backwards { part.into_iter().rev().collect() } else { part });
        }
        let expected: Vec<i64> = (count / 2..count).chain((0..count / 2).rev()).collect();
        assert_eq!(places, expected, "{count}");
    }

    #[test]
    fn each_is_looked_at_once_from_the_middle_on_and_back() {
        (0..100).for_each(check);
        check(1500);
    }
}
