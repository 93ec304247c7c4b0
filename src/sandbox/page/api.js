// The control API: what the page may ask of the demo, and the world as it goes on.
// Holds no state of the world, and shows nothing.

/** How long an answer about the world may take; the server itself waits for news for less. */
const WORLD_MS_MAX = 40_000;
/** Between two tries while the demo does not answer. */
const RETRY_MS = 2000;

/** Acts that are not answered yet. */
const underWay = new Set();

export const say = (person, chat, text, { anonymous = false, replyTo = null } = {}) =>
  act("say", { person, chat, text, anonymous, reply_to: replyTo });
export const setRole = (person, chat, member, role) => act("role", { person, chat, member, role });
export const edit = (person, chat, message_id, text) => act("edit", { person, chat, message_id, text });
export const openPage = (person, chat, message_id, row, column, dark) =>
  act("page", { person, chat, message_id, row, column, dark });

export const press = (person, chat, message_id, row, column) =>
  act("press", { person, chat, message_id, row, column });
export const block = (person, blocked) => act("block", { person, blocked });
export const pushClock = (push_seconds) => act("clock", { push_seconds });
export const regenerate = (channel) => act("regenerate", { channel });
export const fault = (rule) => act("fault", rule);
export const clearFaults = () => act("faults/clear", {});

function act(what, body) {
  const acting = post(`/api/${what}`, body);
  underWay.add(acting);
  const done = () => underWay.delete(acting);
  acting.then(done, done);
  return acting;
}

/** The answer; a refusal is thrown with the words that the demo has for it. */
async function post(path, body) {
  const headers = { "content-type": "application/json" };
  let response;
  try {
    response = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
  } catch {
    throw new Error("The demo does not answer.");
  }
  const answer = await response.json();
  if (!response.ok) {
    throw new Error(answer.error);
  }
  return answer;
}

/**
 * Calls `onWorld` with the world now and after each change, for ever. While the demo does not answer it calls `onLost`
 * with a function that tries again at once.
 */
export async function follow(onWorld, onLost) {
  let after = null;
  for (;;) {
    const world = await ask(after).catch(() => null);
    if (world === null) {
      after = null;
      await new Promise((retry) => {
        setTimeout(retry, RETRY_MS);
        onLost(retry);
      });
      continue;
    }
    // What an act gives back (the number of a message, of a press) must be known before the world that shows it.
    await Promise.allSettled(underWay);
    after = world.version;
    onWorld(world);
  }
}

async function ask(after) {
  const path = after === null ? "/api/world" : `/api/world?after=${after}`;
  const response = await fetch(path, { signal: AbortSignal.timeout(WORLD_MS_MAX) });
  if (!response.ok) {
    throw new Error(`The world was answered with ${response.status}.`);
  }
  return response.json();
}
