// Where links lead. This demo is offline: only links to the bot itself are followed, all others are explained.

import { goPrivate, theWorld } from "./here.js";
import { alertBox } from "./notices.js";
import { say } from "./said.js";

/** Follows a link of a text or a button. */
export async function openLink(address) {
  const start = startWord(address);
  if (start === null) {
    alertBox(`This demo is offline. In Telegram this would open:\n${address}`);
    return;
  }
  goPrivate();
  await say(start === "" ? "/start" : `/start ${start}`);
}

/** What a deep link to the bot would say after `/start`; null if it leads elsewhere. */
function startWord(address) {
  const url = URL.canParse(address) ? new URL(address) : null;
  const isBot = url?.hostname === "t.me" && url.pathname.slice(1) === theWorld().bot.username;
  return isBot ? url.searchParams.get("start") ?? "" : null;
}
