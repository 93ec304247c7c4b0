// Saying something, and remembering it for as long as the bot may still delete it unseen.
// A deleted message's words are not told by the world; what is kept here lives in memory only and is dropped soon.

import * as api from "./api.js";
import { me, thisChat } from "./here.js";
import { isHidden } from "./members.js";
import { toast } from "./notices.js";

/** How long words are kept after they were said. */
const KEPT_MS = 10_000;

const words = new Map();

/** Says something in the open chat; false if that was refused, which is told. */
export async function say(text) {
  const [person, chat] = [me().id, thisChat().id];
  try {
    const { message_id } = await api.say(person, chat, text, { anonymous: isHidden() });
    const place = `${chat}:${message_id}`;
    words.set(place, text);
    setTimeout(() => words.delete(place), KEPT_MS);
    return true;
  } catch (error) {
    toast(error.message);
    return false;
  }
}

/** What was said there a moment ago, if it was said on this page. */
export const justSaid = (chat, id) => words.get(`${chat}:${id}`);
