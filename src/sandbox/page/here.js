// The world as it was told last, and where the visitor is in it: as whom, in which chat.
// Everything that is shown is drawn from here; nobody else keeps a copy.

const KEPT = "keyporter-demo-here";

let world = null;
let person = 0;
let chat = 0;
const watchers = [];

/** Calls `watch` after every change of the world or of the place. */
export function whenChanged(watch) {
  watchers.push(watch);
}

/** Takes the newest world. */
export function learn(newest) {
  const isFirst = world === null;
  world = newest;
  if (isFirst) {
    return comeBack();
  }
  tell();
}

/** Goes to a chat as somebody. */
export function goTo(toPerson, toChat) {
  [person, chat] = [toPerson, toChat];
  sessionStorage.setItem(KEPT, JSON.stringify([person, chat]));
  tell();
}

/** Becomes somebody else, and stays in the group if they are in it too. */
export function become(other) {
  const stays = chats(other).some((candidate) => candidate.id === chat);
  goTo(other, stays ? chat : other);
}

/** Goes to the private chat with the bot. */
export const goPrivate = () => goTo(person, person);

export const theWorld = () => world;
export const me = () => named(person);
export const thisChat = () => world.chats.find((candidate) => candidate.id === chat);
export const isPrivate = (candidate) => candidate.kind === "private";
/** The person of that number. */
export const named = (id) => world.people.find((candidate) => candidate.id === id);

/** A name for a run of the demo: the next one has another project. */
export const worldName = ({ botsubscription }) => botsubscription.projects[0]?.id ?? "";

/** The chats that a person is in, the private one first. */
export function chats(id) {
  const theirs = world.chats.filter((candidate) => {
    const role = candidate.members[id];
    return candidate.id === id || (role && role !== "left" && role !== "kicked");
  });
  return theirs.sort((one, other) => isPrivate(other) - isPrivate(one));
}

/** Where the visitor was before the page was loaded again, if that is still there. */
function comeBack() {
  const [wasPerson, wasChat] = JSON.parse(sessionStorage.getItem(KEPT) ?? "[]");
  const first = world.people[0].id;
  const isThere = named(wasPerson) && chats(wasPerson).some((candidate) => candidate.id === wasChat);
  goTo(...(isThere ? [wasPerson, wasChat] : [first, first]));
}

function tell() {
  for (const watch of watchers) {
    watch();
  }
}
