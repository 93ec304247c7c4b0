// Copying, with the old way where the browser has no clipboard to write to.

import { button, icon, make } from "./dom.js";
import { toast } from "./notices.js";

/** Copies a text and says so; `what` names it in a few words, never itself: it may be a secret. */
export async function copy(text, what) {
  const copied = await write(text);
  toast(copied ? `${what} copied` : "This browser does not let the page copy. Select the text instead.");
}

/** A small button that copies what `text` gives. */
export function clipboardButton(text, what) {
  const click = () => copy(text(), what);
  return button({ class: "round small", title: "Copy", "aria-label": `Copy the ${what}`, on: { click } }, icon("copy"));
}

async function write(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return writeBySelecting(text);
  }
}

/** Copies what is selected in a field that nobody sees. */
function writeBySelecting(text) {
  const before = document.activeElement;
  const field = make("textarea", { class: "unseen", readonly: true, "aria-hidden": "true" });
  field.value = text;
  document.body.append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  before?.focus({ preventScroll: true });
  return copied;
}
