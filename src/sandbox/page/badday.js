// Bad days on request: what goes wrong, until it is switched off, and time that passes.
// It only asks the demo for faults; what the bot makes of them is seen in the chat.

import * as api from "./api.js";
import { byId, button, icon, make, write } from "./dom.js";
import { me, theWorld, whenChanged } from "./here.js";
import { toast } from "./notices.js";

/** How long BotSubscription asks to wait when it is busy. */
const WAIT_S = 20;
/** How much later Telegram answers. */
const SLOW_MS = 2500;

const BOTSUBSCRIPTION = { service: "botsubscription", times: null };
/** What the bot does where people see it; asking for news is not slowed down. */
const SLOW_METHODS = ["sendMessage", "editMessageText", "deleteMessage", "answerCallbackQuery"];

const TROUBLES = [
  {
    name: "BotSubscription: next answer is lost",
    hint: "The next key is made, but the answer never arrives. Create one: the bot says so, and finds out by itself.",
    rules: [{ ...BOTSUBSCRIPTION, method: "POST", fault: "cut_after", times: 1 }],
  },
  {
    name: "BotSubscription is away",
    hint: "Every call is answered with 503. The bot says what is true now, and goes on when it is back.",
    rules: [{ ...BOTSUBSCRIPTION, fault: { status: [503, null] } }],
  },
  {
    name: "BotSubscription is busy",
    hint: `Every call is answered “too many, wait ${WAIT_S} seconds”. The bot waits, and says until when.`,
    rules: [{ ...BOTSUBSCRIPTION, fault: { rate_limited: { retry_after_s: WAIT_S } } }],
  },
  {
    name: "Telegram answers slowly",
    hint: "Everything that the bot says takes some seconds. Nothing is said twice, nothing is lost.",
    rules: SLOW_METHODS.map((path) => ({ service: "telegram", path, times: null, fault: { delay: SLOW_MS } })),
  },
];

const TIMES = [
  { name: "10 minutes pass", seconds: 600 },
  { name: "1 day passes", seconds: 86_400 },
];

export function startBadDay() {
  const blocking = makeSwitch("", "The bot can no longer write to this person. Create a key first, and see where it stays.", () =>
    api.block(me().id, !me().blocked),
  );
  const troubles = TROUBLES.map((trouble) => ({ trouble, row: makeSwitch(trouble.name, trouble.hint, () => toggle(trouble)) }));
  const clear = button({ class: "quiet", on: { click: act(api.clearFaults) } }, "Clear all");
  byId("badday-body").append(
    ...troubles.map(({ row }) => row.node),
    blocking.node,
    make("div", { class: "ends" }, clear),
    make("h4", {}, icon("clock"), "Time"),
    make("p", { class: "hint" }, "A key that is shown leaves the chat after ten minutes; what nobody saved is wiped after a day."),
    make("div", { class: "ends" }, ...TIMES.map(timeButton)),
    make("p", { class: "hint", id: "ahead", hidden: true }),
  );
  whenChanged(() => {
    for (const { trouble, row } of troubles) {
      row.show(isOn(trouble));
    }
    write(blocking.name, `${me().first_name} blocks the bot`);
    blocking.show(me().blocked);
    clear.disabled = theWorld().faults.length === 0;
    showAhead();
    showStorm(TROUBLES.filter(isOn));
  });
}

function makeSwitch(name, hint, change) {
  const words = make("b", {}, name);
  const toggle = button(
    { class: "switch", role: "switch", "aria-checked": "false", on: { click: act(change) } },
    make("span", { class: "names" }, words, make("small", {}, hint)),
    make("span", { class: "track" }),
  );
  const show = (isOn) => toggle.setAttribute("aria-checked", String(isOn));
  return { node: toggle, name: words, show };
}

const timeButton = ({ name, seconds }) =>
  button({ class: "quiet", on: { click: act(() => api.pushClock(seconds)) } }, name);

/** A listener that does something and tells if it was refused. */
const act = (what) => () => what().catch((error) => toast(error.message));

const isOn = (trouble) => theWorld().faults.some((fault) => trouble.rules.some((rule) => isSame(rule, fault)));

function isSame(rule, fault) {
  const what = ({ service, method = null, path = null, fault: kind }) => JSON.stringify([service, method, path, kind]);
  return what(rule) === what(fault);
}

/** Switches a trouble on, or off: then all faults are cleared and the others begin again. */
async function toggle(trouble) {
  if (!isOn(trouble)) {
    await Promise.all(trouble.rules.map(api.fault));
    return;
  }
  const others = theWorld().faults.filter((fault) => !trouble.rules.some((rule) => isSame(rule, fault)));
  await api.clearFaults();
  for (const other of others) {
    await api.fault(other);
  }
}

function showAhead() {
  const minutes = Math.round(theWorld().clock.pushed_ms / 60_000);
  const [days, rest] = [Math.floor(minutes / 1440), minutes % 1440];
  const parts = [days && `${days} d`, Math.floor(rest / 60) && `${Math.floor(rest / 60)} h`, rest % 60 && `${rest % 60} min`];
  byId("ahead").hidden = minutes === 0;
  write(byId("ahead"), `The demo’s clock is ${parts.filter(Boolean).join(" ")} ahead.`);
}

/** Says in the chat, too, that something is made to go wrong: else it would be forgotten. */
function showStorm(troubles) {
  const [count, storm] = [byId("badday-count"), byId("storm")];
  count.hidden = troubles.length === 0;
  write(count, `${troubles.length} on`);
  storm.hidden = troubles.length === 0;
  const names = troubles.map(({ name }) => name).join(" · ");
  if (storm.dataset.names === names) {
    return;
  }
  storm.dataset.names = names;
  storm.replaceChildren(
    icon("storm"),
    make("span", {}, names),
    button({ class: "quiet", on: { click: act(api.clearFaults) } }, "Clear"),
  );
}
