//! How often the pages may be called: by one address, and by one person for what weighs more.

use std::{hash::Hash, net::IpAddr};

use axum::extract::Request;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::{domain::PersonId, web::server::Peer};

/// Calls a minute of one address; a person on a page makes three, and many may be behind one address.
const BY_ADDRESS: u32 = 600;

/// Credentials brought, or keys opened, a minute by one person.
const BY_PERSON: u32 = 30;

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
        forget_quiet(&self.addresses);
        address.is_none_or(|address| self.addresses.check_key(&address).is_ok())
    }

    pub(super) fn lets(&self, person: PersonId) -> bool {
        forget_quiet(&self.people);
        self.people.check_key(&person).is_ok()
    }
}

/// Who calls: a proxy on this machine or in its private network says for whom, in the last line that it has added. Nobody else is believed.
fn address(request: &Request) -> Option<IpAddr> {
    let Peer(peer) = request.extensions().get().copied()?;
    let peer = peer.to_canonical();
    if !is_near(peer) {
        return Some(peer);
    }
    let said = request.headers().get_all("x-forwarded-for");
    let said = said.iter().next_back().and_then(|said| said.to_str().ok());
    let last = said.and_then(|said| said.rsplit(',').next()?.trim().parse().ok());
    Some(last.unwrap_or(peer))
}

/// A proxy's place: this machine, or a private network such as a container's.
fn is_near(peer: IpAddr) -> bool {
    match peer {
        IpAddr::V4(peer) => peer.is_loopback() || peer.is_private(),
        IpAddr::V6(peer) => peer.is_loopback() || peer.is_unique_local(),
    }
}

/// Many addresses cost no memory for long.
fn forget_quiet<K: Hash + Eq + Clone>(limiter: &DefaultKeyedRateLimiter<K>) {
    if limiter.len() > 10_000 {
        limiter.retain_recent();
    }
}
