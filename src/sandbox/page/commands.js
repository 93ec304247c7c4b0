// The bot's commands as a list to choose from: which ones there are here, and the list above the composer.

import { byId, make } from "./dom.js";
import { isPrivate, me, theWorld, thisChat } from "./here.js";

/** The commands that Telegram would offer here: the nearest scope wins, within it the person's language. */
export function commandsHere() {
  const language = me().language_code?.slice(0, 2) ?? "";
  const lists = theWorld().commands;
  for (const scope of scopes()) {
    const fitting = lists.filter((list) => scope(list.scope));
    const spoken = fitting.find((list) => list.language_code === language);
    const list = spoken ?? fitting.find((candidate) => candidate.language_code === "");
    if (list) {
      return list.commands;
    }
  }
  return [];
}

function scopes() {
  const chat = thisChat();
  const isIt = (type) => (scope) => scope.type === type;
  const isItHere = (type) => (scope) => scope.type === type && scope.chat_id === chat.id;
  if (isPrivate(chat)) {
    return [isItHere("chat"), isIt("all_private_chats"), isIt("default")];
  }
  const isAdmin = ["owner", "administrator"].includes(chat.members[me().id]);
  const whereAdmin = (scope) => (isAdmin ? scope : () => false);
  return [
    whereAdmin(isItHere("chat_administrators")),
    isItHere("chat"),
    whereAdmin(isIt("all_chat_administrators")),
    isIt("all_group_chats"),
    isIt("default"),
  ];
}

/** The list above the composer. The focus stays in the composer, which moves the mark. */
export class CommandList {
  /** `choose` gets the command that was pressed. */
  constructor(choose) {
    this.node = byId("commands");
    this.choose = choose;
    this.commands = [];
    this.marked = -1;
  }

  get isOpen() {
    return !this.node.hidden;
  }

  /** The command under the mark. */
  get current() {
    return this.commands[this.marked];
  }

  /** Opens with the commands that begin so; without any it closes. */
  open(beginning) {
    this.commands = commandsHere().filter(({ command }) => command.startsWith(beginning));
    this.node.replaceChildren(...this.commands.map((command, at) => this.option(command, at)));
    this.show(this.commands.length > 0);
    this.mark(0);
  }

  close() {
    this.commands = [];
    this.show(false);
  }

  /** Moves the mark by that many, around the ends. */
  move(by) {
    const count = this.commands.length;
    this.mark((this.marked + by + count) % count);
  }

  show(isOpen) {
    this.node.hidden = !isOpen;
    byId("menu").setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) {
      byId("composer").removeAttribute("aria-activedescendant");
    }
  }

  mark(at) {
    this.marked = at;
    [...this.node.children].forEach((option, index) => {
      option.setAttribute("aria-selected", String(index === at));
    });
    const option = this.node.children[at];
    if (option) {
      byId("composer").setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    }
  }

  option(command, at) {
    return make(
      "li",
      {
        role: "option",
        id: `command-${command.command}`,
        on: {
          // The focus stays where it is.
          mousedown: (event) => event.preventDefault(),
          mousemove: () => this.marked === at || this.mark(at),
          click: () => this.choose(command),
        },
      },
      make("b", {}, `/${command.command}`),
      make("span", {}, command.description),
    );
  }
}
