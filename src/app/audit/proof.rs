//! Walks the chains and tells what that proves. It never mends anything: a chain that does not hold stays as it was found.

use crate::{
    app::{App, AppError},
    domain::{AccountId, ChainBreak, GENESIS, PersonId, Timestamp},
    store::{Store, StoreError, audit},
    vault::DataKey,
};

/// What a walk over an account's chain has shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proof {
    /// So many entries, from the first on, are as they were written.
    pub entries: i64,
    /// When the first of them was written.
    pub first: Timestamp,
    /// When the last of them was written.
    pub last: Timestamp,
    /// Where the chain does not hold; nothing when it is whole.
    pub broken: Option<ChainBreak>,
}

/// Walks the chains of all accounts of a person, unlinked ones too; with their names, broken ones first.
pub async fn prove(app: &App, person: PersonId) -> Result<Vec<(String, Proof)>, AppError> {
    let accounts = audit::accounts_of_owner(&mut *app.store.read().await?, person).await?;
    let mut proofs = Vec::with_capacity(accounts.len());
    for (account, name) in accounts {
        let proof = walk(&app.store, &app.audit_key, &account).await?;
        if let Some(what) = &proof.broken {
            tracing::error!(%account, ?what, "the chain of an account is broken");
        }
        proofs.push((name, proof));
    }
    proofs.sort_by_key(|(_, proof)| proof.broken.is_none());
    Ok(proofs)
}

/// Walks an account's chain; `None` when it is whole.
pub async fn verify(
    store: &Store,
    key: &DataKey,
    account: &AccountId,
) -> Result<Option<ChainBreak>, AppError> {
    Ok(walk(store, key, account).await?.broken)
}

async fn walk(store: &Store, key: &DataKey, account: &AccountId) -> Result<Proof, AppError> {
    let mut proof = Proof::default();
    // In a transaction, so that nobody appends between the head and the entries.
    let mut tx = store.begin().await?;
    let Some(head) = audit::lock_head(&mut tx, account).await? else {
        return Ok(proof);
    };
    let chain = match audit::chain(&mut tx, account).await {
        Err(StoreError::Damaged { row, .. }) => {
            proof.broken = Some(ChainBreak::Unreadable(row));
            return Ok(proof);
        }
        chain => chain?,
    };
    drop(tx);
    let mut before = GENESIS.to_vec();
    for (seq, (entry, code)) in (1..).zip(&chain) {
        if entry.seq != seq {
            proof.broken = Some(ChainBreak::Missing(seq));
            return Ok(proof);
        }
        if !key.verify(&entry.chained_bytes(&before), code) {
            proof.broken = Some(ChainBreak::Altered(seq));
            return Ok(proof);
        }
        before.clone_from(code);
        proof.entries = seq;
        proof.last = entry.at;
        if seq == 1 {
            proof.first = entry.at;
        }
    }
    let whole = head.count == proof.entries && head.code == before;
    proof.broken = (!whole).then_some(ChainBreak::Cut {
        expected: head.count,
        found: proof.entries,
    });
    Ok(proof)
}
