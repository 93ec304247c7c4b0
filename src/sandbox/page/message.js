// One message of a chat: its bubble, its buttons, and the trace that it leaves when it is deleted.
// The words of a deleted message are taken out of the page at once after they have been seen.

import { keyboard } from "./buttons.js";
import { byId, flash, icon, make, write } from "./dom.js";
import { named, theWorld } from "./here.js";
import { announce } from "./notices.js";
import { clockTime, fullTime } from "./time.js";
import { readable, words } from "./words.js";

/** What the visitor says stays that long, even if the bot deletes it at once: what was never seen cannot be missed. */
const SEEN_MS = 1300;
/** How long a bubble takes to go; see .message.leaving. */
const LEAVING_MS = 320;
/** How long "deleted" stands in its place. */
export const TRACE_MS = 120_000;

export class MessageView {
  /** For the eyes of that person; `showsNames` in groups. */
  constructor(message, person, showsNames) {
    this.id = message.id;
    this.author = message.from_bot ? "bot" : message.person;
    this.sent_ms = message.sent_ms;
    this.from = message.from_bot ? "bot" : message.person === person ? "me" : "other";
    this.isGone = false;
    this.words = make("div", { class: "words", data: { testid: "message-text" } });
    this.edited = make("span", { class: "edited", hidden: true }, "edited");
    this.rows = make("div", { class: "rows" });
    this.bubble = this.makeBubble(message, showsNames);
    this.node = make(
      "article",
      {
        class: "message",
        tabindex: "-1",
        "aria-label": this.name(),
        data: { testid: "message", messageId: this.id, from: this.from, deleted: "false" },
      },
      showsNames && this.from !== "me" ? avatar(this.author) : null,
      make("div", { class: "stack" }, this.bubble, this.rows),
    );
    this.shownAt = performance.now();
  }

  makeBubble(message, showsNames) {
    const protects = message.protected && [icon("shield"), "cannot be forwarded or saved"];
    return make(
      "div",
      { class: "bubble", data: { protected: String(Boolean(message.protected)) } },
      showsNames && this.from !== "me"
        ? make("p", { class: "author", data: { hue: hue(this.author) } }, this.name())
        : null,
      message.file_text ? download(message) : null,
      this.words,
      make(
        "p",
        { class: "meta" },
        protects ? make("span", { class: "protected", title: "This message cannot be forwarded or saved" }, ...protects) : null,
        this.edited,
        make("time", { title: fullTime(message.sent_ms) }, clockTime(message.sent_ms)),
      ),
    );
  }

  name() {
    return this.author === "bot" ? theWorld().bot.first_name : named(this.author).first_name;
  }

  /** Shows what has changed. Words and buttons are left alone where they have not: a spoiler stays uncovered, a press under way. */
  update(message) {
    if (message.deleted) {
      this.leave();
      return;
    }
    const said = JSON.stringify([message.text, message.entities]);
    if (said !== this.said) {
      const isFirst = this.said === undefined;
      this.said = said;
      this.keepingFocus(() => this.words.replaceChildren(...words(message)));
      if (!isFirst) {
        flash(this.bubble);
        this.tell(`edited: ${readable(message)}`);
      }
    }
    this.edited.hidden = message.edits === 0;
    const buttons = JSON.stringify(message.keyboard);
    if (buttons !== this.buttons) {
      this.buttons = buttons;
      this.keepingFocus(() => this.rows.replaceChildren(...keyboard(message.keyboard, this.id)));
    }
  }

  /** Goes, once it has been seen. */
  leave() {
    if (this.isGone) {
      return;
    }
    this.isGone = true;
    const seen = this.from === "me" ? SEEN_MS - (performance.now() - this.shownAt) : 0;
    setTimeout(() => this.node.classList.add("leaving"), seen);
    setTimeout(() => this.leaveTrace(), Math.max(seen, 0) + LEAVING_MS);
  }

  /** Becomes the trace of a deleted message, for a while. */
  leaveTrace() {
    this.isGone = true;
    const bot = theWorld().bot.first_name;
    const whose = { me: "your", bot: "its", other: `${this.name()}’s` }[this.from];
    const text = `${bot} deleted ${whose} message`;
    this.keepingFocus(() => this.node.replaceChildren(make("p", { class: "trace" }, icon("trash"), text)));
    this.node.classList.remove("leaving");
    this.node.dataset.deleted = "true";
    if (this.node.isConnected) {
      announce(text);
    }
    setTimeout(() => this.vanish(), TRACE_MS);
  }

  vanish() {
    if (this.node.contains(document.activeElement)) {
      byId("composer").focus({ preventScroll: true });
    }
    this.node.remove();
  }

  /** Says to listeners what is new in it. */
  tell(what) {
    if (this.from !== "me" && this.node.isConnected) {
      announce(`${this.name()}: ${what}`);
    }
  }

  /** Changes something; if the focus was on it, it stays on this message instead of being lost. */
  keepingFocus(change) {
    const hadFocus = this.node.contains(document.activeElement);
    change();
    if (hadFocus && !this.node.contains(document.activeElement)) {
      this.node.focus({ preventScroll: true });
    }
  }
}

/** The round picture of somebody: a person's number, or "bot". */
export function avatar(author) {
  const node = make("span", { class: "avatar", "aria-hidden": "true", data: { hue: hue(author) } });
  if (author === "bot") {
    node.append(icon("key"));
  } else {
    write(node, named(author).first_name.slice(0, 1));
  }
  return node;
}

/** Everybody's own colour. */
const hue = (author) => (author === "bot" ? "bot" : String(author % 4));

/** A document that the bot has sent, to be saved. */
function download({ file, file_text }) {
  const href = `data:text/plain;charset=utf-8,${encodeURIComponent(file_text)}`;
  return make("p", {}, make("a", { class: "link", href, download: file }, `📎 ${file}`));
}
