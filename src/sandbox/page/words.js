// A message's text with its entities, as nodes.
// Offsets count UTF-16 units, as JavaScript's strings do. A covered spoiler is covered for listeners too.

import { copy } from "./clipboard.js";
import { make, pressable } from "./dom.js";
import { openLink } from "./links.js";
import { say } from "./said.js";

/** What Telegram finds in a bot's text by itself, and clients let people press. */
const COMMAND = /(?<![^\s("“«])\/[a-z0-9_]{1,32}(?![\w/])/gi;
/** In these nothing is found. */
const CLOSED = ["bot_command", "code", "pre", "spoiler", "text_link", "url"];
/** Entities that are an element and nothing more. */
const PLAIN = {
  bold: "b",
  italic: "i",
  underline: "u",
  strikethrough: "s",
  blockquote: "blockquote",
  expandable_blockquote: "blockquote",
};

/** The nodes of a text. What is protected cannot be copied piece by piece, as in real clients. */
export function words({ text, entities, protected: isProtected }) {
  const all = [...entities, ...commands(text, entities)];
  all.sort((one, other) => one.offset - other.offset || other.length - one.length);
  return dress({ text, isProtected }, 0, text.length, all);
}

/** The text as it may be read out: without what is covered. */
export function readable({ text, entities }) {
  const covered = entities.filter((entity) => entity.type === "spoiler");
  return covered.reduceRight(
    (left, { offset, length }) => `${left.slice(0, offset)}(covered)${left.slice(offset + length)}`,
    text,
  );
}

function commands(text, entities) {
  const closed = entities.filter((entity) => CLOSED.includes(entity.type));
  const found = [...text.matchAll(COMMAND)].map((match) => ({
    type: "bot_command",
    offset: match.index,
    length: match[0].length,
  }));
  return found.filter(({ offset, length }) =>
    closed.every((entity) => offset + length <= entity.offset || entity.offset + entity.length <= offset),
  );
}

/** The nodes from one place to another; entities come sorted, the outer ones first. */
function dress(message, from, to, entities) {
  const nodes = [];
  let at = from;
  while (entities.length > 0) {
    const [outer, ...rest] = entities;
    const end = Math.min(outer.offset + outer.length, to);
    const inside = rest.filter((entity) => entity.offset < end);
    entities = rest.slice(inside.length);
    if (outer.offset >= at && outer.offset < end) {
      nodes.push(message.text.slice(at, outer.offset));
      nodes.push(element(outer, message, end, dress(message, outer.offset, end, inside)));
      at = end;
    }
  }
  nodes.push(message.text.slice(at, to));
  return nodes;
}

function element(entity, { text, isProtected }, end, children) {
  const part = text.slice(entity.offset, end);
  switch (entity.type) {
    case "spoiler":
      return spoiler(children);
    case "code":
      return code(part, isProtected, make("code", {}, ...children));
    case "pre":
      return code(part, isProtected, make("pre", { data: { language: entity.language ?? "" } }, ...children));
    case "text_link":
    case "url": {
      const link = make("span", { class: "link", title: entity.url ?? part }, ...children);
      return pressable(link, null, () => openLink(entity.url ?? part));
    }
    case "bot_command":
      return pressable(make("span", { class: "link" }, ...children), null, () => say(part));
    default: {
      const tag = PLAIN[entity.type];
      return tag ? make(tag, {}, ...children) : make("span", { class: "mark" }, ...children);
    }
  }
}

function code(part, isProtected, node) {
  if (isProtected) {
    return node;
  }
  node.title = "Press to copy";
  return pressable(node, null, () => copy(part, "Text"));
}

/** Covered until it is pressed; one press uncovers all of a message. */
function spoiler(children) {
  const hidden = make("span", { class: "hidden", "aria-hidden": "true" }, ...children);
  const node = make("span", { class: "spoiler", data: { testid: "spoiler", covered: "true" } }, hidden);
  return pressable(node, "Covered text: press to uncover", () => {
    const all = node.closest(".words")?.querySelectorAll('.spoiler[data-covered="true"]') ?? [];
    all.forEach(uncover);
  });
}

function uncover(spoiler) {
  spoiler.dataset.covered = "false";
  spoiler.removeAttribute("role");
  spoiler.removeAttribute("aria-label");
  // Still there for the keyboard until it moves on.
  spoiler.tabIndex = -1;
  spoiler.firstElementChild.removeAttribute("aria-hidden");
}
