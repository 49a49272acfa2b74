//! How many calls may be under way: the numbers, and the slots. It must not know what a call is.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{AcquireError, Semaphore, SemaphorePermit};

/// A number of slots that shrinks and grows.
#[derive(Debug)]
pub(super) struct Window {
    slots: Semaphore,
    numbers: Mutex<Numbers>,
}

/// What is decided by: nothing but these.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Numbers {
    most: usize,
    allowed: usize,
    /// Slots that are to go and are still held.
    owed: usize,
    /// Calls answered since the last change.
    answered: usize,
    /// Counts the times that the window was halved: a call that began before one says nothing new.
    halvings: u64,
}

/// What becomes of a slot that is given back, and of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Keep,
    /// So many more.
    Grow(usize),
    /// So many fewer.
    Shrink(usize),
}

/// A call's place; given back when dropped, whatever became of the call.
#[derive(Debug)]
pub(super) struct Slot<'a> {
    window: &'a Window,
    permit: Option<SemaphorePermit<'a>>,
    halvings: u64,
}

impl Numbers {
    fn new(most: usize) -> Self {
        let most = most.clamp(1, Semaphore::MAX_PERMITS);
        Self {
            most,
            allowed: most,
            owed: 0,
            answered: 0,
            halvings: 0,
        }
    }

    /// A call that began after so many halvings was asked to slow down.
    fn throttled(&mut self, began_after: u64) -> Change {
        if began_after < self.halvings {
            return Change::Keep;
        }
        self.halvings += 1;
        self.answered = 0;
        let before = self.allowed;
        self.allowed = (before / 2).max(1);
        Change::Shrink(before - self.allowed)
    }

    /// A call was answered, well or badly, without being asked to slow down.
    fn answered(&mut self) -> Change {
        self.answered += 1;
        if self.allowed == self.most || self.answered < self.allowed {
            return Change::Keep;
        }
        self.answered = 0;
        self.allowed += 1;
        // A slot that was to go stays.
        if self.owed > 0 {
            self.owed -= 1;
            return Change::Keep;
        }
        Change::Grow(1)
    }
}

impl Window {
    pub(super) fn new(most: usize) -> Self {
        let numbers = Numbers::new(most);
        Self {
            slots: Semaphore::new(numbers.allowed),
            numbers: Mutex::new(numbers),
        }
    }

    pub(super) fn allowed(&self) -> usize {
        self.numbers().allowed
    }

    pub(super) async fn slot(&self) -> Result<Slot<'_>, AcquireError> {
        let permit = self.slots.acquire().await?;
        Ok(Slot {
            window: self,
            permit: Some(permit),
            halvings: self.numbers().halvings,
        })
    }

    fn numbers(&self) -> MutexGuard<'_, Numbers> {
        self.numbers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn carry_out(&self, numbers: &mut Numbers, change: Change) {
        match change {
            Change::Keep => {}
            Change::Grow(slots) => self.slots.add_permits(slots),
            // Those that are held go when they are given back.
            Change::Shrink(slots) => numbers.owed += slots - self.slots.forget_permits(slots),
        }
    }
}

impl Slot<'_> {
    /// The store asked to slow down.
    pub(super) fn throttled(self) {
        let mut numbers = self.window.numbers();
        let change = numbers.throttled(self.halvings);
        self.window.carry_out(&mut numbers, change);
    }

    /// It answered.
    pub(super) fn answered(self) {
        let mut numbers = self.window.numbers();
        let change = numbers.answered();
        self.window.carry_out(&mut numbers, change);
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        let mut numbers = self.window.numbers();
        if let Some(permit) = self.permit.take()
            && numbers.owed > 0
        {
            numbers.owed -= 1;
            permit.forget();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is free and what is held make what is allowed, and what is owed besides.
    fn balanced(window: &Window, held: usize) -> bool {
        let numbers = window.numbers();
        window.slots.available_permits() + held == numbers.allowed + numbers.owed
    }

    #[tokio::test]
    async fn one_round_of_refusals_halves_once_and_each_good_round_gives_one_back() {
        let window = Window::new(8);
        let mut slots = Vec::new();
        for _ in 0..8 {
            slots.push(window.slot().await.unwrap());
        }
        for (at, slot) in slots.drain(..).enumerate() {
            slot.throttled();
            assert_eq!(window.allowed(), 4, "they were under way together");
            assert!(balanced(&window, 7 - at));
        }
        for (round, allowed) in [(4, 5), (5, 6), (6, 7), (7, 8), (30, 8)] {
            for _ in 0..round {
                window.slot().await.unwrap().answered();
                assert!(balanced(&window, 0));
            }
            assert_eq!(window.allowed(), allowed);
        }
    }

    #[tokio::test]
    async fn it_never_closes() {
        let window = Window::new(3);
        for _ in 0..10 {
            window.slot().await.unwrap().throttled();
        }
        assert_eq!(window.allowed(), 1);
        assert!(balanced(&window, 0));
        drop(window.slot().await.unwrap());
        assert!(balanced(&window, 0), "a call that is dropped gives its slot back");
    }

    /// A store that takes `can` calls at once, and refuses those beyond: the window stays near it.
    #[tokio::test]
    async fn many_callers_find_what_a_store_takes() {
        for can in [1_usize, 3, 10, 40] {
            let window = Window::new(64);
            let (mut refused, mut calls) = (0, 0);
            for round in 0..200 {
                let mut slots = Vec::new();
                while window.slots.available_permits() > 0 {
                    slots.push(window.slot().await.unwrap());
                }
                let under_way = slots.len();
                assert!(round < 10 || under_way <= can + 1, "{under_way} of {can}");
                for (at, slot) in slots.into_iter().enumerate() {
                    if round >= 10 {
                        calls += 1;
                        refused += usize::from(at >= can);
                    }
                    if at < can {
                        slot.answered()
                    } else {
                        slot.throttled()
                    }
                }
            }
            assert!(
                calls >= 190 * can / 2,
                "{calls} calls of a store that takes {can}"
            );
            assert!(
                refused * 2 <= 190,
                "{refused} refusals in 190 rounds of a store that takes {can}"
            );
        }
    }
}
