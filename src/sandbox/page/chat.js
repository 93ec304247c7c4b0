// The open chat: its heading, its messages, and where the reader is in it.
// It follows the newest message unless the reader has scrolled up; it never moves what is being read.

import { animate, byId, button, icon, make, write } from "./dom.js";
import { isPrivate, me, named, theWorld, thisChat, whenChanged } from "./here.js";
import { MessageView, TRACE_MS, avatar } from "./message.js";
import { justSaid, say } from "./said.js";
import { dayName } from "./time.js";
import { readable } from "./words.js";

/** So near to the end the reader counts as being there. */
const NEAR_PX = 48;
/** Messages of one author within that time stand together. */
const TOGETHER_MS = 5 * 60_000;

/** Every chat that was open, by reader and chat. */
const conversations = new Map();
let open = null;

export function startChat() {
  const scroller = byId("scroller");
  scroller.addEventListener("scroll", () => open?.readerMoved(), { passive: true });
  // Whatever changes a height (a message, a window, the composer): who was at the end stays there.
  const observer = new ResizeObserver(() => open?.follow());
  observer.observe(scroller);
  observer.observe(byId("messages"));
  byId("newest").addEventListener("click", () => open.goToEnd());
  whenChanged(show);
}

function show() {
  const [person, chat] = [me(), thisChat()];
  const key = `${person.id}:${chat.id}`;
  if (!conversations.has(key)) {
    conversations.set(key, new Conversation(person.id, chat));
  }
  const conversation = conversations.get(key);
  const isOpened = conversation !== open;
  open = conversation;
  conversation.update(chat);
  if (isOpened) {
    showHeading(chat);
    byId("messages").replaceChildren(conversation.node);
    conversation.goToEnd();
  }
}

class Conversation {
  constructor(person, chat) {
    this.person = person;
    this.chat = chat.id;
    this.showsNames = !isPrivate(chat);
    this.views = new Map();
    this.latest = null;
    this.follows = true;
    this.unseen = 0;
    this.isNew = true;
    this.heights = "";
    this.node = make("div", { class: "conversation" }, emptyChat(chat));
  }

  update(chat) {
    for (const message of chat.messages) {
      const view = this.views.get(message.id) ?? this.arrive(message);
      view?.update(message);
    }
    this.isNew = false;
    this.showWay();
  }

  /** Puts a message at the end, if there is anything of it to see. */
  arrive(message) {
    const text = justSaid(this.chat, message.id);
    const isFresh = theWorld().clock.now_ms - message.sent_ms < TRACE_MS;
    if (message.deleted && text === undefined && !isFresh) {
      return null;
    }
    const view = new MessageView(message, this.person, this.showsNames);
    this.views.set(message.id, view);
    this.place(view);
    if (message.deleted) {
      // It went before it could be shown: what was said here is shown a last time, of others there is only the trace.
      if (text === undefined) {
        view.leaveTrace();
      } else {
        view.update({ text, entities: [], keyboard: [], edits: 0 });
      }
    }
    if (!this.isNew) {
      this.notice(view, message);
    }
    return view;
  }

  /** Lets the reader notice a message that has just come. */
  notice(view, message) {
    animate(view.node, "arriving");
    if (view.from === "me") {
      this.follows = true;
    } else if (!message.deleted) {
      view.tell(readable(message));
      this.unseen += 1;
    }
  }

  place(view) {
    const before = this.latest;
    const isSameDay = before && dayName(before.sent_ms) === dayName(view.sent_ms);
    if (!isSameDay) {
      this.node.append(make("p", { class: "day" }, make("span", {}, dayName(view.sent_ms))));
    }
    const isTogether =
      isSameDay && before.author === view.author && view.sent_ms - before.sent_ms < TOGETHER_MS;
    view.node.dataset.follows = String(Boolean(isTogether));
    this.latest = view;
    this.node.append(view.node);
    this.node.querySelector(".empty")?.remove();
  }

  /** After a scroll. One that comes with another height was not the reader's: then `follow` comes next. */
  readerMoved() {
    const { scrollHeight, scrollTop, clientHeight } = byId("scroller");
    const isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR_PX;
    if (isAtEnd || this.heights === `${scrollHeight} ${clientHeight}`) {
      this.follows = isAtEnd;
      this.showWay();
    }
  }

  /** Goes on to the end, for a reader who was there. */
  follow() {
    const scroller = byId("scroller");
    if (this.follows) {
      scroller.scrollTop = scroller.scrollHeight;
    }
    this.heights = `${scroller.scrollHeight} ${scroller.clientHeight}`;
  }

  goToEnd() {
    this.follows = true;
    this.follow();
    this.showWay();
  }

  /** The way back to the newest message, for a reader who is elsewhere. */
  showWay() {
    if (this.follows) {
      this.unseen = 0;
    }
    const newest = byId("newest");
    const words = this.unseen === 1 ? "1 new message" : `${this.unseen} new messages`;
    newest.hidden = this.follows;
    newest.setAttribute("aria-label", this.unseen > 0 ? words : "To the newest message");
    write(newest.lastElementChild, this.unseen > 0 ? words : "");
  }
}

function showHeading(chat) {
  const { bot } = theWorld();
  const members = Object.keys(chat.members).map((id) => named(Number(id)).first_name);
  const picture = isPrivate(chat) ? avatar("bot") : make("span", { class: "avatar", data: { hue: "group" } }, icon("group"));
  picture.id = "chat-avatar";
  byId("chat-avatar").replaceWith(picture);
  write(byId("chat-title"), isPrivate(chat) ? bot.first_name : chat.title);
  write(byId("chat-subtitle"), isPrivate(chat) ? `@${bot.username} · bot` : [...members, bot.first_name].join(", "));
}

/** What stands in a chat without messages. */
function emptyChat(chat) {
  const { bot } = theWorld();
  if (!isPrivate(chat)) {
    return make("div", { class: "empty" }, make("p", {}, "Nobody has said anything here yet."));
  }
  return make(
    "div",
    { class: "empty" },
    avatar("bot"),
    make("p", { class: "title" }, bot.first_name),
    make("p", {}, "This bot looks after the API keys of your bots. Nothing you do here leaves this machine."),
    button({ class: "solid", on: { click: () => say("/start") } }, "Start"),
  );
}
