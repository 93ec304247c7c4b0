// The providers' dashboards: what a visitor would see on their own pages, and which calls they got from the bot.
// Every row is kept and brought up to date, so that the focus stays and only what has changed is highlighted.

import * as api from "./api.js";
import { byId, button, flash, icon, make, write } from "./dom.js";
import { Field } from "./fields.js";
import { theWorld, whenChanged } from "./here.js";
import { markTab } from "./navigation.js";
import { toast } from "./notices.js";
import { clockTime, fullTime } from "./time.js";

/** What was made for something of the world, by a key. */
const made = new Map();
let hasChanged = false;
let isFirst = true;

export function startPanel() {
  whenChanged(show);
}

function show() {
  const { botsubscription, bots_business, botanalytics } = theWorld();
  hasChanged = false;
  const nodes = [
    ...botsubscription.projects.map((project) => showProject(project, botsubscription.calls)),
    ...bots_business.accounts.map((account) => showAccount(account, bots_business.calls)),
    showChannels(botanalytics),
  ];
  arrange(byId("providers"), nodes);
  if (hasChanged) {
    markTab("panel");
  }
  isFirst = false;
}

function showProject(project, calls) {
  const card = once(`project ${project.id}`, () => {
    const id = new Field({ what: "Project ID", testid: "project-id" });
    const token = new Field({ what: "API token", testid: "project-token" });
    const keys = make("ul", { class: "keys" });
    const heading = make("h4", {}, "API keys");
    const log = callLog();
    const node = makeCard("BotSubscription", "a project with many keys", id.node, token.node, heading, keys, log.node);
    return { node, id, token, keys, log };
  });
  const first = project.keys.find((key) => key.is_first);
  note(card.id.show(project.id));
  note(card.token.show(project.token, first?.revoked_at_ms ? "revoked" : ""));
  arrange(card.keys, project.keys.toReversed().map(showKey));
  showCalls(card.log, calls);
  return card.node;
}

function showKey(key) {
  const row = once(`key ${key.id}`, () => {
    const state = make("span", { class: "state" });
    const four = make("code", {}, `…${key.last_four}`);
    const mark = key.is_first ? make("span", { class: "tag" }, "the token above") : null;
    const node = make(
      "li",
      { data: { testid: "provider-key", keyId: key.id } },
      make("p", {}, make("b", {}, key.label), four),
      make("p", {}, state, mark),
    );
    if (!isFirst) {
      flash(node);
      hasChanged = true;
    }
    return { node, state };
  });
  const isRevoked = key.revoked_at_ms !== null;
  const wasRevoked = row.node.dataset.revoked === "true";
  row.node.dataset.revoked = String(isRevoked);
  const times = [
    ["created", key.created_at_ms],
    ["revoked", key.revoked_at_ms],
  ].filter(([, at_ms]) => at_ms !== null);
  row.state.title = times.map(([what, at_ms]) => `${what} ${fullTime(at_ms)}`).join(", ");
  write(row.state, times.map(([what, at_ms]) => `${what} ${clockTime(at_ms)}`).join(" · "));
  if (isRevoked && !wasRevoked && !isFirst) {
    flash(row.node);
    hasChanged = true;
  }
  return row.node;
}

function showAccount(account, calls) {
  const card = once(`account ${account.id}`, () => {
    const key = new Field({ what: "BB API Key", testid: "account-key" });
    const log = callLog();
    const node = makeCard("Bots.Business", `${account.email} · one key, replaced in place`, key.node, log.node);
    return { node, key, log };
  });
  note(card.key.show(account.api_key));
  showCalls(card.log, calls);
  return card.node;
}

function showChannels({ channels, calls }) {
  const card = once("channels", () => {
    const list = make("div", { class: "channels" });
    const log = callLog();
    const node = makeCard("Botanalytics", "a key for each channel, replaced only here", list, log.node);
    return { node, list, log };
  });
  arrange(card.list, channels.map(showChannel));
  showCalls(card.log, calls);
  return card.node;
}

function showChannel(channel) {
  const row = once(`channel ${channel.id}`, () => {
    const key = new Field({ what: `Key of ${channel.claim}`, testid: "channel-key" });
    const click = () => api.regenerate(channel.id).catch((error) => toast(error.message));
    const label = `Regenerate the key of ${channel.claim}`;
    key.node.append(button({ class: "quiet", "aria-label": label, on: { click } }, icon("again"), "Regenerate"));
    return { key, node: key.node };
  });
  note(row.key.show(channel.key));
  return row.node;
}

/** The last calls of the bot, folded. */
function callLog() {
  const list = make("ol");
  const empty = make("p", { class: "hint" }, "None yet.");
  const summary = make("summary", {}, "Calls from the bot", icon("fold"));
  return { node: make("details", { class: "calls" }, summary, empty, list), list, empty };
}

function showCalls({ list, empty }, calls) {
  empty.hidden = calls.length > 0;
  list.replaceChildren(
    ...calls.toReversed().map((call) => {
      const { words, mood } = outcome(call);
      const path = call.path.split("/").at(-1);
      return make(
        "li",
        { title: `${call.method} ${call.path}` },
        make("time", {}, clockTime(call.at_ms)),
        make("code", {}, `${call.method} …/${path}`),
        make("span", { class: `tag ${mood}` }, words),
      );
    }),
  );
}

/** How a call ended. That something was done without an answer is what a bad day is about. */
function outcome({ status, effect }) {
  if (status === null) {
    return { words: effect ? "done, not answered" : "not answered", mood: "bad" };
  }
  return { words: String(status), mood: status < 300 ? "good" : "bad" };
}

function makeCard(name, words, ...children) {
  const heading = make("header", {}, make("h3", {}, name), make("p", {}, words));
  return make("section", { class: "card", "aria-label": name }, heading, ...children);
}

function once(key, makeIt) {
  if (!made.has(key)) {
    made.set(key, makeIt());
  }
  return made.get(key);
}

/** Puts nodes into a list in that order, and touches nothing that stands right. */
function arrange(list, nodes) {
  nodes.forEach((node, at) => {
    if (list.children[at] !== node) {
      list.insertBefore(node, list.children[at] ?? null);
    }
  });
  while (list.childElementCount > nodes.length) {
    list.lastElementChild.remove();
  }
}

function note(isChanged) {
  hasChanged ||= isChanged;
}
