//! Pixels: decode, encode, render, in a worker process.
//!
//! A codestream comes from outside, and its decoders are large (three of them C or C++), so none
//! of them ever runs in the process that serves: [`Codec`] hands each frame to a pool of worker
//! processes (the same binary, started again, calling [`work`]) that hold no keys, no database and
//! no files, and that are killed and replaced when they crash, stall or grow old.
//!
//! What is decoded and rendered is an allow-list. An image whose picture could come out wrong is
//! [`CodecError::Unsupported`], never a wrong picture.
//!
//! Knows nothing of DICOM files, archives or HTTP: a frame's bytes and its [`Image`] come in,
//! samples or a picture go out.

mod confine;
mod decode;
mod error;
mod image;
mod job;
mod palette;
mod pool;
mod process;
mod render;
mod syntax;
mod window;
mod wire;
mod work;

pub use confine::{Confinement, Landlock};
pub use error::CodecError;
pub use image::{FRAME_LIMIT, Image, Photometric, SampleKind, WordKind};
pub use job::{Format, Job};
pub use palette::{Lut, Palette};
pub use pool::{Codec, Options};
pub use process::WorkerCommand;
pub use syntax::{decodes, renderable};
pub use window::{VoiFunction, Window};
pub use work::work;
