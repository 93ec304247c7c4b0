//! Two people who use the bot at random, sometimes hastily, and a colleague who makes keys in the dashboard. In the end they are
//! patient: they do what the bot asks them for, until it says that nothing is open.

use std::collections::HashMap;

use keyporter::sandbox::telegram::Shown;

use Act::{Pressed, Said};

use crate::world::{ADA, BORIS, World};

/// Asking once more never helps after so many times.
const PATIENCE: usize = 120;

/// So often, and so long each time, people wait in the end: an account with an open request is looked at later.
const WAITS: usize = 10;
const WAIT_MS: u64 = 5 * 60_000;

/// Buttons that lead away from the story.
const NOT_PRESSED: [&str; 9] = [
    "Unlink",
    "Rename",
    "Link again",
    "Replace it",
    "Help",
    "Link account",
    "My keys",
    "Copy",
    "New key",
];

/// A press, and what stood on the message.
#[derive(Clone, Debug)]
pub struct Press {
    pub person: i64,
    pub message: i64,
    pub button: String,
    pub text: String,
    pub at_ms: i64,
}

enum Act {
    Said(String),
    Pressed(&'static str),
}

enum Phase {
    Linking(usize),
    Rough(usize),
    Patient,
    /// Nothing is asked of them any more; so often they let time pass, for what the watch has still to find.
    Waiting(usize),
    Done,
}

pub struct People {
    phase: Phase,
    labels: Vec<String>,
    pub presses: Vec<Press>,
    /// Keys that the colleague has made.
    pub outside: Vec<String>,
    /// `/status` as it was asked last, while there is no answer.
    asked: HashMap<i64, i64>,
    content: Vec<i64>,
    patience: usize,
}

impl People {
    pub fn new() -> Self {
        Self {
            phase: Phase::Linking(0),
            labels: Vec::new(),
            presses: Vec::new(),
            outside: Vec::new(),
            asked: HashMap::new(),
            content: Vec::new(),
            patience: 0,
        }
    }

    pub fn are_done(&self) -> bool {
        matches!(self.phase, Phase::Done)
    }

    /// Somebody does something; false when nobody wants to now.
    pub fn act(&mut self, world: &mut World) -> bool {
        match self.phase {
            Phase::Linking(step) => world.is_idle() && self.link(world, step),
            Phase::Rough(left) => {
                if world.chance.percent(60) {
                    return false;
                }
                if left == 0 {
                    world.tell("from now on all goes well");
                    world.rough = false;
                    self.phase = Phase::Patient;
                } else {
                    self.phase = Phase::Rough(left - 1);
                    self.do_something(world);
                }
                true
            }
            Phase::Patient => world.is_idle() && self.be_patient(world),
            Phase::Waiting(0) => {
                self.phase = Phase::Done;
                true
            }
            Phase::Waiting(left) => {
                if world.is_idle() {
                    world.push(WAIT_MS);
                    self.phase = Phase::Waiting(left - 1);
                }
                world.is_idle()
            }
            Phase::Done => false,
        }
    }

    /// Both share a project; Ada has a Bots.Business account besides.
    fn link(&mut self, world: &mut World, step: usize) -> bool {
        let (project, one_key) = (world.project.clone(), world.one_key.api_key.clone());
        let steps = [ADA, BORIS]
            .into_iter()
            .flat_map(|person| {
                [
                    (person, Said("/link".to_owned())),
                    (person, Pressed("BotSubscription")),
                    (person, Said(project.id.clone())),
                    (person, Said(project.token.clone())),
                ]
            })
            .chain([
                (ADA, Said("/link".to_owned())),
                (ADA, Pressed("Bots.Business")),
                (ADA, Said(one_key)),
            ]);
        let Some((person, act)) = steps.into_iter().nth(step) else {
            world.rough = true;
            world.plan_death();
            self.phase = Phase::Rough(10 + world.chance.below(30));
            return true;
        };
        world.tell(&format!("{person} links: {step}"));
        let telegram = world.sandbox.telegram();
        match act {
            Said(text) => drop(telegram.say(person, person, &text).unwrap()),
            Pressed(button) => {
                let menu = newest(world, person).expect("the bot has answered").id;
                telegram.press(person, person, menu, button).unwrap();
            }
        }
        self.phase = Phase::Linking(step + 1);
        true
    }

    fn do_something(&mut self, world: &mut World) {
        let person = *world.chance.of(&[ADA, BORIS]);
        match world.chance.below(100) {
            0..24 => {
                let label = format!("k{}", self.labels.len());
                Self::say(world, person, &format!("/newkey {label}"));
                self.labels.push(label);
            }
            24..34 => self.say_of_key(world, person, "/rotate"),
            34..36 => Self::say(world, person, "/rotate Bots.Business"),
            36..42 => self.say_of_key(world, person, "/revoke"),
            42..45 => Self::say(world, person, "/keys"),
            45..48 => Self::say(world, person, "/status"),
            48..84 => self.press_something(world, person),
            84..90 => self.press_again(world),
            90..94 => self.colleague(world),
            _ => {
                let ms = *world
                    .chance
                    .of(&[3_000, 61_000, 360_000, 11 * 60_000, 25 * 3_600_000]);
                world.tell(&format!("the clock jumps by {ms} ms"));
                world.push(ms);
            }
        }
    }

