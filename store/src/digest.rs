//! SHA-256 of what passes by while a file is written: of the whole, of each
//! batch, and of everything outside the batches.

use std::io::{self, Write};

use sha2::{Digest, Sha256};

/// The SHA-256 of some bytes, in lower-case hexadecimal digits.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex(Sha256::digest(bytes).as_slice())
}

/// The SHA-256 of several pieces as if they were one.
pub(crate) fn sha256_of<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut state = Sha256::new();
    for piece in pieces {
        state.update(piece);
    }
    hex(state.finalize().as_slice())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The checksums and the length of a file that has been written.
pub(crate) struct Seal {
    pub(crate) bytes: u64,
    pub(crate) whole: String,
    pub(crate) outside: String,
}

/// A writer that takes checksums on the way.
pub(crate) struct Sealing<W> {
    inner: W,
    bytes: u64,
    whole: Sha256,
    outside: Sha256,
    batch: Option<Sha256>,
}

impl<W: Write> Sealing<W> {
    pub(crate) fn new(inner: W) -> Sealing<W> {
        let (whole, outside) = (Sha256::new(), Sha256::new());
        Sealing { inner, bytes: 0, whole, outside, batch: None }
    }

    /// Bytes written so far.
    pub(crate) fn position(&self) -> u64 {
        self.bytes
    }

    /// What follows belongs to a batch.
    pub(crate) fn begin_batch(&mut self) {
        self.batch = Some(Sha256::new());
    }

    /// The checksum of the batch; what follows is outside again.
    pub(crate) fn end_batch(&mut self) -> String {
        let state = self.batch.take().unwrap_or_default();
        hex(state.finalize().as_slice())
    }

    /// The writer below, and the checksums.
    pub(crate) fn finish(self) -> (W, Seal) {
        let whole = hex(self.whole.finalize().as_slice());
        let outside = hex(self.outside.finalize().as_slice());
        (self.inner, Seal { bytes: self.bytes, whole, outside })
    }
}

impl<W: Write> Write for Sealing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.inner.write(bytes)?;
        let written = bytes.get(..count).unwrap_or(bytes);
        self.whole.update(written);
        self.batch.as_mut().unwrap_or(&mut self.outside).update(written);
        self.bytes += written.len() as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
