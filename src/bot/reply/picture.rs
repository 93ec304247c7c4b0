//! A QR code as a PNG: black and white, one bit a pixel, not compressed, since it is small and is sent once. It is made from a secret
//! and goes straight to Telegram.

use qrcodegen::{QrCode, QrCodeEcc};

use crate::secret::Secret;

/// Pixels of a module, in each direction: a byte of a row each, so that a row is whole bytes.
const SCALE: usize = 8;

/// Modules that stay white around it, as the standard wants them.
const BORDER: usize = 4;

/// What one uncompressed block of a zlib stream holds.
const BLOCK: usize = 65_535;

/// The picture of a text; nothing for one that is too long.
#[expect(
    clippy::disallowed_methods,
    reason = "the secret is put into the picture for its person"
)]
pub(super) fn of(text: &Secret) -> Option<Vec<u8>> {
    let code = QrCode::encode_text(text.expose(), QrCodeEcc::Medium).ok()?;
    let modules = usize::try_from(code.size()).ok()? + 2 * BORDER;
    let mut rows = Vec::with_capacity(modules * SCALE * (modules + 1));
    for y in 0..modules {
        let mut row = vec![0];
        row.extend((0..modules).map(|x| if is_black(&code, x, y) { 0 } else { 0xFF }));
        for _ in 0..SCALE {
            rows.extend_from_slice(&row);
        }
    }
    let side = u32::try_from(modules * SCALE).ok()?;
    Some(png(side, &rows))
}

fn is_black(code: &QrCode, x: usize, y: usize) -> bool {
    let inside = |at: usize| at.checked_sub(BORDER).and_then(|at| i32::try_from(at).ok());
    // Outside of it everything is white.
    matches!((inside(x), inside(y)), (Some(x), Some(y)) if code.get_module(x, y))
}

/// A square picture of one bit a pixel; each row begins with the filter zero.
fn png(side: u32, rows: &[u8]) -> Vec<u8> {
    let mut header = Vec::with_capacity(13);
    header.extend_from_slice(&side.to_be_bytes());
    header.extend_from_slice(&side.to_be_bytes());
    // One bit of grey, and the only compression, filter and order that there are.
    header.extend_from_slice(&[1, 0, 0, 0, 0]);
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut png, *b"IHDR", &header);
    chunk(&mut png, *b"IDAT", &zlib(rows));
    chunk(&mut png, *b"IEND", &[]);
    png
}

fn chunk(png: &mut Vec<u8>, name: [u8; 4], content: &[u8]) {
    let length = u32::try_from(content.len()).unwrap_or(u32::MAX);
    png.extend_from_slice(&length.to_be_bytes());
    let begin = png.len();
    png.extend_from_slice(&name);
    png.extend_from_slice(content);
    let sum = crc32(&png[begin..]);
    png.extend_from_slice(&sum.to_be_bytes());
}

/// As blocks that are stored as they are.
fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut stream = vec![0x78, 0x01];
    let mut blocks = bytes.chunks(BLOCK).peekable();
    while let Some(block) = blocks.next() {
        let length = u16::try_from(block.len()).unwrap_or(u16::MAX);
        stream.push(u8::from(blocks.peek().is_none()));
        stream.extend_from_slice(&length.to_le_bytes());
        stream.extend_from_slice(&(!length).to_le_bytes());
        stream.extend_from_slice(block);
    }
    stream.extend_from_slice(&adler32(bytes).to_be_bytes());
    stream
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            (sum >> 1) ^ (0xEDB8_8320 & (sum & 1).wrapping_neg())
        })
    })
}

fn adler32(bytes: &[u8]) -> u32 {
    let (low, high) = bytes.iter().fold((1, 0), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % 65_521;
        (low, (high + low) % 65_521)
    });
    high << 16 | low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_those_of_the_standards() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(crc32(b"IEND"), 0xAE42_6082);
        assert_eq!(adler32(b"Wikipedia"), 0x11E6_0398);
    }

    #[test]
    fn a_picture_is_square_and_has_three_finder_marks() {
        let png = of(&Secret::new("otpauth://totp/x?secret=GEZDGNBV".to_owned())).unwrap();
        assert!(
            png.starts_with(b"\x89PNG\r\n\x1a\n") && png.ends_with(&0xAE42_6082_u32.to_be_bytes())
        );
        let side = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap()) as usize;
        assert_eq!(side(16), side(20));
        let modules = side(16) / SCALE;
        // Behind the signature, the header, the name of the data, the zlib header and that of the block.
        let rows = 8 + 25 + 8 + 2 + 5;
        let black = |x: usize, y: usize| png[rows + y * SCALE * (modules + 1) + 1 + x] == 0;
        let end = modules - BORDER - 1;
        for (x, y) in [(BORDER, BORDER), (end, BORDER), (BORDER, end)] {
            assert!(black(x, y), "{x} {y}");
        }
        assert!(!black(0, 0) && !black(end + 1, end + 1) && !black(BORDER + 1, BORDER + 1));
    }

    #[test]
    fn what_is_too_long_for_a_picture_has_none() {
        assert!(of(&Secret::new("x".repeat(10_000))).is_none());
        // Larger than one block.
        assert!(of(&Secret::new("x".repeat(2_000))).is_some_and(|png| png.len() > BLOCK));
    }
}
