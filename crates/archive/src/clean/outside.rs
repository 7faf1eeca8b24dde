//! A clean file outside the archive, written anew as the profile or a person has decided: by the same
//! decoders and the same engine as inside.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};

use lightcase_codec::{Codec, Image, Job};
use lightcase_dataset::{
    FileMeta, Limits, NativePixels, Part10Prefix, Piece, PixelData, Plain, Recoder, ScanError,
    Scanner, TransferSyntax, write_file_meta,
};
use lightcase_deident::{Approval, Approved, Refusal, Region};
use lightcase_model::TransferSyntaxUid;

use super::review::plain;
use crate::ArchiveError;
use crate::image::StoredImage;
use crate::recode::{decoding, refused};

/// Bytes that are read at a time.
const PIECE: usize = 1 << 20;

/// Writes a clean file with regions made black in every frame. Compressed pixels become native ones
/// where there are regions, or where `anew` asks for it, so that what lies beside them stays behind.
///
/// # Errors
/// [`ArchiveError::BadRequest`] for what the engine does not approve,
/// [`ArchiveError::NotRenderable`] for what cannot be decoded exactly, [`ArchiveError::Damaged`] for
/// what cannot be read or written. What was written then is nothing.
pub async fn approve_file(
    codec: &Codec,
    from: &mut File,
    to: &mut File,
    (regions, anew): (&[Region], bool),
) -> Result<Approved, ArchiveError> {
    let head = head(from)?;
    let frames = match (anew || !regions.is_empty()).then(|| frames(from, &head)).transpose()? {
        Some(Some(frames)) => Some(frames),
        Some(None) | None => None,
    };
    let syntax = match &frames {
        Some(_) => plain()?,
        None => head.transfer_syntax.clone(),
    };
    let mut writer = Writer {
        approval: Approval::of_data_set(&TransferSyntax::of(&syntax), regions),
        out: meta(&head, &syntax)?,
        to,
    };
    match frames {
        None => {
            let mut read = |bytes: &[u8]| writer.push(bytes);
            each_piece(from, &head, &mut read)?;
        }
        Some(frames) => frames.write(codec, from, &head, &mut writer).await?,
    }
    writer.finish()
}

fn damaged<E: std::error::Error + Send + Sync + 'static>(error: E) -> ArchiveError {
    ArchiveError::Damaged(Box::new(error))
}

fn refusal(error: &Refusal) -> ArchiveError {
    ArchiveError::BadRequest(error.to_string())
}

fn head(from: &mut File) -> Result<FileMeta, ArchiveError> {
    let (mut prefix, mut piece) = (Part10Prefix::new(), vec![0; 64 << 10]);
    loop {
        let count = from.read(&mut piece).map_err(damaged)?;
        if count == 0 {
            return prefix.finish().map_err(refused);
        }
        if let Some(meta) = prefix.push(piece.get(..count).unwrap_or_default()).map_err(refused)? {
            return Ok(meta);
        }
    }
}

fn meta(head: &FileMeta, syntax: &TransferSyntaxUid) -> Result<Vec<u8>, ArchiveError> {
    let (Some(class), Some(instance)) = (&head.sop_class, &head.sop_instance) else {
        return Err(damaged(ScanError::Truncated));
    };
    Ok(write_file_meta(class, instance, syntax))
}

/// Hands the data set over, piece by piece.
fn each_piece(
    from: &mut File,
    head: &FileMeta,
    take: &mut dyn FnMut(&[u8]) -> Result<(), ArchiveError>,
) -> Result<(), ArchiveError> {
    from.seek(SeekFrom::Start(head.meta_len)).map_err(damaged)?;
    let mut piece = vec![0; PIECE];
    loop {
        let count = from.read(&mut piece).map_err(damaged)?;
        let Some(bytes) = piece.get(..count).filter(|bytes| !bytes.is_empty()) else {
            return Ok(());
        };
        take(bytes)?;
    }
}

struct Writer<'a> {
    approval: Approval,
    out: Vec<u8>,
    to: &'a mut File,
}

