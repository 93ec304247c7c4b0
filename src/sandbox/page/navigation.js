// Who speaks, which chat is open, and, in a narrow window, which part of the page is shown.

import { attribute, byId, button, icon, make, write } from "./dom.js";
import { become, chats, goTo, isPrivate, me, theWorld, thisChat, whenChanged } from "./here.js";
import { avatar } from "./message.js";

const languages = new Intl.DisplayNames(["en"], { type: "language" });

/** The last message that was seen, by reader and chat. */
const seen = new Map();

export function startNavigation() {
  for (const tab of tabs()) {
    tab.addEventListener("click", () => showTab(tab.dataset.tab));
  }
  whenChanged(show);
}

/** Brings a part of the page to the front where only one has room: "chat" or "panel". */
export function showTab(name) {
  document.body.dataset.tab = name;
  for (const tab of tabs()) {
    attribute(tab, "aria-current", tab.dataset.tab === name ? "true" : null);
  }
  markTab(name, false);
  show();
}

/** Marks a part in which something has changed, unless it is in sight. */
export function markTab(name, isChanged = true) {
  const isInSight = byId(name).offsetWidth > 0;
  const tab = tabs().find((candidate) => candidate.dataset.tab === name);
  tab.lastElementChild.hidden = !isChanged || isInSight;
}

const tabs = () => [...document.querySelectorAll(".tabs button")];

function show() {
  noteSeen();
  const everybody = theWorld().people;
  fill(byId("people"), everybody, personButton, (node, person) => {
    const news = chats(person.id).reduce((sum, chat) => sum + unseen(person.id, chat), 0);
    node.setAttribute("aria-pressed", String(person.id === me().id));
    badge(node, person.id === me().id ? 0 : news);
  });
  // A chat's button belongs to one person: another one's private chat is another chat.
  const mine = chats(me().id).map((chat) => ({ chat, id: `${me().id}:${chat.id}` }));
  fill(byId("chats"), mine, chatButton, (node, { chat }) => {
    attribute(node, "aria-current", chat.id === thisChat().id ? "true" : null);
    write(node.querySelector("small"), preview(chat));
    badge(node, unseen(me().id, chat));
  });
  if (unseen(me().id, thisChat()) > 0) {
    markTab("chat");
  }
}

/** What is there at the start has been seen; later only what is in the open chat, in sight. */
function noteSeen() {
  const isInSight = byId("chat").offsetWidth > 0;
  for (const person of theWorld().people) {
    for (const chat of chats(person.id)) {
      const key = `${person.id}:${chat.id}`;
      const isOpen = person.id === me().id && chat.id === thisChat().id && isInSight;
      if (isOpen || !seen.has(key)) {
        seen.set(key, chat.messages.at(-1)?.id ?? 0);
      }
    }
  }
}

function unseen(person, chat) {
  const last = seen.get(`${person}:${chat.id}`);
  return chat.messages.filter(
    (message) => message.id > last && !message.deleted && message.person !== person,
  ).length;
}

/** Keeps a button for each item, in order, and brings it up to date; a button is never made anew: it may have the focus. */
function fill(list, items, makeButton, update) {
  const kept = new Map([...list.children].map((node) => [node.dataset.key, node]));
  const nodes = items.map((item) => {
    const node = kept.get(String(item.id)) ?? makeButton(item);
    node.dataset.key = item.id;
    update(node, item);
    return node;
  });
  if (nodes.some((node, at) => list.children[at] !== node) || nodes.length !== list.childElementCount) {
    list.replaceChildren(...nodes);
  }
}

function personButton(person) {
  const language = person.language_code ? languages.of(person.language_code) : "";
  return choice(`person-${person.first_name.toLowerCase()}`, avatar(person.id), person.first_name, language, () =>
    become(person.id),
  );
}

function chatButton({ chat }) {
  const isBot = isPrivate(chat);
  const picture = isBot ? avatar("bot") : make("span", { class: "avatar", data: { hue: "group" } }, icon("group"));
  const title = isBot ? theWorld().bot.first_name : chat.title;
  return choice(`chat-${isBot ? "private" : "group"}`, picture, title, "", () => {
    goTo(me().id, chat.id);
    showTab("chat");
  });
}

function choice(testid, picture, title, words, click) {
  return button(
    { class: "choice", data: { testid }, on: { click } },
    picture,
    make("span", { class: "names" }, make("b", {}, title), make("small", {}, words)),
    make("span", { class: "badge", hidden: true }),
  );
}

function badge(node, count) {
  const shown = node.querySelector(".badge");
  shown.hidden = count === 0;
  write(shown, count === 0 ? "" : String(count));
  attribute(shown, "aria-label", count === 0 ? null : `${count} new`);
}

/** The last words of a chat. What is covered, or protected, stays out of it. */
function preview(chat) {
  const last = chat.messages.findLast((message) => !message.deleted);
  if (!last) {
    return "No messages yet";
  }
  return last.protected ? "Protected message" : last.text.replaceAll(/\s+/g, " ").slice(0, 80);
}
