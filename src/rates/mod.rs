//! How often something may be done: windows as those count who set the limit, and a line in which the urgent go first.
//! Nothing here knows what is done, or for whom.

mod line;
mod shared;
mod steady;
#[cfg(test)]
pub(crate) mod testing;
mod window;

pub use line::{Line, Place, Urgency};
pub use shared::{Pace, Reserved, Shared, Slots};
pub use steady::Steady;
pub use window::{Taken, Window};
