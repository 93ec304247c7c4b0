//! Who may talk to the control API: programs on this machine and its own page, but no page from elsewhere.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::Refusal;

/// Put on every answer.
const HEADERS: [(HeaderName, &str); 4] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
];

pub(super) async fn guard(request: Request, next: Next) -> Response {
    let mut response = match check(&request) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    };
    for (name, value) in HEADERS {
        let value = HeaderValue::from_static(value);
        response.headers_mut().insert(name, value);
    }
    response
}

fn check(request: &Request) -> Result<(), Refusal> {
    let forbidden = |why: &str| Err(Refusal(StatusCode::FORBIDDEN, why.to_owned()));
    let headers = request.headers();
    let host = text(headers, &header::HOST);
    // A name that resolves to this machine is not enough: another page's name could.
    if !is_loopback(host) {
        return forbidden("Only this machine may ask, by its loopback address.");
    }
    if headers.contains_key(header::ORIGIN) {
        let origin = text(headers, &header::ORIGIN);
        if origin.strip_prefix("http://") != Some(host) {
            return forbidden("A page from elsewhere may not ask.");
        }
    }
    if request.method() == Method::POST {
        let content_type = text(headers, &header::CONTENT_TYPE);
        let media_type = content_type.split(';').next().unwrap_or_default();
        if media_type.trim() != "application/json" {
            let why = "The body must be application/json.".to_owned();
            return Err(Refusal(StatusCode::UNSUPPORTED_MEDIA_TYPE, why));
        }
    }
    Ok(())
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> &'a str {
    let value = headers.get(name);
    let value = value.and_then(|value| value.to_str().ok());
    value.unwrap_or_default()
}

/// Whether a `Host` is loopback, with or without a port.
fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) => name,
        _ => host,
    };
    matches!(name, "127.0.0.1" | "localhost" | "[::1]")
}
