//! A held data set in a plain transfer syntax, for a peer that does not take the one it is held
//! in. Only where the result is exact; otherwise it is refused before its first byte.

use bytes::Bytes;
use futures::StreamExt;
use futures::future::try_join;
use lightcase_catalog::Held;
use lightcase_codec::{Image, Job};
use lightcase_dataset::TransferSyntax;
use lightcase_dataset::{NativePixels, Piece, PixelData, Plain as PlainSyntax, Recoder, ScanError};
use lightcase_model::TransferSyntaxUid;
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;

use crate::blob::Plain;
use crate::image::StoredImage;
use crate::{Archive, ArchiveError};

/// Pieces that wait for a slow receiver.
const AHEAD: usize = 4;
/// Decoded frames are kept from the trial for the sending up to so many bytes; the others are
/// decoded twice.
const KEPT: usize = 32 << 20;

/// Encapsulated pixels that can be decoded.
struct Frames {
    stored: StoredImage,
    image: Image,
    native: NativePixels,
    /// The first decoded frames, in order.
    kept: Vec<Bytes>,
}

fn not_exact(why: impl Into<String>) -> ArchiveError {
    ArchiveError::NotRenderable(why.into())
}

pub(crate) fn refused(error: ScanError) -> ArchiveError {
    match error {
        ScanError::NotExact(_) => not_exact(error.to_string()),
        ScanError::NotDicom(_)
        | ScanError::Malformed { .. }
        | ScanError::Identity { .. }
        | ScanError::LimitExceeded { .. }
        | ScanError::Truncated
        | ScanError::UnsupportedEncoding => ArchiveError::Damaged(Box::new(error)),
    }
}

impl Archive {
    /// The data set in a transfer syntax: that in which it is held, or a plain one.
    pub(crate) async fn data_set_in(
        &self,
        held: &Held,
        syntax: &TransferSyntaxUid,
    ) -> Result<Plain, ArchiveError> {
        if *syntax == held.transfer_syntax {
            return self.data_set(held).await;
        }
        let plain = PlainSyntax::of(syntax)
            .ok_or_else(|| not_exact("objects are written anew in plain transfer syntaxes only"))?;
        let mut frames = frames(held)?;
        // Nothing can be taken back once it is on its way, so all of it is tried before.
        self.try_recode(held, plain, frames.as_mut()).await?;
        let (sender, parts) = mpsc::channel(AHEAD);
        let (archive, held) = (self.clone(), held.clone());
        tokio::spawn(async move {
            if let Err(error) = archive.recode(&held, plain, frames.as_ref(), &sender).await {
                // A receiver that went away does not miss the reason.
                sender.send(Err(error)).await.ok();
            }
        });
        let next = |mut parts: mpsc::Receiver<_>| async { Some((parts.recv().await?, parts)) };
        Ok(futures::stream::unfold(parts, next).boxed())
    }

    /// SHA-256 of all elements and values, whatever transfer syntax they are held in: of the data
    /// set as Implicit VR Little Endian, with decoded frames.
    pub(crate) async fn content_sha256(&self, held: &Held) -> Result<[u8; 32], ArchiveError> {
        let frames = frames(held)?;
        let (sender, mut parts) = mpsc::channel(AHEAD);
        let writing = async {
            let sender = sender;
            self.recode(held, PlainSyntax::Implicit, frames.as_ref(), &sender).await
        };
        let hashing = async {
            let mut hash = Sha256::new();
            while let Some(bytes) = parts.recv().await {
                hash.update(&bytes?);
            }
            Ok(hash.finalize().into())
        };
        let ((), digest) = try_join(writing, hashing).await?;
        Ok(digest)
    }

    async fn try_recode(
        &self,
        held: &Held,
        plain: PlainSyntax,
        frames: Option<&mut Frames>,
    ) -> Result<(), ArchiveError> {
        let native = frames.as_ref().map(|frames| frames.native.clone());
        let syntax = TransferSyntax::of(&held.transfer_syntax);
        let mut recoder = Recoder::new(&syntax, plain, native);
        let mut body = self.data_set(held).await?;
        while let Some(bytes) = body.next().await {
            recoder.push(&bytes?).map_err(refused)?;
        }
        recoder.finish().map_err(refused)?;
        let Some(frames) = frames else { return Ok(()) };
        let mut kept = 0_usize;
        for number in 1..=frames.stored.module.number_of_frames.max(1) {
            let frame = self.native_frame(held, frames, number).await?;
            kept = kept.saturating_add(frame.len());
            if kept <= KEPT {
                frames.kept.push(frame);
            }
        }
        Ok(())
    }

