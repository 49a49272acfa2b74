//! How much may be under way at a time, in number and in bytes: in one pool for all, and in one for connectors in trouble, so that those
//! whose stores hang or refuse never take what the others need. Knows no connectors.

/// A place in a pool, and what it holds of it: given back when the delivery pauses or ends.
#[derive(Debug)]
pub(crate) struct Slot {
    pub(crate) pool: Pool,
    bytes: u64,
}

/// Which pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pool {
    /// For all.
    Common,
    /// For connectors in trouble.
    Apart,
}

/// Both pools.
#[derive(Debug)]
pub(crate) struct Slots {
    common: Room,
    apart: Room,
}

#[derive(Debug)]
struct Room {
    most: usize,
    most_bytes: u64,
    used: usize,
    bytes: u64,
}

impl Slots {
    /// `bytes` is for both together: a quarter of it for those in trouble.
    pub(crate) fn new(common: usize, apart: usize, bytes: u64) -> Self {
        Self {
            common: Room::new(common, bytes - bytes / 4),
            apart: Room::new(apart, bytes / 4),
        }
    }

    /// Whether an object of this size has room. One always has, however large it is.
    pub(crate) fn has_room(&self, pool: Pool, bytes: u64) -> bool {
        match pool {
            Pool::Common => self.common.has_room(bytes),
            Pool::Apart => self.apart.has_room(bytes),
        }
    }

    /// Takes a place, whether or not there is room.
    pub(crate) fn take(&mut self, pool: Pool, bytes: u64) -> Slot {
        let room = self.room(pool);
        room.used += 1;
        room.bytes += bytes;
        Slot { pool, bytes }
    }

    /// Gives a place back.
    pub(crate) fn give_back(&mut self, slot: &Slot) {
        let room = self.room(slot.pool);
        room.used = room.used.saturating_sub(1);
        room.bytes = room.bytes.saturating_sub(slot.bytes);
    }

    /// Moves what is under way into the pool for those in trouble; nothing changes if there is no room in it.
    pub(crate) fn move_apart(&mut self, slot: &mut Slot) -> bool {
        if slot.pool == Pool::Apart || !self.apart.has_room(slot.bytes) {
            return slot.pool == Pool::Apart;
        }
        self.give_back(slot);
        *slot = self.take(Pool::Apart, slot.bytes);
        true
    }

    fn room(&mut self, pool: Pool) -> &mut Room {
        match pool {
            Pool::Common => &mut self.common,
            Pool::Apart => &mut self.apart,
        }
    }
}

impl Room {
    fn new(most: usize, most_bytes: u64) -> Self {
        Self {
            most,
            most_bytes,
            used: 0,
            bytes: 0,
        }
    }

    fn has_room(&self, bytes: u64) -> bool {
        self.used == 0 || (self.used < self.most && self.bytes.saturating_add(bytes) <= self.most_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_and_bytes_bound_what_is_under_way_and_one_always_may() {
        let mut slots = Slots::new(2, 1, 400);
        assert!(slots.has_room(Pool::Common, 9_999), "the first");
        let first = slots.take(Pool::Common, 250);
        assert!(!slots.has_room(Pool::Common, 51));
        let second = slots.take(Pool::Common, 50);
        assert!(!slots.has_room(Pool::Common, 0), "two are the most");
        slots.give_back(&first);
        assert!(slots.has_room(Pool::Common, 250));
        slots.give_back(&second);
        assert_eq!((slots.common.used, slots.common.bytes), (0, 0));
    }

    #[test]
    fn what_hangs_makes_room_for_the_others_as_long_as_there_is_room_apart() {
        let mut slots = Slots::new(1, 1, 400);
        let mut first = slots.take(Pool::Common, 100);
        assert!(slots.move_apart(&mut first) && first.pool == Pool::Apart);
        let mut second = slots.take(Pool::Common, 1);
        assert!(!slots.move_apart(&mut second) && second.pool == Pool::Common);
        slots.give_back(&first);
        assert!(slots.move_apart(&mut second));
    }
}
