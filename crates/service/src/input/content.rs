//! What a file or a stream holds, told by its first bytes and never by its name: text, compressed text, UTF-16, or no text at
//! all. Gives it as UTF-8; all places are places of that. Knows nothing of lines.

mod looks;

use std::fs::File;
use std::io::{self, Cursor, Read, Seek as _, SeekFrom};
use std::os::unix::fs::FileExt as _;
use std::sync::Arc;

use encoding_rs::{Decoder, DecoderResult, UTF_16BE, UTF_16LE};
use sha2::{Digest as _, Sha256};

use looks::{NoLines, foreign};

/// How much is looked at to tell what it is.
pub(super) const LOOKED_AT: usize = 4_096;
const READ_BYTES: usize = 262_144;

/// How text is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packing {
    /// UTF-8 or one of its subsets, as it stands there.
    Plain,
    /// One member or several.
    Gzip,
    /// One frame or several.
    Zstd,
    /// With a byte order mark.
    Utf16Le,
    /// With a byte order mark.
    Utf16Be,
}

impl Packing {
    /// Of content that begins so.
    ///
    /// # Errors
    /// `InvalidData` where it is no text, and says what it is.
    pub(crate) fn of(begin: &[u8]) -> io::Result<Self> {
        const PACKED: [(&[u8], Packing); 4] = [
            (b"\x1f\x8b", Packing::Gzip),
            (b"\x28\xb5\x2f\xfd", Packing::Zstd),
            (b"\xff\xfe", Packing::Utf16Le),
            (b"\xfe\xff", Packing::Utf16Be),
        ];
        if let Some(what) = foreign(begin) {
            return Err(io::Error::new(io::ErrorKind::InvalidData, what));
        }
        let packed = PACKED.iter().find(|(magic, _)| begin.starts_with(magic));
        Ok(packed.map_or(Self::Plain, |(_, packing)| *packing))
    }

    /// What it holds, as text.
    ///
    /// # Errors
    /// As [`of`](Self::of), of what is packed.
    pub(crate) fn unpack<'a>(self, stream: impl Read + Send + 'a) -> io::Result<Box<dyn Read + Send + 'a>> {
        let unpacked: Box<dyn Read + Send + 'a> = match self {
            Self::Plain => return Ok(Box::new(stream)),
            Self::Gzip => Box::new(flate2::read::MultiGzDecoder::new(stream)),
            Self::Zstd => Box::new(zstd::stream::read::Decoder::new(stream)?),
            Self::Utf16Le => Box::new(Utf16::new(stream, UTF_16LE.new_decoder_with_bom_removal())),
            Self::Utf16Be => Box::new(Utf16::new(stream, UTF_16BE.new_decoder_with_bom_removal())),
        };
        let (begin, unpacked) = peek(unpacked)?;
        match Self::of(&begin)? {
            Self::Plain => Ok(Box::new(unpacked)),
            inner @ (Self::Utf16Le | Self::Utf16Be) if matches!(self, Self::Gzip | Self::Zstd) => {
                inner.unpack(unpacked)
            }
            _ => Err(io::Error::new(
                io::ErrorKind::InvalidData,
                NoLines::NotText("packed more than once"),
            )),
        }
    }
}

/// A stream whose first bytes were looked at.
pub(super) type Peeked<R> = io::Chain<Cursor<Vec<u8>>, R>;

/// The first bytes of a stream, and the whole of it. Waits for no more than it needs to tell what it is.
pub(super) fn peek<R: Read>(mut stream: R) -> io::Result<(Vec<u8>, Peeked<R>)> {
    let mut begin = vec![0; LOOKED_AT];
    let mut filled = 0;
    loop {
        match stream.read(begin.get_mut(filled..).unwrap_or_default()) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        }
        // A line that is typed is not kept waiting: text is known by its first byte, or nearly.
        let is_text = |byte: &u8| byte.is_ascii_whitespace() || (byte.is_ascii_graphic() && *byte != b'(');
        if filled >= 16 || begin.first().is_some_and(is_text) {
            break;
        }
    }
    begin.truncate(filled);
    Ok((begin.clone(), Cursor::new(begin).chain(stream)))
}

/// UTF-16 as UTF-8. What is no UTF-16 becomes a byte that is no UTF-8, so that its line is refused as what it is.
struct Utf16<R> {
    stream: R,
    decoder: Decoder,
    raw: Vec<u8>,
    text: Vec<u8>,
    given: usize,
    ended: bool,
}

impl<R: Read> Utf16<R> {
    fn new(stream: R, decoder: Decoder) -> Self {
        Self {
            stream,
            decoder,
            raw: vec![0; READ_BYTES],
            text: Vec::new(),
            given: 0,
            ended: false,
        }
    }

