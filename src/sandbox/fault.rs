//! Faults on request: which call is struck, how often, and what happens to it.
//!
//! A rule never touches another service than its own, and is gone once it has acted as often as it should.

use std::{sync::Arc, time::Duration};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::changes::{Changes, Kept};

/// One of the emulated services.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServiceName {
    /// Telegram's Bot API.
    Telegram,
    /// `BotSubscription`'s API.
    #[serde(rename = "botsubscription")]
    BotSubscription,
    /// `Bots.Business`'s API.
    BotsBusiness,
    /// Botanalytics' API.
    Botanalytics,
}

/// What happens to a call that is struck. "Effect" is what the call does when all is well.
///
/// In JSON a unit kind is its name (`"cut_before"`), the others are objects with one key: `{"delay": 1500}`,
/// `{"status": [503, null]}`, `{"rate_limited": {"retry_after_s": 3}}`; durations are milliseconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// This status, with this JSON body or none; no effect.
    Status(u16, Option<Value>),
    /// The service's own refusal of too many calls; no effect.
    RateLimited {
        /// Seconds.
        retry_after_s: u64,
    },
    /// Waits that long on the sandbox's clock, then answers as usual.
    Delay(#[serde(with = "milliseconds")] Duration),
    /// The connection is closed; no effect.
    CutBefore,
    /// Effect done, the connection is closed without an answer.
    CutAfter,
    /// No answer for as long as the client waits; no effect.
    HangBefore,
    /// Effect done, no answer for as long as the client waits.
    HangAfter,
    /// The connection is closed now; the effect happens that much later on the sandbox's clock.
    LateEffect(#[serde(with = "milliseconds")] Duration),
    /// Effect done, status 200 with bytes that are no JSON.
    Garbage,
    /// Effect done, status 200 with a web page.
    Html,
    /// Effect done; half of the answer under the `Content-Length` of the whole, then the connection is closed.
    Truncated,
    /// Effect done; status 200 and a JSON string of that many bytes which does not end.
    Huge(u64),
    /// Effect done; this status and body are sent instead of the answer.
    Replace(u16, String),
}

/// Which calls are struck, and by what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The service.
    pub service: ServiceName,
    /// The HTTP method, if only one is meant.
    #[serde(default)]
    pub method: Option<String>,
    /// For Telegram the exact name of a Bot API method, else a part of the path; none: every path.
    #[serde(default)]
    pub path: Option<String>,
    /// How many fitting calls pass before the rule acts.
    #[serde(default)]
    pub skip: u32,
    /// How often it acts; none: always.
    #[serde(default = "once")]
    pub times: Option<u32>,
    /// What happens.
    pub fault: Fault,
}

impl Rule {
    /// Strikes the next call of that service, once.
    pub fn new(service: ServiceName, fault: Fault) -> Self {
        Self {
            service,
            method: None,
            path: None,
            skip: 0,
            times: once(),
            fault,
        }
    }

    /// Only calls with this HTTP method.
    #[must_use]
    pub fn method(mut self, method: &str) -> Self {
        self.method = Some(method.to_owned());
        self
    }

    /// Only calls of this Bot API method (Telegram), or with this in their path (others).
    #[must_use]
    pub fn path(mut self, path: &str) -> Self {
        self.path = Some(path.to_owned());
        self
    }

    /// Lets so many fitting calls pass first.
    #[must_use]
    pub fn skip(mut self, skip: u32) -> Self {
        self.skip = skip;
        self
    }

    /// Acts so many times instead of once.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// Acts until it is cleared.
    #[must_use]
    pub fn always(mut self) -> Self {
        self.times = None;
        self
    }

    fn fits(&self, service: ServiceName, method: &str, path: &str) -> bool {
        let fits_path = |wanted: &String| match service {
            ServiceName::Telegram => path.rsplit('/').next() == Some(wanted),
            _ => path.contains(wanted.as_str()),
        };
        self.service == service
            && self.method.as_deref().is_none_or(|wanted| wanted == method)
            && self.path.as_ref().is_none_or(fits_path)
    }