    async fn recode(
        &self,
        held: &Held,
        plain: PlainSyntax,
        frames: Option<&Frames>,
        sender: &mpsc::Sender<Result<Bytes, ArchiveError>>,
    ) -> Result<(), ArchiveError> {
        let native = frames.map(|frames| frames.native.clone());
        let syntax = TransferSyntax::of(&held.transfer_syntax);
        let mut recoder = Recoder::new(&syntax, plain, native);
        let mut body = self.data_set(held).await?;
        while let Some(bytes) = body.next().await {
            let pieces = recoder.push(&bytes?).map_err(refused)?;
            self.send(held, frames, pieces, sender).await?;
        }
        let pieces = recoder.finish().map_err(refused)?;
        self.send(held, frames, pieces, sender).await
    }

    async fn send(
        &self,
        held: &Held,
        frames: Option<&Frames>,
        pieces: Vec<Piece>,
        sender: &mpsc::Sender<Result<Bytes, ArchiveError>>,
    ) -> Result<(), ArchiveError> {
        let gone = |_closed: mpsc::error::SendError<_>| ArchiveError::NotFound;
        for piece in pieces {
            match (piece, frames) {
                (Piece::Bytes(bytes), _) => sender.send(Ok(bytes.into())).await.map_err(gone)?,
                (Piece::Pixels, None) => {}
                (Piece::Pixels, Some(frames)) => {
                    for number in 1..=frames.stored.module.number_of_frames.max(1) {
                        let kept = usize::try_from(number.saturating_sub(1)).unwrap_or(usize::MAX);
                        let frame = match frames.kept.get(kept) {
                            Some(frame) => frame.clone(),
                            None => self.native_frame(held, frames, number).await?,
                        };
                        sender.send(Ok(frame)).await.map_err(gone)?;
                    }
                }
            }
        }
        Ok(())
    }

    async fn native_frame(
        &self,
        held: &Held,
        frames: &Frames,
        number: u32,
    ) -> Result<Bytes, ArchiveError> {
        let (image, syntax) = (frames.image.clone(), held.transfer_syntax.clone());
        let bytes = self.cut(held, &frames.stored, number).await?;
        Ok(self.codec.run(Job::Decode { image, syntax }, bytes).await?)
    }
}

/// The frames to decode, if the object has encapsulated pixels.
fn frames(held: &Held) -> Result<Option<Frames>, ArchiveError> {
    if held.image.is_empty() {
        return Ok(None);
    }
    let stored = StoredImage::parse(&held.image)?;
    if !matches!(stored.pixel, PixelData::Encapsulated { .. }) {
        return Ok(None);
    }
    let (image, native) = decoding(&stored, &held.transfer_syntax)?;
    Ok(Some(Frames { stored, image, native, kept: Vec::new() }))
}

/// How the frames of encapsulated pixels are decoded, and what pixel data they make then.
pub(crate) fn decoding(
    stored: &StoredImage,
    syntax: &TransferSyntaxUid,
) -> Result<(Image, NativePixels), ArchiveError> {
    let image = stored.shape();
    let decoded = image.decoded(syntax)?;
    let photometric = decoded
        .photometric
        .as_str()
        .ok_or_else(|| not_exact("its Photometric Interpretation is not known"))?;
    let frame = decoded.decoded_len()?;
    let count = usize::try_from(stored.module.number_of_frames.max(1)).unwrap_or(usize::MAX);
    let bits = usize::from(decoded.bits_allocated);
    let pixels = usize::from(decoded.rows).saturating_mul(usize::from(decoded.columns));
    if count > 1 && !pixels.saturating_mul(bits).is_multiple_of(8) {
        return Err(not_exact("its frames do not end at whole bytes"));
    }
    let len = frame
        .checked_mul(count)
        .and_then(|len| u32::try_from(len).ok())
        .ok_or_else(|| not_exact("decoded it has more bytes than Pixel Data can have"))?;
    let native = NativePixels {
        photometric,
        colour: decoded.samples_per_pixel > 1,
        words: decoded.bits_allocated > 8,
        len,
    };
    Ok((image, native))
}