    fn refill(&mut self) -> io::Result<()> {
        let read = self.stream.read(&mut self.raw)?;
        self.ended = read == 0;
        self.text.clear();
        self.given = 0;
        let mut raw = self.raw.get(..read).unwrap_or_default();
        let mut piece = vec![0; READ_BYTES];
        loop {
            let (result, read, written) = self
                .decoder
                .decode_to_utf8_without_replacement(raw, &mut piece, self.ended);
            raw = raw.get(read..).unwrap_or_default();
            self.text
                .extend_from_slice(piece.get(..written).unwrap_or_default());
            match result {
                DecoderResult::InputEmpty => return Ok(()),
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(..) => self.text.push(0xff),
            }
        }
    }
}

impl<R: Read> Read for Utf16<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.given == self.text.len() && !self.ended {
            self.refill()?;
        }
        let rest = self.text.get(self.given..).unwrap_or_default();
        let count = (&mut &*rest).read(out)?;
        self.given += count;
        Ok(count)
    }
}

/// A regular file and how to read it. Readers of it have places of their own.
#[derive(Clone, Debug)]
pub(crate) struct Content {
    file: Arc<File>,
    packing: Packing,
}

impl Content {
    /// Of an open file.
    ///
    /// # Errors
    /// What reading its beginning gave; `InvalidData` where it is no text.
    pub(crate) fn of(file: File) -> io::Result<Self> {
        let file = Arc::new(file);
        let (begin, _) = peek(At {
            file: Arc::clone(&file),
            at: 0,
        })?;
        let packing = Packing::of(&begin)?;
        if packing != Packing::Plain {
            // What is packed is looked at, too.
            drop(packing.unpack(At {
                file: Arc::clone(&file),
                at: 0,
            })?);
        }
        Ok(Self { file, packing })
    }

    /// The file itself.
    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    /// Whether its places are those of the file.
    pub(crate) fn is_plain(&self) -> bool {
        self.packing == Packing::Plain
    }

    /// The text from a place on, to look at.
    ///
    /// # Errors
    /// What reading up to there gave.
    pub(crate) fn read_from(&self, offset: u64) -> io::Result<Box<dyn Read + Send>> {
        let file = Arc::clone(&self.file);
        self.text(offset, |at| Ok(At { file, at }))
    }

    /// The text from a place on, to consume, once. The file's own place goes along, so that tools which show how far a program
    /// has come (`progress`, `pv -d`, `lsof -o`) see it.
    ///
    /// # Errors
    /// What reading up to there gave.
    pub(crate) fn consume_from(&self, offset: u64) -> io::Result<Box<dyn Read + Send>> {
        let file = Arc::clone(&self.file);
        self.text(offset, |at| {
            (&*file).seek(SeekFrom::Start(at))?;
            Ok(file)
        })
    }

    fn text<R: Read + Send + 'static>(
        &self,
        offset: u64,
        open_at: impl FnOnce(u64) -> io::Result<R>,
    ) -> io::Result<Box<dyn Read + Send>> {
        if self.is_plain() {
            return Ok(Box::new(open_at(offset)?));
        }
        let mut text = self.packing.unpack(open_at(0)?)?;
        io::copy(&mut text.by_ref().take(offset), &mut io::sink())?;
        Ok(text)
    }

    /// The hash of the text between two places, begun and not ended; nothing where the text ends before.
    ///
    /// # Errors
    /// What reading gave.
    pub(crate) fn hash(&self, from: u64, to: u64) -> io::Result<Option<Sha256>> {
        let mut text = self.read_from(from)?.take(to.saturating_sub(from));
        let mut hash = Sha256::new();
        let mut chunk = vec![0; READ_BYTES];
        let mut at = from;
        while at < to {
            match text.read(&mut chunk) {
                Ok(0) => return Ok(None),
                Ok(read) => {
                    hash.update(chunk.get(..read).unwrap_or_default());
                    at += read as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // What is packed and ends early proves nothing behind its end.
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
                Err(error) => return Err(error),
            }
        }
        Ok(Some(hash))
    }
}

/// A file, read from a place of its own.
#[derive(Debug)]
struct At {
    file: Arc<File>,
    at: u64,
}

impl Read for At {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read_at(out, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn read(bytes: &[u8]) -> io::Result<Vec<u8>> {
        let (begin, stream) = peek(bytes)?;
        let mut text = Vec::new();
        Packing::of(&begin)?.unpack(stream)?.read_to_end(&mut text)?;
        Ok(text)
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        out.write_all(bytes).unwrap();
        out.finish().unwrap()
    }

    fn zstd(bytes: &[u8]) -> Vec<u8> {
        zstd::encode_all(bytes, 1).unwrap()
    }

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        std::iter::once(0xfeff)
            .chain(text.encode_utf16())
            .flat_map(bytes)
            .collect()
    }