    fn say(world: &World, person: i64, text: &str) {
        world.tell(&format!("{person} says {text}"));
        world.sandbox.telegram().say(person, person, text).unwrap();
    }

    fn say_of_key(&self, world: &mut World, person: i64, command: &str) {
        // Mostly of one that lives: of the others there is little to tell.
        let project = world.sandbox.botsubscription().keys(&world.project.id);
        let living = project.into_iter().filter(|key| !key.is_first);
        let living: Vec<_> = living
            .filter(|key| key.revoked_at_ms.is_none())
            .map(|key| key.label)
            .collect();
        let lives = !living.is_empty() && world.chance.percent(80);
        let labels = if lives { &living } else { &self.labels };
        if !labels.is_empty() {
            let label = world.chance.of(labels).clone();
            Self::say(world, person, &format!("{command} {label}"));
        }
    }

    fn press_something(&mut self, world: &mut World, person: i64) {
        let messages = world.sandbox.telegram().messages(person);
        let with_buttons: Vec<_> = messages
            .iter()
            .rev()
            .filter(|message| {
                message.from_bot() && !message.deleted && !pressable(message).is_empty()
            })
            .take(4)
            .collect();
        if with_buttons.is_empty() {
            return;
        }
        // Mostly the newest.
        let message = if world.chance.percent(60) {
            with_buttons[0]
        } else {
            *world.chance.of(&with_buttons)
        };
        let button = world.chance.of(&pressable(message)).clone();
        self.press(world, person, message, &button);
    }

    fn press(&mut self, world: &mut World, person: i64, message: &Shown, button: &str) {
        world.tell(&format!(
            "{person} presses {button} on #{}: {}",
            message.id,
            message.text.replace('\n', " ")
        ));
        if world
            .sandbox
            .telegram()
            .press(person, person, message.id, button)
            .is_ok()
        {
            world.tally.presses += 1;
            self.presses.push(Press {
                person,
                message: message.id,
                button: button.to_owned(),
                text: message.text.clone(),
                at_ms: world.sandbox.clock().now_ms(),
            });
        }
    }

    /// An impatient thumb.
    fn press_again(&mut self, world: &mut World) {
        let Some(press) = self.presses.last().cloned() else {
            return;
        };
        if let Some(message) = world
            .sandbox
            .telegram()
            .message(press.person, press.message)
            && !message.deleted
            && pressable(&message).contains(&press.button)
        {
            self.press(world, press.person, &message, &press.button);
        }
    }

    fn colleague(&mut self, world: &mut World) {
        let label = match self.labels.as_slice() {
            labels if !labels.is_empty() && world.chance.percent(30) => {
                world.chance.of(labels).clone()
            }
            _ => "colleague".to_owned(),
        };
        let key = world
            .sandbox
            .botsubscription()
            .create_key_outside(&world.project.id, &label);
        world.tell(&format!("a colleague makes a key {label}"));
        self.outside.extend(key.map(|key| key.id));
    }

    /// Does what the bot asks for, until it says that nothing is open.
    fn be_patient(&mut self, world: &mut World) -> bool {
        for person in [ADA, BORIS] {
            if self.content.contains(&person) {
                continue;
            }
            if let Some((message, button)) = wanted(world, person) {
                // What was pressed a moment ago may still be on its way out of the chat.
                world.push(2_000);
                self.press(world, person, &message, button);
                return true;
            }
            let answer = self.asked.remove(&person).and_then(|asked| {
                let messages = world.sandbox.telegram().messages(person);
                messages
                    .into_iter()
                    .find(|message| message.from_bot() && message.id > asked)
            });
            if answer.is_some_and(|answer| answer.text.contains("no open requests")) {
                // It proves the chain as it is read.
                Self::say(world, person, "/audit");
                self.content.push(person);
                return true;
            }
            self.patience += 1;
            assert!(
                self.patience < PATIENCE,
                "it never ended:\n{}",
                world.sandbox.telegram().transcript(person)
            );
            world.push(20_000);
            let asked = world
                .sandbox
                .telegram()
                .say(person, person, "/status")
                .unwrap();
            self.asked.insert(person, asked);
            return true;
        }
        self.phase = Phase::Waiting(WAITS);
        true
    }
}

fn newest(world: &World, person: i64) -> Option<Shown> {
    let messages = world.sandbox.telegram().messages(person);
    messages.into_iter().rev().find(Shown::from_bot)
}

fn pressable(message: &Shown) -> Vec<String> {
    let buttons = message.keyboard.buttons().map(|button| button.text.clone());
    buttons
        .filter(|text| !NOT_PRESSED.iter().any(|words| text.ends_with(words)))
        .collect()
}

/// What a patient person presses.
fn wanted(world: &World, person: i64) -> Option<(Shown, &'static str)> {
    let messages = world.sandbox.telegram().messages(person);
    messages
        .into_iter()
        .rev()
        .filter(|message| message.from_bot() && !message.deleted)
        .find_map(|message| {
            let button = ["I saved it", "Keep it", "Revoke old now"]
                .into_iter()
                .find(|words| message.button(words).is_some())?;
            Some((message, button))
        })
}
