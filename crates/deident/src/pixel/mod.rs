//! Pixels: whether they may leave unseen, and what is blanked in them.

mod blank;
mod class;
mod comment;
mod device;
mod gate;
mod layout;
mod segment;
mod stray;
mod uncompressed;

pub use blank::{Blanker, blank_frame};
pub(crate) use comment::Comments;
pub(crate) use device::Device;
pub use device::Region;
pub(crate) use gate::Gate;
pub use gate::Hold;
pub use layout::Layout;
pub(crate) use stray::StrayBits;
pub(crate) use uncompressed::Uncompressed;
