//! The pages' files, as they stand in the program. They hold nothing of anybody: whoever asks gets the same.

use axum::{
    Router,
    http::{StatusCode, header},
    routing::get,
};

/// Path, media type, content.
const FILES: [(&str, &str, &str); 6] = [
    (
        "/app/link",
        "text/html; charset=utf-8",
        include_str!("assets/link.html"),
    ),
    (
        "/app/key",
        "text/html; charset=utf-8",
        include_str!("assets/key.html"),
    ),
    (
        "/app/assets/app.css",
        "text/css; charset=utf-8",
        include_str!("assets/app.css"),
    ),
    (
        "/app/assets/client.js",
        "text/javascript; charset=utf-8",
        include_str!("assets/client.js"),
    ),
    (
        "/app/assets/link.js",
        "text/javascript; charset=utf-8",
        include_str!("assets/link.js"),
    ),
    (
        "/app/assets/key.js",
        "text/javascript; charset=utf-8",
        include_str!("assets/key.js"),
    ),
];

pub(super) fn routes() -> Router {
    // Browsers ask for it on their own.
    let mut router = Router::new().route("/favicon.ico", get(async || StatusCode::NO_CONTENT));
    for (path, media_type, content) in FILES {
        let file = move || async move { ([(header::CONTENT_TYPE, media_type)], content) };
        // A page's own path takes calls by POST, too.
        router = router.route(path, get(file));
    }
    router
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_page_is_light() {
        let bytes: usize = FILES.iter().map(|(_, _, content)| content.len()).sum();
        assert!(bytes < 50_000, "{bytes} bytes");
    }
}
