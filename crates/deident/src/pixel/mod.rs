//! Pixels: whether they may leave unseen, and what is blanked in them.

mod application;
mod beside;
mod blank;
mod class;
mod comment;
mod device;
mod encoder;
mod floats;
mod gate;
mod layout;
mod noise;
mod offsets;
mod parameters;
mod quantization;
mod rle;
mod scans;
mod segment;
mod size;
mod stray;
mod tables;
mod tiles;
mod told;
mod uncompressed;

pub(crate) use beside::Beside;
pub use blank::{Blanker, blank_frame};
use comment::Comments;
pub(crate) use device::Device;
pub use device::Region;
pub(crate) use floats::Floats;
pub(crate) use gate::Gate;
pub use gate::Hold;
pub use layout::Layout;
pub(crate) use offsets::{EXTENDED, EXTENDED_LENGTHS, Offsets};
pub(crate) use stray::StrayBits;
use uncompressed::Uncompressed;
