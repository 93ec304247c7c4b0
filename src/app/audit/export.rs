//! A person's history as files. Names and labels come from outside: nothing in the table may be taken for a formula by the
//! program that opens it.

use serde::Serialize;

use crate::{
    app::{App, AppError},
    domain::{AuditEntry, AuditFilter, PersonId, Timestamp},
    store::audit,
};

/// Entries in a file at most: about ten megabytes, far below what Telegram takes, and years of a busy team.
const LIMIT: i64 = 50_000;

/// The files.
#[derive(Debug)]
pub struct Exported {
    /// As a table, RFC 4180.
    pub csv: String,
    /// The same, unchanged.
    pub json: String,
    /// How many entries.
    pub entries: usize,
    /// There are more, older ones.
    pub is_cut: bool,
}

/// One line, with the names of the columns.
#[derive(Debug, Serialize)]
struct Line {
    time: String,
    account: String,
    account_id: String,
    entry: i64,
    actor: i64,
    action: &'static str,
    request: i64,
    subject: String,
    outcome: String,
}

impl Line {
    fn new((entry, account): (AuditEntry, String)) -> Self {
        Self {
            time: entry.at.to_rfc3339(),
            account,
            account_id: entry.account.as_str().to_owned(),
            entry: entry.seq,
            actor: entry.actor.0,
            action: entry.action.code(),
            request: entry.operation.0,
            subject: entry.subject,
            outcome: entry.outcome,
        }
    }

    fn disarmed(self) -> Self {
        Self {
            account: disarmed(self.account),
            account_id: disarmed(self.account_id),
            subject: disarmed(self.subject),
            outcome: disarmed(self.outcome),
            ..self
        }
    }
}

/// The newest entries of all accounts of a person, unlinked ones too, oldest first.
pub async fn export(app: &App, person: PersonId) -> Result<Exported, AppError> {
    let mut c = app.store.read().await?;
    let everything = AuditFilter::default();
    let mut found =
        audit::latest_of_owner(&mut c, person, &everything, 0, LIMIT.saturating_add(1)).await?;
    drop(c);
    let limit = usize::try_from(LIMIT).unwrap_or(usize::MAX);
    let is_cut = found.len() > limit;
    found.truncate(limit);
    let lines: Vec<_> = found.into_iter().rev().map(Line::new).collect();
    let json = serde_json::to_string_pretty(&lines)
        .map_err(|error| AppError::Broken(error.to_string()))?;
    Ok(Exported {
        json,
        entries: lines.len(),
        is_cut,
        csv: table(lines)?,
    })
}

fn table(lines: Vec<Line>) -> Result<String, AppError> {
    let broken = |error: &dyn std::fmt::Display| AppError::Broken(error.to_string());
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .quote_style(csv::QuoteStyle::NonNumeric)
        .from_writer(Vec::new());
    for line in lines {
        writer
            .serialize(line.disarmed())
            .map_err(|error| broken(&error))?;
    }
    let bytes = writer.into_inner().map_err(|error| broken(&error))?;
    String::from_utf8(bytes).map_err(|error| broken(&error))
}

/// A text that no spreadsheet takes for a formula: one that could be begins with an apostrophe, which shows that it is text.
/// Some programs skip what is white before the sign, and some read the wide signs of East Asian keyboards like the others.
fn disarmed(text: String) -> String {
    let is_risky = text.starts_with(['\t', '\r', '\n'])
        || text
            .trim_start()
            .starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    if is_risky { format!("'{text}") } else { text }
}

/// Names the files: with the day, and with nothing that a person has typed.
pub fn file_name(now: Timestamp, ending: &str) -> String {
    let time = now.to_rfc3339();
    let day = time.split('T').next().unwrap_or_default();
    format!("keyporter-audit-{day}.{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{AccountId, AuditAction, OperationNumber};

    fn line(subject: &str) -> Line {
        let entry = AuditEntry {
            account: AccountId::new("-a"),
            seq: 1,
            at: Timestamp::from_millis(0),
            actor: PersonId(7),
            action: AuditAction::Renamed,
            operation: OperationNumber(0),
            subject: subject.to_owned(),
            outcome: String::new(),
        };
        Line::new((entry, "shop".to_owned()))
    }

    #[test]
    fn no_cell_is_a_formula_and_every_cell_reads_back() {
        for risky in [
            "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1",
        ] {
            let csv = table(vec![line(risky)]).unwrap();
            let mut reader = csv::Reader::from_reader(csv.as_bytes());
            let row = reader.records().next().unwrap().unwrap();
            assert_eq!(&row[7], format!("'{risky}"), "{csv}");
            assert_eq!(&row[2], "'-a");
        }
        for harmless in [
            "ci",
            "a,b",
            "say \"hi\"",
            "two\r\nlines",
            "5-1",
            "ключ …9a1c",
        ] {
            let csv = table(vec![line(harmless)]).unwrap();
            let mut reader = csv::Reader::from_reader(csv.as_bytes());
            let row = reader.records().next().unwrap().unwrap();
            assert_eq!(&row[7], harmless, "{csv}");
        }
    }

    #[test]
    fn names_of_files_tell_the_day() {
        let name = file_name(Timestamp::from_millis(0), "csv");
        assert_eq!(name, "keyporter-audit-1970-01-01.csv");
    }
}
