// Buttons under a message: what they look like, what a press does, and how the bot's answer to it is shown.
// An answer is shown only where the press was made, as Telegram does.

import * as api from "./api.js";
import { copy } from "./clipboard.js";
import { button, icon, make } from "./dom.js";
import { me, theWorld, thisChat } from "./here.js";
import { openLink } from "./links.js";
import { alertBox, toast } from "./notices.js";
import { isDark } from "./theme.js";

/** Clients give up waiting for an answer after a while. */
const ANSWER_MS_MAX = 15_000;

/** Presses that the bot has not answered, with their buttons. */
const waiting = new Map();

/** The rows of buttons of a message. */
export function keyboard(rows, messageId) {
  return rows.map((row, rowAt) => {
    const buttons = row.map((told, columnAt) => inlineButton(told, { messageId, rowAt, columnAt }));
    return make("div", { class: "row" }, ...buttons);
  });
}

/** Shows the answers that have come; to be called after each change of the world. */
export function showAnswers() {
  for (const answer of theWorld().answers) {
    const pressed = waiting.get(answer.callback_id);
    if (!pressed) {
      continue;
    }
    settle(answer.callback_id, pressed);
    if (answer.text) {
      (answer.alert ? alertBox : toast)(answer.text);
    }
  }
}

function inlineButton(told, place) {
  const { mark, action } = kind(told);
  const node = button(
    {
      class: "inline",
      data: { testid: "inline-button", colour: told.style ?? "none" },
      "aria-disabled": told.disabled ? "true" : null,
    },
    make("span", {}, told.text),
    mark ? icon(mark) : null,
  );
  node.addEventListener("click", () => action(node, place));
  return node;
}

/** What a button does, and the small drawing in its corner. */
function kind(told) {
  if (told.copy_text) {
    return { mark: "copy", action: () => copy(told.copy_text.text, "Text") };
  }
  if (told.url) {
    return { mark: "out", action: () => openLink(told.url) };
  }
  if (told.web_app) {
    return { mark: "out", action: openPage };
  }
  if (told.disabled) {
    return { mark: null, action: () => {} };
  }
  return { mark: null, action: press };
}

/** A Mini App stands over the chat; here it has a window of its own, since it lets nobody but Telegram frame it. */
async function openPage(_node, { messageId, rowAt, columnAt }) {
  const page = window.open("about:blank", "mini-app", "popup,width=420,height=720");
  try {
    const { url } = await api.openPage(me().id, thisChat().id, messageId, rowAt, columnAt, isDark());
    page.location.replace(url);
  } catch (error) {
    page?.close();
    toast(error.message);
  }
}

async function press(node, { messageId, rowAt, columnAt }) {
  if (node.ariaBusy === "true") {
    return;
  }
  node.ariaBusy = "true";
  try {
    const { callback_id } = await api.press(me().id, thisChat().id, messageId, rowAt, columnAt);
    const giveUp = setTimeout(() => settle(callback_id, { node, giveUp }), ANSWER_MS_MAX);
    waiting.set(callback_id, { node, giveUp });
  } catch (error) {
    node.ariaBusy = "false";
    toast(error.message);
  }
}

function settle(id, { node, giveUp }) {
  clearTimeout(giveUp);
  waiting.delete(id);
  node.ariaBusy = "false";
}
