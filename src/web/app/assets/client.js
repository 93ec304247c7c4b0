// What both pages share: launch data, theme, words, the bridge to Telegram, requests to the server.
// It must never store or log anything, repeat a request by itself, or insert received text as HTML.

// Only for the moments before the server's words have come.
const BUILT_IN = {
  en: {
    opening: 'Opening…',
    no_answer: 'Cannot reach the server. Try again.',
    open_from_chat: 'Open this page from the chat with the bot.',
  },
  ru: {
    opening: 'Открываю…',
    no_answer: 'Сервер не отвечает. Попробуйте ещё раз.',
    open_from_chat: 'Откройте эту страницу из чата с ботом.',
  },
};
const WAIT_MS = 60_000;
const READABLE = 4.5; // WCAG AA for text

const root = document.documentElement;
let language = /^ru\b/i.test(navigator.language ?? '') ? 'ru' : 'en';
let words = {};
let session = '';

export const byId = (id) => document.getElementById(id);
export const tell = (id, text) => { byId(id).textContent = text ?? ''; };

export function word(key) {
  if (typeof words[key] === 'string') return words[key];
  return (BUILT_IN[language.slice(0, 2)] ?? BUILT_IN.en)[key] ?? '';
}

/** `status` 0: no answer came, so nobody knows whether the server did the work. */
export class Failure extends Error {
  constructor(status, sentence) {
    super(sentence || word('no_answer'));
    this.status = status;
  }
}

export async function call(path, body) {
  const stop = new AbortController();
  const patience = setTimeout(() => stop.abort(), WAIT_MS);
  const headers = { 'Content-Type': 'application/json' };
  if (session) headers.Authorization = `Bearer ${session}`;
  try {
    const response = await fetch(path, {
      method: 'POST', headers, body: JSON.stringify(body), signal: stop.signal,
      cache: 'no-store', credentials: 'omit', referrerPolicy: 'no-referrer', redirect: 'error',
    });
    const answer = await response.json().catch(() => null);
    if (!response.ok) throw new Failure(response.status, typeof answer?.error === 'string' ? answer.error : '');
    if (!answer) throw new Failure(0);
    return answer;
  } catch (error) {
    throw error instanceof Failure ? error : new Failure(0);
  } finally {
    clearTimeout(patience);
  }
}

/** Opens the session, fills in the words, then hands the page's own part of the answer to `render`. */
export async function start(page, render) {
  root.lang = language;
  tell('opening', word('opening'));
  post('web_app_ready');
  post('web_app_expand');
  const { initData, again, request } = launch;
  launch.initData = ''; // single use: it is never sent twice
  if (!initData) return fail('');
  try {
    const answer = await call('/app/session', { init_data: initData, page, again, request });
    if (!answer[page] || typeof answer.session !== 'string') return fail('');
    session = answer.session;
    words = answer.words ?? {};
    if (/^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i.test(answer.language)) language = answer.language;
    fillWords(word(`title_${page}`));
    tell('who', answer.who);
    render(answer[page], request);
    tell('opening', '');
    byId('title').focus();
  } catch (error) {
    fail(error instanceof Failure ? error.message : word('no_answer'));
  }
}

function fillWords(title) {
  root.lang = language;
  document.title = title;
  tell('title', title);
  for (const element of document.querySelectorAll('[data-word]')) {
    element.textContent = word(element.dataset.word);
  }
}

function fail(sentence) {
  tell('opening', '');
  tell('failure', `${sentence} ${word('open_from_chat')}`.trim());
  byId('failure').focus();
}

/** Marks a button as waiting; `label` says what for, or gives the button its usual name back. */
export function busy(button, on, label) {
  button.disabled = on;
  button.setAttribute('aria-busy', String(on));
  button.textContent = label;
}

export function close() {
  if (!post('web_app_close')) window.close();
}

/** Tells the Telegram client something; false when there is no client around. */
function post(eventType, eventData = {}) {
  const proxy = window.TelegramWebviewProxy;
  if (typeof proxy?.postEvent === 'function') {
    proxy.postEvent(eventType, JSON.stringify(eventData));
  } else if (typeof window.external?.notify === 'function') {
    window.external.notify(JSON.stringify({ eventType, eventData }));
  } else if (window.parent !== window) {
    window.parent.postMessage(JSON.stringify({ eventType, eventData }), 'https://web.telegram.org');
  } else {
    return false;
  }
  return true;
}

/** Takes the launch parameters and clears them from the address, where a copied link would carry them off. */
function takeLaunch() {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const query = new URLSearchParams(location.search);
  history.replaceState(null, '', location.pathname + location.search);
  const request = query.get('request');
  return {
    initData: fragment.get('tgWebAppData') ?? '',
    theme: fragment.get('tgWebAppThemeParams'),
    again: query.get('again') || null,
    request: /^\d{1,15}$/.test(request ?? '') ? Number(request) : null,
  };
}

function luminance(colour) {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one, other) {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** Takes over the person's theme, colour by colour, as far as text stays readable on it. */
function applyTheme(json) {
  let given = null;
  try { given = JSON.parse(json); } catch { /* not JSON: the defaults stay */ }
  const colour = (name) => (/^#[0-9a-f]{6}$/i.test(given?.[name]) ? String(given[name]) : null);
  const bg = colour('bg_color');
  const text = colour('text_color');
  if (!bg || !text || contrast(bg, text) < READABLE) return;

  root.dataset.scheme = luminance(bg) < 0.18 ? 'dark' : 'light';
  const second = colour('secondary_bg_color') ?? bg;
  const card = contrast(second, text) < READABLE ? bg : second;
  const preset = (property) => getComputedStyle(root).getPropertyValue(property).trim();
  const onBoth = (candidate) => candidate && contrast(candidate, bg) >= READABLE && contrast(candidate, card) >= READABLE;
  const pick = (name, property) => [colour(name), preset(property)].find(onBoth) ?? text;
  const button = colour('button_color') ?? preset('--button');
  // One of black and white always passes, whatever the button's colour.
  const label = [colour('button_text_color'), '#ffffff', '#000000'].find((c) => c && contrast(c, button) >= READABLE);
  const chosen = {
    '--hint': pick('hint_color', '--hint'),
    '--link': pick('link_color', '--link'),
    '--danger': pick('destructive_text_color', '--danger'),
    '--bg': bg, '--card': card, '--text': text, '--button': button, '--button-text': label,
  };
  for (const [property, value] of Object.entries(chosen)) root.style.setProperty(property, value);
}

const launch = takeLaunch();
applyTheme(launch.theme);
