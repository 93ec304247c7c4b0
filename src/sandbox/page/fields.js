// A value of a dashboard that a visitor takes from it: shown, copied, or put into the chat.

import { clipboardButton } from "./clipboard.js";
import { button, flash, icon, make, write } from "./dom.js";
import { put } from "./composer.js";

export class Field {
  /** `what` names the value: "Project ID". */
  constructor({ what, testid }) {
    this.value = "";
    this.shown = make("code", { class: "value", data: testid ? { testid } : {} });
    this.note = make("span", { class: "tag bad", hidden: true });
    this.node = make(
      "div",
      { class: "field" },
      make("p", { class: "label" }, what, this.note),
      this.shown,
      make(
        "span",
        { class: "tools" },
        clipboardButton(() => this.value, what),
        button(
          { class: "round small", title: "Put it into the chat", "aria-label": `Put the ${what} into the chat`, on: { click: () => put(this.value) } },
          icon("put"),
        ),
      ),
    );
  }

  /** Shows a value; another one than before is highlighted. `note` says what is wrong with it, if anything. */
  show(value, note = "") {
    const isFirst = this.value === "";
    this.value = value;
    write(this.note, note);
    this.note.hidden = note === "";
    if (write(this.shown, value) && !isFirst) {
      flash(this.node);
      return true;
    }
    return false;
  }
}
