// Where the visitor writes: sending, editing the last message, commands. A draft stays with its chat:
// what was meant for the bot alone must not end up in a group.

import * as api from "./api.js";
import { CommandList } from "./commands.js";
import { byId } from "./dom.js";
import { goPrivate, isPrivate, me, theWorld, thisChat, whenChanged } from "./here.js";
import { showTab } from "./navigation.js";
import { toast } from "./notices.js";
import { say } from "./said.js";

const field = byId("composer");
const drafts = new Map();
const commands = new CommandList(choose);
/** For whom and where the field is. */
let place = "";
/** The number of the message that is being edited. */
let editing = null;

export function startComposer() {
  byId("composer-form").addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  field.addEventListener("input", typed);
  field.addEventListener("keydown", (event) => key(event) && event.preventDefault());
  field.addEventListener("blur", () => commands.close());
  document.addEventListener("keydown", typeAnywhere);
  byId("menu").addEventListener("mousedown", (event) => event.preventDefault());
  byId("menu").addEventListener("click", toggleMenu);
  byId("stop-editing").addEventListener("click", stopEditing);
  byId("unblock").addEventListener("click", () => api.block(me().id, false).catch((error) => toast(error.message)));
  whenChanged(show);
}

/** Puts a text into the field, to be sent by the visitor. It goes to the bot alone. */
export function put(text) {
  if (!isPrivate(thisChat())) {
    goPrivate();
  }
  showTab("chat");
  stopEditing();
  fill(text);
  field.focus();
}

function show() {
  const now = `${me().id}:${thisChat().id}`;
  if (now !== place) {
    drafts.set(place, editing === null ? field.value : "");
    place = now;
    stopEditing();
    commands.close();
    fill(drafts.get(place) ?? "");
    field.placeholder = isPrivate(thisChat()) ? `Message ${theWorld().bot.first_name}` : `Message as ${me().first_name}`;
  }
  const isBlocked = isPrivate(thisChat()) && me().blocked;
  byId("blocked").hidden = !isBlocked;
  byId("composer-form").hidden = isBlocked;
}

function fill(text) {
  field.value = text;
  // The field is as high as this copy of its text; see .grow.
  byId("grow").dataset.text = text;
}

function typed() {
  byId("grow").dataset.text = field.value;
  const command = /^\/(\w*)$/.exec(field.value);
  if (command && editing === null) {
    commands.open(command[1].toLowerCase());
  } else {
    commands.close();
  }
}

/** Whoever just types means the composer, wherever the focus was left. */
function typeAnywhere(event) {
  const isLetter = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.altKey && !event.metaKey;
  if (isLetter && event.target !== field && !byId("alert").open) {
    // The letter itself follows the focus.
    field.focus();
  }
}

/** Handles a key; true if nothing else should. */
function key(event) {
  if (event.isComposing) {
    return false;
  }
  const plain = !event.shiftKey && !event.ctrlKey && !event.altKey && !event.metaKey;
  if (commands.isOpen && plain && keyInCommands(event.key)) {
    return true;
  }
  if (event.key === "Enter" && !event.shiftKey) {
    send();
    return true;
  }
  if (event.key === "ArrowUp" && plain && field.value === "" && editing === null) {
    return editLast();
  }
  if (event.key === "Escape" && editing !== null) {
    stopEditing();
    return true;
  }
  return false;
}

function keyInCommands(name) {
  switch (name) {
    case "ArrowDown":
      commands.move(1);
      return true;
    case "ArrowUp":
      commands.move(-1);
      return true;
    case "Escape":
      commands.close();
      return true;
    case "Enter":
    case "Tab":
      // What is written out already is sent as it is.
      if (name === "Enter" && field.value === `/${commands.current.command}`) {
        return false;
      }
      choose(commands.current);
      return true;
    default:
      return false;
  }
}

/** Sends a command, or begins it where something has to follow, as its description shows. */
async function choose({ command, description }) {
  commands.close();
  if (description.includes(`/${command} `)) {
    fill(`/${command} `);
    field.focus();
    return;
  }
  fill("");
  await say(`/${command}`);
}

function toggleMenu() {
  if (commands.isOpen) {
    commands.close();
    return;
  }
  field.focus();
  commands.open("");
  if (!commands.isOpen) {
    toast("The bot offers no commands here.");
  }
}

async function send() {
  const text = field.value;
  if (text.trim() === "") {
    return;
  }
  const edited = editing;
  stopEditing();
  fill("");
  commands.close();
  const done = edited === null ? await say(text) : await change(edited, text);
  if (!done && field.value === "") {
    fill(text);
  }
}

async function change(id, text) {
  try {
    await api.edit(me().id, thisChat().id, id, text);
    return true;
  } catch (error) {
    toast(error.message);
    return false;
  }
}

/** Takes the last message of one's own back into the field; false if there is none. */
function editLast() {
  const last = thisChat().messages.findLast((message) => message.person === me().id && !message.deleted);
  if (!last) {
    return false;
  }
  editing = last.id;
  fill(last.text);
  byId("editing").hidden = false;
  return true;
}

function stopEditing() {
  if (editing === null) {
    return;
  }
  editing = null;
  byId("editing").hidden = true;
  fill("");
}
