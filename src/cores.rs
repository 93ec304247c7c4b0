//! Which processor cores the process keeps to. Its threads hand work to each other at every statement: on one core that is a switch, between
//! two it is waking a core that has gone to sleep, which costs more than the work. It must never be what keeps the program from starting.

use std::{io, num::NonZeroUsize};

/// Keeps this thread, and all that it starts from now on, to so many of the cores that the process may use; to all of them if there are no
/// more. Does nothing where the system knows no such thing. Fails when the system does not allow it; then nothing has changed.
#[cfg(target_os = "linux")]
pub fn keep_to(count: NonZeroUsize) -> io::Result<()> {
    use rustix::thread::{CpuSet, sched_getaffinity, sched_getcpu, sched_setaffinity};

    let usable = sched_getaffinity(None)?;
    let usable: Vec<_> = (0..CpuSet::MAX_CPU)
        .filter(|core| usable.is_set(*core))
        .collect();
    if usable.len() <= count.get() {
        return Ok(());
    }
    // The system has just put it there: with several processes on one machine that is a core with little to do.
    let here = sched_getcpu();
    let first = usable.iter().position(|core| *core == here).unwrap_or(0);
    let mut kept = CpuSet::new();
    for core in usable.iter().cycle().skip(first).take(count.get()) {
        kept.set(*core);
    }
    Ok(sched_setaffinity(None, &kept)?)
}

/// See the module's text; here the system knows no such thing.
#[cfg(not(target_os = "linux"))]
pub fn keep_to(_: NonZeroUsize) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_and_what_it_starts_keep_to_one_core() {
        let started = std::thread::spawn(|| {
            keep_to(NonZeroUsize::MIN).unwrap();
            std::thread::spawn(|| std::thread::available_parallelism().unwrap())
                .join()
                .unwrap()
        });
        let cores = started.join().unwrap().get();
        assert!(cores == 1 || cfg!(not(target_os = "linux")));
    }
}
