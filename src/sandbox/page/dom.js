// Small helpers to build the page.
// Text only ever becomes text nodes: nothing here, or anywhere in the page, reads a string as markup.

/** No animation takes longer; see @keyframes. */
const ANIMATION_MS_MAX = 1700;
const SVG = "http://www.w3.org/2000/svg";

/** The element with that id. */
export const byId = (id) => document.getElementById(id);

/**
 * Makes an element. `data` becomes data attributes, `on` listeners, everything else attributes;
 * false and null leave an attribute away.
 */
export function make(tag, { data = {}, on = {}, ...attributes } = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    attribute(node, name, value);
  }
  for (const [name, value] of Object.entries(data)) {
    node.dataset[name] = value;
  }
  for (const [name, listener] of Object.entries(on)) {
    node.addEventListener(name, listener);
  }
  node.append(...children.filter((child) => child !== null));
  return node;
}

/** A button that submits nothing. */
export function button(attributes, ...children) {
  return make("button", { type: "button", ...attributes }, ...children);
}

/** A drawing of the sprite in index.html. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

/** Sets an attribute; true is an empty one, false and null remove it. */
export function attribute(node, name, value) {
  if (value === false || value === null || value === undefined) {
    node.removeAttribute(name);
  } else {
    node.setAttribute(name, value === true ? "" : value);
  }
}

/** Makes a button of something that stands within a line of text, where a real one could not wrap. */
export function pressable(node, label, action) {
  node.setAttribute("role", "button");
  node.setAttribute("tabindex", "0");
  attribute(node, "aria-label", label);
  node.addEventListener("click", action);
  node.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      action(event);
    }
  });
  return node;
}

/** Highlights something that has changed, for a moment. */
export function flash(node) {
  node.classList.remove("flash");
  // Asking for the size ends the animation that may be under way, so that it can begin again.
  void node.offsetWidth;
  animate(node, "flash");
}

/** Gives a node a class for as long as its animation takes. By time: what is out of sight never ends an animation. */
export function animate(node, name) {
  node.classList.add(name);
  setTimeout(() => node.classList.remove(name), ANIMATION_MS_MAX);
}

/** Puts a text there if it is another one; tells whether it was. */
export function write(node, text) {
  const differs = node.textContent !== text;
  if (differs) {
    node.textContent = text;
  }
  return differs;
}
