//! The page's files, built into the program.

use axum::{
    http::header,
    response::{IntoResponse, Response},
};

/// A file and where it is served.
pub(super) struct File {
    pub(super) path: &'static str,
    content_type: &'static str,
    content: &'static str,
}

impl File {
    pub(super) fn response(&self) -> Response {
        ([(header::CONTENT_TYPE, self.content_type)], self.content).into_response()
    }
}

/// A file of the page's folder, under its own name; the type says how browsers read it.
macro_rules! file {
    ($type:literal, $name:literal) => {
        file!($type, $name, concat!("/", $name))
    };
    ($type:literal, $name:literal, $path:expr) => {
        File {
            path: $path,
            content_type: concat!("text/", $type, "; charset=utf-8"),
            content: include_str!(concat!("../page/", $name)),
        }
    };
}

pub(super) static FILES: [File; 31] = [
    file!("html", "index.html", "/"),
    file!("css", "theme.css"),
    file!("css", "layout.css"),
    file!("css", "chat.css"),
    file!("css", "members.css"),
    file!("css", "message.css"),
    file!("css", "composer.css"),
    file!("css", "panel.css"),
    file!("css", "notices.css"),
    file!("javascript", "api.js"),
    file!("javascript", "badday.js"),
    file!("javascript", "buttons.js"),
    file!("javascript", "chat.js"),
    file!("javascript", "clipboard.js"),
    file!("javascript", "commands.js"),
    file!("javascript", "composer.js"),
    file!("javascript", "dom.js"),
    file!("javascript", "fields.js"),
    file!("javascript", "guide.js"),
    file!("javascript", "here.js"),
    file!("javascript", "links.js"),
    file!("javascript", "main.js"),
    file!("javascript", "members.js"),
    file!("javascript", "message.js"),
    file!("javascript", "navigation.js"),
    file!("javascript", "notices.js"),
    file!("javascript", "panel.js"),
    file!("javascript", "said.js"),
    file!("javascript", "theme.js"),
    file!("javascript", "time.js"),
    file!("javascript", "words.js"),
];