impl Writer<'_> {
    fn push(&mut self, bytes: &[u8]) -> Result<(), ArchiveError> {
        self.approval.push(bytes, &mut self.out).map_err(|error| refusal(&error))?;
        self.to.write_all(&self.out).map_err(damaged)?;
        self.out.clear();
        Ok(())
    }

    fn finish(mut self) -> Result<Approved, ArchiveError> {
        let approved = self.approval.finish(&mut self.out).map_err(|error| refusal(&error))?;
        self.to.write_all(&self.out).map_err(damaged)?;
        Ok(approved)
    }
}

/// Compressed frames.
struct Frames {
    stored: StoredImage,
    image: Image,
    native: NativePixels,
}

/// `None` where the pixels are native ones, or there are none.
fn frames(from: &mut File, head: &FileMeta) -> Result<Option<Frames>, ArchiveError> {
    let syntax = TransferSyntax::of(&head.transfer_syntax);
    let mut scanner = Scanner::new(&syntax, Limits::default());
    each_piece(from, head, &mut |bytes| scanner.push(bytes).map_err(refused))?;
    let scan = scanner.finish().map_err(refused)?;
    let (Some(module), Some(pixel @ PixelData::Encapsulated { .. })) = (scan.image, scan.pixel)
    else {
        return Ok(None);
    };
    let stored = StoredImage { module, pixel };
    let (image, native) = decoding(&stored, &head.transfer_syntax)?;
    Ok(Some(Frames { stored, image, native }))
}

impl Frames {
    async fn write(
        &self,
        codec: &Codec,
        from: &mut File,
        head: &FileMeta,
        writer: &mut Writer<'_>,
    ) -> Result<(), ArchiveError> {
        let syntax = TransferSyntax::of(&head.transfer_syntax);
        let mut recoder = Recoder::new(&syntax, Plain::Explicit, Some(self.native.clone()));
        let mut at = head.meta_len;
        let mut piece = vec![0; PIECE];
        loop {
            // The frames are read in between.
            from.seek(SeekFrom::Start(at)).map_err(damaged)?;
            let count = from.read(&mut piece).map_err(damaged)?;
            let Some(bytes) = piece.get(..count).filter(|bytes| !bytes.is_empty()) else { break };
            at = at.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
            let pieces = recoder.push(bytes).map_err(refused)?;
            self.put(codec, (from, head), pieces, writer).await?;
        }
        let pieces = recoder.finish().map_err(refused)?;
        self.put(codec, (from, head), pieces, writer).await
    }

    async fn put(
        &self,
        codec: &Codec,
        (from, head): (&mut File, &FileMeta),
        pieces: Vec<Piece>,
        writer: &mut Writer<'_>,
    ) -> Result<(), ArchiveError> {
        for piece in pieces {
            match piece {
                Piece::Bytes(bytes) => writer.push(&bytes)?,
                Piece::Pixels => {
                    for number in 0..self.stored.module.number_of_frames.max(1) {
                        let frame = self.cut(from, head, number)?;
                        let job = Job::Decode {
                            image: self.image.clone(),
                            syntax: head.transfer_syntax.clone(),
                        };
                        writer.push(&codec.run(job, frame.into()).await?)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// The bytes of a frame.
    fn cut(&self, from: &mut File, head: &FileMeta, number: u32) -> Result<Vec<u8>, ArchiveError> {
        let index = usize::try_from(number).unwrap_or(usize::MAX);
        let fragments = self.stored.pixel.frame(index).ok_or_else(|| {
            ArchiveError::NotRenderable(
                "the object does not tell which of its fragments make up which frame".to_owned(),
            )
        })?;
        let mut bytes = Vec::new();
        for fragment in fragments {
            let start = head.meta_len.saturating_add(fragment.offset);
            from.seek(SeekFrom::Start(start)).map_err(damaged)?;
            let read = from.take(fragment.len).read_to_end(&mut bytes).map_err(damaged)?;
            if u64::try_from(read).unwrap_or(0) < fragment.len {
                return Err(damaged(ScanError::Truncated));
            }
        }
        Ok(bytes)
    }
}