    /// Counts a fitting call; true if the rule acts on it.
    fn acts(&mut self) -> bool {
        if self.skip > 0 {
            self.skip -= 1;
            return false;
        }
        match &mut self.times {
            None => true,
            Some(0) => false,
            Some(left) => {
                *left -= 1;
                true
            }
        }
    }
}

#[allow(
    clippy::unnecessary_wraps,
    reason = "serde wants the type of the field"
)]
fn once() -> Option<u32> {
    Some(1)
}

/// The rules of one sandbox. Cheap to clone.
#[derive(Clone)]
pub struct FaultHandle(Arc<Kept<Vec<Rule>>>);

impl FaultHandle {
    pub(crate) fn new(changes: &Changes) -> Self {
        Self(Arc::new(Kept::new(Vec::new(), changes)))
    }

    /// Adds a rule after those that are there; the first that fits a call and acts is the only one that does.
    pub fn add(&self, rule: Rule) {
        self.0.change(|rules| rules.push(rule));
    }

    /// Removes all rules.
    pub fn clear(&self) {
        self.0.change(Vec::clear);
    }

    /// The rules that are not yet used up, with what is left of their counts.
    pub fn pending(&self) -> Vec<Rule> {
        self.0.look(Clone::clone)
    }

    /// What happens to this call, if anything. `path` is without the query.
    pub(crate) fn strike(&self, service: ServiceName, method: &str, path: &str) -> Option<Fault> {
        if self.0.look(Vec::is_empty) {
            return None;
        }
        self.0.change(|rules| {
            let struck = rules
                .iter_mut()
                .filter(|rule| rule.fits(service, method, path))
                .find_map(|rule| rule.acts().then(|| rule.fault.clone()));
            rules.retain(|rule| rule.times != Some(0));
            struck
        })
    }
}

mod milliseconds {
    //! A duration as a whole number of milliseconds.

    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(value: &Duration, to: S) -> Result<S::Ok, S::Error> {
        value.as_millis().serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        u64::deserialize(from).map(Duration::from_millis)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use serde_json::json;

    use super::*;

    fn handle() -> FaultHandle {
        FaultHandle::new(&Changes::new())
    }

    #[test]
    fn a_rule_skips_acts_and_is_gone() {
        let faults = handle();
        let rule = Rule::new(ServiceName::BotSubscription, Fault::CutAfter);
        faults.add(rule.method("POST").path("api-keys").skip(1).times(2));
        let strike = |method: &str, path: &str| {
            faults
                .strike(ServiceName::BotSubscription, method, path)
                .is_some()
        };
        assert!(!strike("GET", "/x/api-keys"), "another method");
        assert!(!strike("POST", "/x/webhooks"), "another path");
        assert!(!strike("POST", "/x/api-keys"), "skipped");
        assert!(strike("POST", "/x/api-keys"));
        assert_eq!(faults.pending()[0].times, Some(1));
        assert!(strike("POST", "/x/api-keys"));
        assert!(!strike("POST", "/x/api-keys"), "used up");
        assert!(faults.pending().is_empty());
    }

    #[test]
    fn a_bot_api_method_is_meant_exactly() {
        let faults = handle();
        let rule = Rule::new(ServiceName::Telegram, Fault::CutBefore);
        faults.add(rule.path("deleteMessage").always());
        let strike = |path: &str| faults.strike(ServiceName::Telegram, "POST", path).is_some();
        assert!(!strike("/bot1:x/deleteMessages"));
        assert!(strike("/bot1:x/deleteMessage"));
        assert!(strike("/bot1:x/deleteMessage"));
        faults.clear();
        assert!(!strike("/bot1:x/deleteMessage"));
    }

    #[test]
    fn rules_are_read_from_json() {
        let read = |value| serde_json::from_value::<Rule>(value).unwrap();
        let rule = read(json!({"service": "bots_business", "fault": {"late_effect": 1500}}));
        assert_eq!(rule.fault, Fault::LateEffect(Duration::from_millis(1500)));
        assert_eq!(rule.times, Some(1));
        let rule = json!({"service": "telegram", "fault": {"status": [502, null]}, "times": null});
        assert_eq!(read(rule).times, None);
        let unknown = json!({"service": "telegram", "fault": "garbage", "often": 1});
        assert!(serde_json::from_value::<Rule>(unknown).is_err());
    }
}
