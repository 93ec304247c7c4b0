//! How often the pages may be called: by one address, and by one person for what weighs more.

use std::net::IpAddr;

use axum::extract::Request;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::{domain::PersonId, web::server::Peer};

/// Calls a minute of one address; a person on a page makes three.
const BY_ADDRESS: u32 = 60;

/// Credentials brought, or keys opened, a minute by one person.
const BY_PERSON: u32 = 10;

/// See the module's text.
pub(super) struct Limits {
    addresses: DefaultKeyedRateLimiter<IpAddr>,
    people: DefaultKeyedRateLimiter<PersonId>,
}

impl Default for Limits {
    fn default() -> Self {
        let a_minute =
            |count: u32| Quota::per_minute(count.try_into().unwrap_or(std::num::NonZeroU32::MIN));
        Self {
            addresses: RateLimiter::keyed(a_minute(BY_ADDRESS)),
            people: RateLimiter::keyed(a_minute(BY_PERSON)),
        }
    }
}

impl Limits {
    pub(super) fn lets_in(&self, request: &Request) -> bool {
        let address = address(request);
        self.addresses.retain_recent();
        address.is_none_or(|address| self.addresses.check_key(&address).is_ok())
    }

    pub(super) fn lets(&self, person: PersonId) -> bool {
        self.people.retain_recent();
        self.people.check_key(&person).is_ok()
    }
}

/// Who calls: a proxy on this machine says for whom, and nobody else is believed.
fn address(request: &Request) -> Option<IpAddr> {
    let Peer(peer) = request.extensions().get().copied()?;
    if !peer.is_loopback() {
        return Some(peer);
    }
    let said = request.headers().get("x-forwarded-for");
    let said = said.and_then(|said| said.to_str().ok());
    let last = said.and_then(|said| said.rsplit(',').next()?.trim().parse().ok());
    Some(last.unwrap_or(peer))
}
