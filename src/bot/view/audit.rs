//! `/audit`: the history in words, as files, and what a walk over its chains has proved.

mod words;

use super::{Voice, name, workspace};
use crate::{
    app::{
        Owned,
        audit::{AuditPage, Exported, Proof, file_name},
    },
    bot::{
        callback::Callback,
        message::{Button, File, Message},
    },
    domain::{AuditFilter, AuditKind, ChainBreak, PersonId, Timestamp, plain_line},
    texts::{Arg, Rich, Text},
};
use words::what;

/// A page of a person's history.
pub fn list(voice: &Voice<'_>, page: &AuditPage) -> Message {
    let mut text = Rich::default();
    for account in &page.broken {
        text.paragraph(&voice.fill(Text::AuditBroken, &[("account", name(account).into())]));
    }
    let filter = &page.filter;
    let is_all = *filter == AuditFilter::default();
    if page.entries.is_empty() {
        text.paragraph(&voice.say(if is_all {
            Text::AuditNone
        } else {
            Text::AuditNoneSuch
        }));
    } else {
        text.paragraph(&voice.say(Text::AuditHeading));
        text.push_str("\n");
    }
    for (entry, account) in &page.entries {
        let mut line = voice.fill(
            Text::AuditLine,
            &[
                ("time", entry.at.to_minute().into()),
                ("action", what(voice, entry).into()),
                ("subject", plain_line(&entry.subject).into()),
                ("account", name(account).into()),
            ],
        );
        if ![PersonId(0), page.person].contains(&entry.actor) {
            let by = workspace::person(entry.actor, "").into();
            line.push_str(" · ");
            line.push(&voice.fill(Text::AuditBy, &[("person", by)]));
        }
        text.line(&line);
    }
    if page.entries.is_empty() && is_all {
        return Message::new(text);
    }
    let turn = |text: Text, to: Option<i64>| {
        to.map(|to| voice.button(text, &Callback::AuditFrom(to, filter.clone())))
    };
    let turns = [
        turn(Text::ButtonNewer, page.newer),
        turn(Text::ButtonOlder, page.older),
    ];
    let several = (page.accounts.len() > 1).then(|| {
        let callback = Callback::AuditAccounts(filter.clone());
        match page
            .accounts
            .iter()
            .find(|owned| Some(&owned.account().id) == filter.account.as_ref())
        {
            Some(owned) => Button::press(
                &voice.fill(
                    Text::ButtonAuditAccount,
                    &[("account", name(&owned.account().name).into())],
                ),
                &callback,
            ),
            None => voice.button(Text::ButtonAuditAnyAccount, &callback),
        }
    });
    Message::new(text)
        .row(turns.into_iter().flatten())
        .row(kinds(voice, filter))
        .row(several)
        .row([
            voice.button(Text::ButtonAuditVerify, &Callback::AuditVerify),
            voice.button(Text::ButtonAuditExport, &Callback::AuditExport),
        ])
}

/// A button for each kind but the one that is shown.
fn kinds(voice: &Voice<'_>, filter: &AuditFilter) -> Vec<Button> {
    let all = [None].into_iter().chain(AuditKind::ALL.map(Some));
    all.filter(|kind| *kind != filter.kind)
        .map(|kind| {
            let text = match kind {
                None => Text::ButtonAuditEverything,
                Some(AuditKind::Keys) => Text::ButtonAuditKeys,
                Some(AuditKind::Accounts) => Text::ButtonAuditAccounts,
                Some(AuditKind::Leaks) => Text::ButtonAuditLeaks,
            };
            let account = filter.account.clone();
            voice.button(text, &Callback::AuditFrom(0, AuditFilter { kind, account }))
        })
        .collect()
}

/// Of which account?
pub fn accounts(voice: &Voice<'_>, accounts: &[Owned], filter: &AuditFilter) -> Message {
    let with = |account| {
        Callback::AuditFrom(
            0,
            AuditFilter {
                kind: filter.kind,
                account,
            },
        )
    };
    let message = accounts
        .iter()
        .fold(voice.message(Text::AuditWhich), |message, owned| {
            let account = owned.account();
            message.row([Button::press(
                &name(&account.name),
                &with(Some(account.id.clone())),
            )])
        });
    message.row([voice.button(Text::ButtonAuditAnyAccount, &with(None))])
}

/// The history as a table and as JSON.
pub fn files(voice: &Voice<'_>, exported: Exported, now: Timestamp) -> [File; 2] {
    let caption = voice.fill(
        if exported.is_cut {
            Text::AuditExportedCut
        } else {
            Text::AuditExported
        },
        &[("count", count(exported.entries))],
    );
    let file = |ending, media_type: &str, content, caption: &Rich| File {
        name: file_name(now, ending),
        media_type: media_type.to_owned(),
        content,
        caption: caption.text().to_owned(),
        refused: voice.say(Text::AuditNotExported).text().to_owned(),
    };
    [
        file("csv", "text/csv", exported.csv, &caption),
        file(
            "json",
            "application/json",
            exported.json,
            &voice.say(Text::AuditExportedJson),
        ),
    ]
}

/// What the walks over the chains have proved, account by account.
pub fn proofs(voice: &Voice<'_>, proofs: &[(String, Proof)]) -> Message {
    if proofs.is_empty() {
        return voice.message(Text::AuditNone);
    }
    let whole = proofs.iter().all(|(_, proof)| proof.broken.is_none());
    let mut text = voice.say(if whole {
        Text::AuditWhole
    } else {
        Text::AuditNotWhole
    });
    for (account, proof) in proofs {
        text.paragraph(&name(account));
        if let Some(broken) = &proof.broken {
            text.line(&breach(voice, broken));
        }
        if proof.entries > 0 {
            text.line(&voice.fill(
                Text::AuditProved,
                &[
                    ("count", Arg::Count(proof.entries)),
                    ("first", proof.first.to_minute().into()),
                    ("last", proof.last.to_minute().into()),
                ],
            ));
        }
    }
    text.paragraph(&voice.say(if whole {
        Text::AuditMeaning
    } else {
        Text::AuditTellOperator
    }));
    Message::new(text)
}

fn breach(voice: &Voice<'_>, broken: &ChainBreak) -> Rich {
    match broken {
        ChainBreak::Missing(entry) => voice.fill(Text::AuditMissing, &[("entry", (*entry).into())]),
        ChainBreak::Altered(entry) => voice.fill(Text::AuditAltered, &[("entry", (*entry).into())]),
        ChainBreak::Unreadable(_) => voice.say(Text::AuditUnreadable),
        ChainBreak::Cut { expected, found } => voice.fill(
            Text::AuditCut,
            &[("expected", (*expected).into()), ("found", (*found).into())],
        ),
    }
}

fn count(count: usize) -> Arg {
    Arg::Count(i64::try_from(count).unwrap_or(i64::MAX))
}
