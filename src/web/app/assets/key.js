// The key page: asks for a new secret key when the person presses the button, shows it for a while, forgets it.
// It must never ask for the secret by itself, nor leave it in the page or a variable once it is hidden.

import { Failure, start, call, busy, byId, tell, word, close } from './client.js';

// Which parts of the page each state shows.
const PARTS = {
  ready: ['ready'],
  shown: ['revealed', 'saved'],
  opened: ['result', 'saved', 'close'],
  over: ['result', 'close'],
};
const GONE = [401, 403, 404, 410];
const LAST_CALL = 10;

let request = null;
let secret = '';
let ticking = 0;

start('key', (key, asked) => {
  request = asked;
  tell('key-label', key.label);
  tell('key-account', key.account);
  if (key.state === 'ready') {
    tell('ready-text', key.text);
    enter('ready');
  } else {
    tell('result-text', key.text);
    enter(key.state === 'opened' ? 'opened' : 'over');
  }
  byId('key').hidden = false;
});

function enter(state) {
  for (const part of new Set(Object.values(PARTS).flat())) byId(part).hidden = !PARTS[state].includes(part);
  tell('error', '');
}

function conclude(state, title, text) {
  forget();
  enter(state);
  tell('result-title', title);
  tell('result-text', text);
  byId('result-title').hidden = !title;
  byId(title ? 'result-title' : 'result-text').focus();
}

function complain(sentence) {
  tell('error', sentence);
  byId('error').focus();
}

async function open() {
  busy(byId('show'), true, word('show'));
  tell('error', '');
  try {
    const answer = await call('/app/key/open', { request });
    if (typeof answer.secret !== 'string') throw new Failure(0);
    reveal(answer);
  } catch (failure) {
    if (failure.status === 409) return conclude('opened', '', failure.message);
    if (GONE.includes(failure.status)) return conclude('over', '', failure.message);
    // Pressing again is safe: had the lost answer carried the secret, the next one says that it was opened.
    busy(byId('show'), false, word('try_again'));
    complain(failure.message);
  }
}

function reveal(answer) {
  secret = answer.secret;
  answer.secret = '';
  tell('secret', secret);
  tell('copy-note', '');
  enter('shown');
  byId('revealed').focus();
  countDown(Number(answer.seconds) > 0 ? Number(answer.seconds) : 60);
}

/** Two clocks, since one stands still while the device sleeps and the other can be set back. */
function countDown(seconds) {
  const wall = Date.now() + seconds * 1000;
  const steady = performance.now() + seconds * 1000;
  const say = (left) => word('hides_in').replace('%s', left);
  let lastCall = seconds > LAST_CALL;
  tell('status', say(seconds));
  const tick = () => {
    const left = Math.ceil(Math.min(wall - Date.now(), steady - performance.now()) / 1000);
    if (left <= 0) return hide();
    tell('timer', say(left));
    if (lastCall && left <= LAST_CALL) {
      lastCall = false;
      tell('status', say(left));
    }
  };
  tick();
  ticking = setInterval(tick, 500);
  // Timers sleep in a hidden page, so the first thing on coming back is to look at the clock.
  document.onvisibilitychange = tick;
}

function forget() {
  clearInterval(ticking);
  document.onvisibilitychange = null;
  secret = '';
  getSelection()?.removeAllRanges();
  for (const id of ['secret', 'timer', 'copy-note', 'status']) tell(id, '');
}

function hide() {
  if (secret) conclude('opened', '', word('hidden'));
}

async function copy() {
  tell('copy-note', '');
  try {
    await navigator.clipboard.writeText(secret);
    if (secret) tell('copy-note', word('copied'));
  } catch {
    if (!secret) return;
    getSelection().selectAllChildren(byId('secret'));
    tell('copy-note', word('copy_by_hand'));
  }
}

async function saved() {
  busy(byId('saved'), true, word('saving'));
  tell('error', '');
  try {
    const { title, text } = await call('/app/key/saved', { request });
    conclude('over', title, text);
  } catch (failure) {
    busy(byId('saved'), false, word('saved'));
    complain(failure.message);
  }
}

byId('show').addEventListener('click', open);
byId('copy').addEventListener('click', copy);
byId('hide').addEventListener('click', hide);
byId('saved').addEventListener('click', saved);
byId('close').addEventListener('click', close);
// A page kept for the back button must not keep the secret.
addEventListener('pagehide', hide);
