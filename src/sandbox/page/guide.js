// The first steps of a visitor: they tick themselves off as things happen, and can be put away.
// What has been done is remembered for this run of the demo and this tab only.

import { put } from "./composer.js";
import { attribute, byId, button, icon, make } from "./dom.js";
import { goPrivate, theWorld, whenChanged, worldName } from "./here.js";
import { showTab } from "./navigation.js";
import { say } from "./said.js";

const KEPT = "keyporter-demo-guide";
/** The world's own keys are all made at its beginning. */
const BEGINNING_MS = 1000;

/** `isDone` looks at the world; a step that was done once stays so. */
const STEPS = [
  {
    name: "Say hello",
    text: () => ["Every bot begins with a press on ", make("b", {}, "Start"), "."],
    action: {
      name: "Start",
      do: () => {
        goPrivate();
        say("/start");
      },
    },
    isDone: () => privateMessages().some((message) => message.from_bot),
  },
  {
    name: "Link an account",
    text: () => [
      "Press ", make("b", {}, "Link account"), ", then ", make("b", {}, "BotSubscription"),
      ". The form asks for the project ID and the token from the dashboard: neither goes through the chat.",
    ],
    action: { name: "Show me both", do: showCredentials },
    isDone: () => {
      const { botsubscription, bots_business, botanalytics } = theWorld();
      const calls = [botsubscription, bots_business, botanalytics].flatMap((provider) => provider.calls);
      return calls.some((call) => call.status === 200);
    },
  },
  {
    name: "Create a key",
    text: () => ["Send ", make("code", {}, "/newkey my first key"), " and press ", make("b", {}, "Create key"), "."],
    action: { name: "Write it for me", do: () => put("/newkey my first key") },
    isDone: () => theWorld().botsubscription.projects.some(hasNewKey),
  },
  {
    name: "Save it",
    text: () => ["Press ", make("b", {}, "Show key"), ", copy it, and press ", make("b", {}, "I saved it"), ": it is shown to you alone, and once."],
    isDone: secretWasSaved,
  },
];

let done = [];
let isClosed = false;
/** The messages in which a secret was seen, by chat and number. */
const secrets = new Set();
let shown = "";

export function startGuide() {
  byId("show-guide").addEventListener("click", () => close(!isClosed));
  let isFirst = true;
  whenChanged(() => {
    if (isFirst) {
      remember();
      isFirst = false;
    }
    show();
  });
}

function show() {
  const now = STEPS.filter((step) => step.isDone()).map((step) => step.name);
  done = STEPS.map((step) => step.name).filter((name) => done.includes(name) || now.includes(name));
  keep();
  byId("guide").hidden = isClosed;
  byId("show-guide").setAttribute("aria-pressed", String(!isClosed));
  const state = JSON.stringify(done);
  if (state !== shown) {
    shown = state;
    draw();
  }
}

function draw() {
  const current = STEPS.find((step) => !done.includes(step.name));
  const steps = STEPS.map((step, at) => {
    const isDone = done.includes(step.name);
    const node = make(
      "li",
      { data: { done: String(isDone) } },
      make("span", { class: "number" }, isDone ? icon("check") : String(at + 1)),
      make("span", { class: "step-name" }, step.name),
      isDone ? make("span", { class: "unseen" }, "(done)") : null,
    );
    attribute(node, "aria-current", step === current ? "step" : null);
    return node;
  });
  const words = current ? current.text() : ["That was the main path. Next: ", make("code", {}, "/rotate"), ", ", make("code", {}, "/revoke"), ", another person, the group."];
  const action = current ? current.action : { name: "Try a bad day", do: openBadDay };
  const hadFocus = byId("guide").contains(document.activeElement);
  byId("guide").replaceChildren(
    make("ol", {}, ...steps),
    button({ class: "round small", "aria-label": "Put the first steps away", on: { click: () => close(true) } }, icon("close")),
    make("p", {}, ...words, action ? " " : null, action ? button({ class: "quiet", on: { click: action.do } }, action.name) : null),
  );
  if (hadFocus) {
    byId("composer").focus();
  }
}

function close(closes) {
  isClosed = closes;
  show();
}

function showCredentials() {
  showTab("panel");
  const field = document.querySelector('[data-testid="project-id"]').closest(".field");
  field.scrollIntoView({ block: "nearest" });
  field.querySelector("button").focus();
}

function openBadDay() {
  showTab("panel");
  byId("badday").open = true;
  byId("badday").scrollIntoView({ block: "start" });
  byId("badday").querySelector("summary").focus();
}

function privateMessages() {
  return theWorld().chats.filter((chat) => chat.kind === "private").flatMap((chat) => chat.messages);
}

function hasNewKey({ keys }) {
  const beginning = Math.min(...keys.map((key) => key.created_at_ms));
  return keys.some((key) => key.created_at_ms - beginning > BEGINNING_MS);
}

/** A secret, or the way to its page, comes protected and with a button for it, and is deleted when it was saved. */
function secretWasSaved() {
  let isSaved = false;
  for (const message of privateMessages()) {
    const isSecret = message.protected && message.keyboard.flat().some((told) => told.copy_text || told.web_app);
    if (isSecret) {
      secrets.add(message.id);
    }
    isSaved ||= message.deleted && secrets.has(message.id);
  }
  return isSaved;
}

function remember() {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");
  if (kept.world === worldName(theWorld())) {
    done = kept.done;
    isClosed = kept.isClosed;
  }
}

function keep() {
  sessionStorage.setItem(KEPT, JSON.stringify({ world: worldName(theWorld()), done, isClosed }));
}
