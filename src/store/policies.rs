//! Table `policies`: what a group wants before something is done from it, and how much waits for that. A group without a row asks
//! nobody.

use sqlx::query;

use super::{
    Connection, StoreError,
    row::{Columns, damaged},
};
use crate::domain::{ChatId, MOST_APPROVALS, Policy, WaitsFor};

/// The policy of a group. A row that cannot be read is an error and never the default, which would let everything through.
pub async fn get(c: &mut Connection, chat: ChatId) -> Result<Policy, StoreError> {
    let row = query("SELECT issue, rotate, revoke, hours, code FROM policies WHERE chat = $1")
        .bind(chat.0)
        .fetch_optional(c)
        .await?;
    let Some(row) = row else {
        return Ok(Policy::default());
    };
    let broken = |what: &str| damaged("policies", format!("{chat}: {what}"));
    let count = |index: usize| {
        let count = u8::try_from(row.number(index)?).ok();
        count
            .filter(|count| *count <= MOST_APPROVALS)
            .ok_or_else(|| broken("no number of approvals"))
    };
    Ok(Policy {
        issue: count(0)?,
        rotate: count(1)?,
        revoke: count(2)?,
        waits_for: WaitsFor::from_hours(row.number(3)?).ok_or_else(|| broken("unknown time"))?,
        code: row.number(4)? != 0,
    })
}

/// Another policy for a group.
pub async fn put(c: &mut Connection, chat: ChatId, policy: Policy) -> Result<(), StoreError> {
    query(
        "INSERT INTO policies (chat, issue, rotate, revoke, hours, code) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (chat) DO UPDATE SET issue = $2, rotate = $3, revoke = $4, hours = $5, code = $6",
    )
    .bind(chat.0)
    .bind(i64::from(policy.issue))
    .bind(i64::from(policy.rotate))
    .bind(i64::from(policy.revoke))
    .bind(i64::from(policy.waits_for.hours()))
    .bind(i64::from(policy.code))
    .execute(c)
    .await?;
    Ok(())
}

/// How many operations of a group wait for other people.
pub async fn waiting_in(c: &mut Connection, chat: ChatId) -> Result<i64, StoreError> {
    query("SELECT COUNT(*) FROM operations WHERE chat = $1 AND ended_at = 0 AND step = 'approval'")
        .bind(chat.0)
        .fetch_one(c)
        .await?
        .number(0)
}
