//! The reserve: room on the disk for what must still be written when it is full.
//! It must not know what that is.

use crate::spool::OpenOptions;
use crate::spool::layout::Layout;
use crate::{Disk, OpenMode};

/// A file of zeros that is given up when the disk is full, and laid again when there is room.
#[derive(Debug, Default)]
pub(super) struct Reserve {
    held: bool,
}

const CHUNK: usize = 64 << 10;

impl Reserve {
    /// Lays the reserve if it is missing. A disk that has no room for it is no failure: the log itself may still fit.
    pub(super) fn restore(&mut self, disk: &dyn Disk, layout: &Layout, options: &OpenOptions) {
        if self.held || options.reserve_bytes == 0 {
            return;
        }
        let path = layout.reserve();
        let wanted = options.reserve_bytes;
        let standing = disk.open(&path, OpenMode::Read).and_then(|file| file.size());
        if standing.is_ok_and(|size| size == wanted) {
            self.held = true;
            return;
        }
        let _ = disk.remove(&path);
        let laid = disk.open(&path, OpenMode::Create).and_then(|mut file| {
            let zeros = vec![0; CHUNK];
            let mut at = 0;
            while at < wanted {
                let length = usize::try_from(wanted - at).map_or(CHUNK, |rest| rest.min(CHUNK));
                file.write_at(at, zeros.get(..length).unwrap_or(&zeros))?;
                at += length as u64;
            }
            file.sync()
        });
        self.held = laid.is_ok();
        if !self.held {
            let _ = disk.remove(&path);
        }
    }

    /// Gives the reserve up; whether there was one to give.
    pub(super) fn release(&mut self, disk: &dyn Disk, layout: &Layout) -> bool {
        std::mem::take(&mut self.held) && disk.remove(&layout.reserve()).is_ok()
    }
}
