// Who is in the open group and what they are there: whoever may decide about it does so here, as in a client's settings of a group.
// Also whether the visitor writes as the group itself.

import * as api from "./api.js";
import { byId, button, make } from "./dom.js";
import { isPrivate, me, named, thisChat, whenChanged } from "./here.js";
import { toast } from "./notices.js";

const WORDS = { owner: "owner", administrator: "administrator", member: "member", left: "not here", kicked: "removed" };

let drawn = "";

export function startMembers() {
  whenChanged(show);
}

/** Whether what is said now is said by an administrator who hides. */
export const isHidden = () => !byId("hiding").hidden && byId("anonymous").checked;

const isAdministrator = (role) => role === "owner" || role === "administrator";

function show() {
  const chat = thisChat();
  const isGroup = !isPrivate(chat);
  const mine = chat.members[me().id];
  byId("hiding").hidden = !isGroup || !isAdministrator(mine);
  byId("members").hidden = !isGroup;
  // Drawn anew only when somebody's role has changed: a button may have the focus.
  const now = JSON.stringify([me().id, chat.id, chat.members]);
  if (!isGroup || now === drawn) {
    return;
  }
  drawn = now;
  const members = Object.entries(chat.members).filter(([id]) => named(Number(id)));
  byId("members").replaceChildren(...members.map(([id, role]) => member(Number(id), role, mine)));
}

function member(id, role, mine) {
  const person = named(id);
  const name = make("span", {}, make("b", {}, person.first_name), ` ${WORDS[role] ?? role}`);
  return make("li", { data: { testid: `member-${person.first_name.toLowerCase()}` } }, name, ...acts(id, role, mine));
}

/** What the visitor may do with somebody. */
function acts(id, role, mine) {
  if (id === me().id || role === "owner" || mine !== "owner") {
    return [];
  }
  if (role === "left" || role === "kicked") {
    return [act(id, "member", "Let in")];
  }
  const rights = role === "administrator" ? act(id, "member", "Take rights") : act(id, "administrator", "Make administrator");
  return [rights, act(id, "kicked", "Remove")];
}

function act(member, role, words) {
  const click = () => api.setRole(me().id, thisChat().id, member, role).catch((error) => toast(error.message));
  return button({ class: "quiet", data: { testid: `role-${role}` }, on: { click } }, words);
}
