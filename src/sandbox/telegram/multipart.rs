//! A body of `multipart/form-data`: text fields and files.
//!
//! Stricter than Telegram: a file has a name, a type and a content, and no part is nameless.

use axum::{body::Bytes, http::header};

use super::refusal::Refusal;
use crate::sandbox::service::Incoming;

/// The largest file that a bot may send, in bytes.
pub(super) const FILE_BYTES_MAX: usize = 50 * 1000 * 1000;

/// A file as it was sent.
pub(super) struct Upload {
    pub(super) field: String,
    pub(super) name: String,
    pub(super) media_type: String,
    pub(super) bytes: Bytes,
}

type Parts = (Vec<(String, String)>, Vec<Upload>);

pub(super) async fn read(incoming: &Incoming) -> Result<Parts, Refusal> {
    let unreadable = |_| Refusal::bad("can't parse multipart body");
    let content_type = incoming.headers.get(header::CONTENT_TYPE);
    let content_type = content_type.and_then(|value| value.to_str().ok());
    let boundary = multer::parse_boundary(content_type.unwrap_or_default()).map_err(unreadable)?;
    let body = incoming.body.clone();
    let stream = futures::stream::once(async { Ok::<_, std::convert::Infallible>(body) });
    let mut parts = multer::Multipart::new(stream, boundary);
    let (mut fields, mut files) = (Vec::new(), Vec::new());
    while let Some(part) = parts.next_field().await.map_err(unreadable)? {
        let field = part.name().unwrap_or_default().to_owned();
        if field.is_empty() {
            return Err(Refusal::bad("a part has no name"));
        }
        let Some(name) = part.file_name().map(str::to_owned) else {
            fields.push((field, part.text().await.map_err(unreadable)?));
            continue;
        };
        let media_type = part.content_type().map(ToString::to_string);
        let media_type = media_type.ok_or_else(|| Refusal::bad("a file has no type"))?;
        let bytes = part.bytes().await.map_err(unreadable)?;
        if bytes.is_empty() || name.is_empty() {
            return Err(Refusal::bad("file must be non-empty"));
        }
        if bytes.len() > FILE_BYTES_MAX {
            return Err(Refusal::too_large());
        }
        files.push(Upload {
            field,
            name,
            media_type,
            bytes,
        });
    }
    Ok((fields, files))
}
