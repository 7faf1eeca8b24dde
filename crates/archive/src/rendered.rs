//! Rendered pictures: decoded and drawn in a worker process.

use bytes::Bytes;
use lightcase_audit::ViewKind;
use lightcase_catalog::{Held, Selection};
use lightcase_codec::{Format, Job, Window, renderable};
use lightcase_model::{Ctx, Scope};

use crate::image::StoredImage;
use crate::view::{Shown, Viewer};
use crate::{Archive, ArchiveError};

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
        let held = self.catalog.held(scope, selection).await?;
        if held.is_empty() {
            return Err(ArchiveError::NotFound);
        }
        // From the middle on, then from there back: in a long series it takes longer to look at
        // each than to draw one.
        let (before, from) = held.split_at(held.len() / 2);
        let Some(middle) = from.iter().chain(before.iter().rev()).find(|held| can_draw(held))
        else {
            return Err(ArchiveError::NotRenderable("there is no picture in it".to_owned()));
        };
        let frame = u32::try_from(middle.frames / 2).unwrap_or(0).saturating_add(1);
        let frame = frame.min(u32::try_from(middle.frames.max(1)).unwrap_or(1));
        Box::pin(self.draw(ctx, middle, Picture { frame, ..picture })).await
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
