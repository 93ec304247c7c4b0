//! The keys of Botanalytics: JWTs signed with HS256, with the claims `channel`, `iat` and `jti`.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::json;

use crate::sandbox::dice::mac;

/// Signs the sandbox's keys; it protects nothing.
const SIGNING_KEY: [u8; 32] = *b"botanalytics sandbox signing key";

/// A key for that channel. `issued_at_s` is in seconds since 1970.
pub(super) fn issue(channel: &str, issued_at_s: i64, id: &str) -> String {
    let header = json!({"alg": "HS256", "typ": "JWT"});
    let claims = json!({"channel": channel, "iat": issued_at_s, "jti": id});
    let encode = |part: &[u8]| URL_SAFE_NO_PAD.encode(part);
    let header = encode(header.to_string().as_bytes());
    let claims = encode(claims.to_string().as_bytes());
    let signed = format!("{header}.{claims}");
    let signature = encode(&mac(&SIGNING_KEY, signed.as_bytes()));
    format!("{signed}.{signature}")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn a_key_names_its_channel() {
        let key = issue("universal", 1_700_000_000, "one");
        let parts: Vec<&str> = key.split('.').collect();
        assert_eq!(parts.len(), 3);
        let claims = URL_SAFE_NO_PAD.decode(parts[1]).unwrap();
        let claims: Value = serde_json::from_slice(&claims).unwrap();
        let wanted = json!({"channel": "universal", "iat": 1_700_000_000, "jti": "one"});
        assert_eq!(claims, wanted);
        assert_ne!(key, issue("universal", 1_700_000_000, "two"));
    }
}
