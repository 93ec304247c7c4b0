// Light, dark, or as the system has it. The colours themselves are all in theme.css.

import { byId, icon } from "./dom.js";

const KEPT = "keyporter-demo-theme";
/** In the order in which the button goes through them. */
const THEMES = ["auto", "light", "dark"];
const WORDS = { auto: "as the system", light: "light", dark: "dark" };

/** Sets the theme that was chosen before, and lets the button change it. */
export function startTheme() {
  const kept = localStorage.getItem(KEPT);
  show(THEMES.includes(kept) ? kept : "auto");
  byId("theme").addEventListener("click", () => {
    const now = document.documentElement.dataset.theme;
    const next = THEMES[(THEMES.indexOf(now) + 1) % THEMES.length];
    localStorage.setItem(KEPT, next);
    show(next);
  });
}

/** Whether the page is dark now. */
export function isDark() {
  const theme = document.documentElement.dataset.theme;
  return theme === "auto" ? matchMedia("(prefers-color-scheme: dark)").matches : theme === "dark";
}

function show(theme) {
  document.documentElement.dataset.theme = theme;
  const button = byId("theme");
  const label = `Colours: ${WORDS[theme]}`;
  button.replaceChildren(icon(theme));
  button.title = label;
  button.setAttribute("aria-label", label);
}
