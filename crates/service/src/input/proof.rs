//! What proves an input: hashes of the bytes consumed, one for each 64 MB. Hashes and compares; decides nothing.

use bucketline_spool::ContentProof;
use sha2::{Digest as _, Sha256};

use super::content::Content;

/// How many bytes a hash is over before the next one begins. It ends with a batch, so it is over a little more.
const STRETCH: u64 = 64 * 1_024 * 1_024;

/// How much is read again to prove an input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "some, or all")]
pub enum Thoroughness {
    /// The first 64 MB that were consumed, and the last.
    #[default]
    Ends,
    /// All that was consumed.
    All,
}

/// Hashes what is consumed.
#[derive(Clone, Debug)]
pub(crate) struct Prover {
    hash: Sha256,
    from: u64,
    to: u64,
    stretch: u64,
}

impl Prover {
    /// From a place on, where what stands before it is proved.
    pub(crate) fn from(from: u64) -> Self {
        Self::resumed(Sha256::new(), from, from)
    }

    /// After a hash of what stands between two places.
    fn resumed(hash: Sha256, from: u64, to: u64) -> Self {
        Self {
            hash,
            from,
            to,
            stretch: STRETCH,
        }
    }

    /// A hash that is long enough is ended.
    fn go_on(&mut self) {
        if self.to - self.from >= self.stretch {
            (self.hash, self.from) = (Sha256::new(), self.to);
        }
    }

    pub(crate) fn consume(&mut self, bytes: &[u8]) {
        self.hash.update(bytes);
        self.to += bytes.len() as u64;
    }

    /// The proof of what was consumed to here.
    pub(crate) fn proof(&mut self) -> ContentProof {
        let proof = ContentProof {
            from: self.from,
            to: self.to,
            sha256: self.hash.clone().finalize().into(),
        };
        self.go_on();
        proof
    }
}

/// The proofs of one input, in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Proofs(Vec<ContentProof>);

/// What comes of holding proofs against content.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// It is what was consumed; the prover goes on from there.
    Same(Box<Prover>),
    Shorter,
    Other,
}

impl Proofs {
    pub(crate) fn new(proofs: Vec<ContentProof>) -> Self {
        Self(proofs)
    }

    /// Adds the next one, as the log does.
    pub(crate) fn add(&mut self, proof: ContentProof) {
        self.0.retain(|before| before.from < proof.from);
        self.0.push(proof);
    }

    /// Where the first one ends, if any.
    pub(crate) fn first(&self) -> Option<ContentProof> {
        self.0.first().copied().filter(|first| first.from == 0)
    }

    /// How many bytes have to be read again to prove it.
    pub(crate) fn cost(&self) -> u64 {
        let length = |proof: Option<&ContentProof>| proof.map_or(0, |proof| proof.to - proof.from);
        match self.0.as_slice() {
            [only] => length(Some(only)),
            proofs => length(proofs.first()) + length(proofs.last()),
        }
    }

    /// Holds them against content.
    ///
    /// # Errors
    /// What reading gave.
    pub(crate) fn verify(&self, content: &Content, thoroughness: Thoroughness) -> std::io::Result<Verdict> {
        let last = self.0.len().saturating_sub(1);
        let mut prover = Prover::from(0);
        for (at, proof) in self.0.iter().enumerate() {
            if thoroughness == Thoroughness::Ends && at != 0 && at != last {
                continue;
            }
            let Some(hash) = content.hash(proof.from, proof.to)? else {
                return Ok(Verdict::Shorter);
            };
            if hash.clone().finalize()[..] != proof.sha256[..] {
                return Ok(Verdict::Other);
            }
            prover = Prover::resumed(hash, proof.from, proof.to);
        }
        prover.go_on();
        Ok(Verdict::Same(Box::new(prover)))
    }
}

impl Proofs {
    /// Reads over what they prove of a stream that is sent again.
    ///
    /// # Errors
    /// What reading gave.
    pub(crate) fn pass_over(&self, stream: &mut dyn std::io::Read) -> std::io::Result<Verdict> {
        let mut prover = Prover::from(0);
        let mut chunk = vec![0; 65_536];
        for proof in &self.0 {
            let mut missing = proof.to.saturating_sub(prover.to);
            while missing > 0 {
                let wanted = chunk.len().min(usize::try_from(missing).unwrap_or(usize::MAX));
                let read = match stream.read(chunk.get_mut(..wanted).unwrap_or_default()) {
                    Ok(0) => return Ok(Verdict::Shorter),
                    Ok(read) => read,
                    Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                    Err(error) => return Err(error),
                };
                prover.consume(chunk.get(..read).unwrap_or_default());
                missing -= read as u64;
            }
            if prover.hash.clone().finalize()[..] != proof.sha256[..] {
                return Ok(Verdict::Other);
            }
            prover.go_on();
        }
        Ok(Verdict::Same(Box::new(prover)))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    /// A file, and its proofs as batches of 10 bytes give them, with a hash for each 30.
    fn proved(bytes: &[u8]) -> (std::fs::File, Proofs) {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        let mut prover = Prover {
            stretch: 30,
            ..Prover::from(0)
        };
        let mut proofs = Proofs::default();
        for batch in bytes.chunks(10) {
            prover.consume(batch);
            proofs.add(prover.proof());
        }
        (file, proofs)
    }

    fn held(file: &std::fs::File, proofs: &Proofs, thoroughness: Thoroughness) -> String {
        let content = Content::of(file.try_clone().unwrap()).unwrap();
        let verdict = proofs.verify(&content, thoroughness).unwrap();
        match verdict {
            Verdict::Same(prover) => format!("same, {}..{}", prover.from, prover.to),
            Verdict::Shorter => "shorter".to_owned(),
            Verdict::Other => "other".to_owned(),
        }
    }

    #[test]
    fn the_ends_are_always_read_again_and_all_when_asked() {
        use std::os::unix::fs::FileExt as _;
        let bytes: Vec<u8> = (b'a'..=b'z').cycle().take(105).collect();
        let (file, proofs) = proved(&bytes);
        assert_eq!(proofs.0.len(), 4);
        for thoroughness in [Thoroughness::Ends, Thoroughness::All] {
            assert_eq!(held(&file, &proofs, thoroughness), "same, 90..105");
        }
        for (at, ends, all) in [
            (0, "other", "other"),
            (29, "other", "other"),
            (30, "same, 90..105", "other"),
            (89, "same, 90..105", "other"),
            (90, "other", "other"),
            (104, "other", "other"),
        ] {
            file.write_all_at(b"#", at).unwrap();
            assert_eq!(held(&file, &proofs, Thoroughness::Ends), ends, "{at}");
            assert_eq!(held(&file, &proofs, Thoroughness::All), all, "{at}");
            let was = usize::try_from(at).unwrap();
            file.write_all_at(&bytes[was..=was], at).unwrap();
        }
        file.set_len(104).unwrap();
        assert_eq!(held(&file, &proofs, Thoroughness::Ends), "shorter");
    }
}
