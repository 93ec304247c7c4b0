// The link page: a form that sends a typed credential to the server, once per press.
// The credential must never live outside its input, which is emptied as soon as it has been read.

import { start, call, busy, byId, tell, word, close } from './client.js';

const form = byId('form');
const project = byId('project');
const credential = byId('credential');
let again = null;
let provider = null;

start('link', (link) => {
  again = link.again;
  if (again) {
    showFixed(link.providers.find((one) => one.code === again.provider));
  } else {
    offerProviders(link.providers);
  }
  maskCredential(true);
  form.hidden = false;
});

function showFixed(known) {
  choose(known);
  byId('fixed').hidden = false;
  tell('fixed-account', again.name);
  tell('fixed-provider', known.name);
  tell('fixed-project-label', known.project);
  tell('fixed-project', again.project);
  byId('fixed-project-row').hidden = !again.project;
}

/** With several providers none is chosen beforehand: a credential should not go to the wrong one by default. */
function offerProviders(providers) {
  for (const one of providers) {
    const option = document.createElement('label');
    const radio = document.createElement('input');
    const name = document.createElement('span');
    option.className = 'option';
    radio.type = 'radio';
    radio.name = 'provider';
    radio.value = one.code;
    name.textContent = one.name;
    option.append(radio, name);
    radio.addEventListener('change', () => choose(one));
    byId('providers').append(option);
    if (providers.length === 1) {
      radio.checked = true;
      choose(one);
    }
  }
  byId('choice').hidden = false;
}

function choose(one) {
  provider = one;
  // What was typed for another provider is not for this one.
  project.value = '';
  credential.value = '';
  complain(project, '');
  complain(credential, '');
  for (const radio of form.querySelectorAll('[type=radio]')) {
    radio.parentElement.classList.toggle('chosen', radio.value === one.code);
  }
  byId('project-field').hidden = Boolean(again) || !one.project;
  tell('project-label', one.project);
  tell('credential-label', one.credential);
  tell('credential-hint', one.hint);
  byId('fields').hidden = false;
}

function complain(input, sentence) {
  tell(`${input.id}-error`, sentence);
  input.setAttribute('aria-invalid', String(Boolean(sentence)));
  if (sentence) input.focus();
}

function maskCredential(on) {
  credential.type = on ? 'password' : 'text';
  tell('reveal', word(on ? 'show_credential' : 'hide_credential'));
}

function projectToSend() {
  if (again) return again.project ?? null;
  return provider.project ? project.value.trim() : null;
}

/** True when nothing is missing; otherwise the first empty field gets the complaint and the focus. */
function complete() {
  const empty = [project, credential].filter((input) => input.offsetParent && !input.value.trim());
  for (const input of [project, credential]) complain(input, '');
  if (empty.length) complain(empty[0], word('fill_in'));
  return empty.length === 0;
}

function waiting(on) {
  busy(byId('submit'), on, word(on ? 'checking' : 'submit'));
  form.setAttribute('aria-busy', String(on));
  for (const control of form.querySelectorAll('input, #reveal')) control.disabled = on;
  tell('status', on ? word('checking') : '');
}

async function submit(event) {
  event.preventDefault();
  if (byId('submit').disabled || !complete()) return;
  const body = {
    provider: provider.code,
    project: projectToSend(),
    credential: credential.value.trim(),
    again: again?.account ?? null,
  };
  credential.value = '';
  maskCredential(true);
  waiting(true);
  try {
    const sent = call('/app/link', body);
    body.credential = '';
    const { title, text } = await sent;
    finish(title, text);
  } catch (failure) {
    waiting(false);
    complain(credential, failure.message);
  }
}

function finish(title, text) {
  form.remove();
  tell('status', '');
  tell('result-title', title);
  tell('result-text', text);
  byId('result').hidden = false;
  byId('result-title').focus();
}

form.addEventListener('submit', submit);
byId('reveal').addEventListener('click', () => {
  maskCredential(credential.type === 'text');
  credential.focus();
});
byId('close').addEventListener('click', close);
// A page kept for the back button must not keep what was typed.
addEventListener('pagehide', () => { credential.value = ''; });
