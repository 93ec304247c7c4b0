// Times as the visitor reads them. The world's clock may be ahead of the machine's: it is never read here.

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long" });
const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

export const clockTime = (at_ms) => CLOCK.format(at_ms);
export const dayName = (at_ms) => DAY.format(at_ms);
export const fullTime = (at_ms) => FULL.format(at_ms);
