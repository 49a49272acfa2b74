//! A payload on the wire, piece by piece. It must not copy it.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use aws_sdk_s3::primitives::{ByteStream, SdkBody};
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use crate::Payload;

/// The most that is handed over at once.
///
/// The HTTP client sends what it was handed before it closes the connection of a dropped request. Handed a
/// whole object, it would complete, at any later time, a put that was given up long ago; of pieces it holds a
/// few hundred KiB, and what follows them is the end of the connection, by which the store knows that the
/// object is not whole.
const PIECE: usize = 64 * 1024;

/// The payload as the SDK wants it.
pub(super) fn stream(payload: &Payload) -> ByteStream {
    if payload.is_empty() {
        return ByteStream::from(Bytes::new());
    }
    let rope = Rope {
        chunks: payload.chunks().iter().cloned().collect(),
        left: payload.len(),
    };
    ByteStream::new(SdkBody::from_body_1_x(rope))
}

/// The bytes that have not been handed over yet.
struct Rope {
    chunks: VecDeque<Bytes>,
    left: u64,
}

impl Body for Rope {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let Some(mut piece) = self.chunks.pop_front() else {
            return Poll::Ready(None);
        };
        if piece.len() > PIECE {
            self.chunks.push_front(piece.split_off(PIECE));
        }
        self.left -= piece.len() as u64;
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.chunks.is_empty()
    }

    /// Exact, so that the length is sent ahead of the body.
    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
