//! Catches the whole log of the process, at its finest level, so that stories can look for what must never stand in it.

use std::{
    io,
    sync::{Arc, Mutex, Once, OnceLock},
};

use keyporter::{config::LogSettings, logging};

static LOG: OnceLock<Arc<Mutex<Vec<u8>>>> = OnceLock::new();

#[derive(Clone)]
struct Writer(Arc<Mutex<Vec<u8>>>);

impl io::Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Begins to catch; once for all stories of the process.
pub fn catch() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let log = LOG.get_or_init(Arc::default).clone();
        let settings = LogSettings {
            filter: "trace".to_owned(),
            json: false,
        };
        let subscriber = logging::subscriber(&settings, move || Writer(log.clone()));
        tracing::subscriber::set_global_default(subscriber).unwrap();
    });
}

/// All that was logged so far, by all stories.
pub fn logged() -> String {
    let log = LOG.get_or_init(Arc::default).lock().unwrap();
    String::from_utf8_lossy(&log).into_owned()
}

/// The lines among them that contain those words.
pub fn logged_by(words: &str) -> String {
    logged()
        .lines()
        .filter(|line| line.contains(words))
        .collect::<Vec<_>>()
        .join("\n")
}
