// What is told beside the chat: toasts, alerts, and words for those who listen instead of looking.

import { byId, make } from "./dom.js";

/** How long a toast stays, and how much longer for each letter. */
const TOAST_MS = 1800;
const LETTER_MS = 45;
/** How long a toast takes to fade; see .toast.fading. */
const FADE_MS = 250;
/** More at once would only cover the chat. */
const TOASTS_MAX = 2;
/** What listeners may still be hearing. */
const ANNOUNCED_MAX = 10;

/** Tells something in passing. */
export function toast(text) {
  const toasts = byId("toasts");
  const lasts_ms = TOAST_MS + LETTER_MS * text.length;
  const same = [...toasts.children].find((other) => other.textContent === text);
  same?.remove();
  const node = make("p", { class: "toast", data: { testid: "toast" } }, text);
  toasts.append(node);
  while (toasts.childElementCount > TOASTS_MAX) {
    toasts.firstElementChild.remove();
  }
  setTimeout(() => node.classList.add("fading"), lasts_ms);
  setTimeout(() => node.remove(), lasts_ms + FADE_MS);
}

/** Tells something that must be closed: by its button, Escape or Enter. The newest one stays. */
export function alertBox(text) {
  const dialog = byId("alert");
  byId("alert-text").textContent = text;
  if (!dialog.open) {
    dialog.showModal();
  }
}

/** Says something to those who listen. */
export function announce(text) {
  const announcer = byId("announcer");
  announcer.append(make("p", {}, text));
  while (announcer.childElementCount > ANNOUNCED_MAX) {
    announcer.firstElementChild.remove();
  }
}