    const TEXT: &str = "{\"a\": \"é 😀\"}\n{}\n";

    #[test]
    fn text_is_read_however_it_is_packed() {
        for piece in [TEXT.to_owned(), TEXT.repeat(100_000)] {
            let (le, be) = (utf16(&piece, u16::to_le_bytes), utf16(&piece, u16::to_be_bytes));
            let raw = piece.as_bytes();
            for packed in [raw.to_vec(), gzip(raw), zstd(raw), gzip(&le), zstd(&be), le, be] {
                assert!(read(&packed).unwrap() == raw, "{:?}", &packed[..8]);
            }
            let twice = [raw, raw].concat();
            assert!(
                read(&[gzip(raw), gzip(raw)].concat()).unwrap() == twice,
                "members"
            );
            assert!(read(&[zstd(raw), zstd(raw)].concat()).unwrap() == twice, "frames");
        }
    }

    #[test]
    fn what_is_no_utf16_is_no_utf8() {
        let text = read(b"\xff\xfea\0\n\0\0\xd8\n\0b\0").unwrap();
        assert_eq!(text, b"a\n\xff\nb");
    }

    #[test]
    fn what_is_no_text_is_told_as_what_it_is() {
        let utf16: Vec<u8> = TEXT.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut tar = vec![b'a'; 512];
        tar[257..262].copy_from_slice(b"ustar");
        let binary: Vec<u8> = (0..=255).cycle().take(4_096).collect();
        let cases: [(&[u8], &str); 9] = [
            (b"PK\x03\x04abc", "a zip archive"),
            (b"BZh91AY&SY", "bzip2"),
            (b"\xfd7zXZ\0\0", "xz"),
            (b"Obj\x01\x04", "an Avro file"),
            (b"\xff\xfe\0\0a\0\0\0", "UTF-32"),
            (&utf16, "without a byte order mark"),
            (&binary, "binary data"),
            (&tar, "a tar archive"),
            (&gzip(&gzip(b"{}")), "more than once"),
        ];
        for (bytes, what) in cases {
            let error = read(bytes).unwrap_err();
            assert!(error.to_string().contains(what), "{what}: {error}");
            let error = read(&gzip(bytes)).unwrap_err();
            assert!(error.to_string().contains("not text"), "{what}, packed: {error}");
        }
    }

    #[test]
    fn text_with_a_fault_is_still_text() {
        let mut hole = vec![0; 5_000];
        hole.extend_from_slice(TEXT.as_bytes());
        for text in [
            &b"{\"a\": \"caf\xe9\"}\n"[..],
            b"",
            b"\x1b[31m{}\x1b[0m\n",
            b"\xef\xbb\xbf{}\n",
            "плохо: это не JSON\n".as_bytes(),
            &hole,
            b"{\"a\": \"\0\"}\n",
            // One bad line among good ones is that line's fault.
            b"[1, 2]\n{\"a\": 1}\n",
            b"[{\"a\": 1}]\n{\"a\": 1}\n",
            b"[\n",
            b"[\n{\"a\": 1}\n{\"a\": 2}\n",
            b"{\n{\"a\": 1}\n",
            b"{",
            b"<a>\n{\"a\": 1}\n",
            b"workspace,event_type\n",
        ] {
            assert_eq!(read(text).unwrap(), text);
        }
    }

    #[test]
    fn text_that_is_not_one_object_a_line_is_told_as_what_it_is() {
        let long = format!("[{{\"event\": \"{}\"}}]", "a".repeat(LOOKED_AT));
        let cases: [(&str, &str); 9] = [
            ("[{\"a\": 1},\n{\"a\": 2}]\n", "one JSON array"),
            ("[\n  {\"a\": 1},\n  {\"a\": 2}\n]\n", "one JSON array"),
            ("[{\"a\": 1},{\"a\": 2}]", "one JSON array"),
            (&long, "one JSON array"),
            ("\u{feff}{\n  \"workspace\": \"acme\"\n}\n", "over several lines"),
            ("\r\n{\r\n\"workspace\": \"acme\"}\r\n", "over several lines"),
            ("<!DOCTYPE html>\n<html>", "an HTML page"),
            ("<html><body>Sign in</body></html>\n", "an HTML page"),
            ("<?xml version=\"1.0\"?>\n<Error/>", "an XML document"),
        ];
        for (text, what) in cases {
            for packed in [text.as_bytes(), &gzip(&utf16(text, u16::to_le_bytes))] {
                let said = read(packed).map_or_else(|error| error.to_string(), |_| "text".into());
                assert!(said.contains(what), "{what}: {said}");
            }
        }
    }

    #[test]
    fn what_ends_early_is_an_error_behind_what_is_there() {
        let packed = gzip(TEXT.repeat(1_000).as_bytes());
        let error = read(&packed[..packed.len() - 9]).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    }
}
