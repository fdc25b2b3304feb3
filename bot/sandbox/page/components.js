/**
 * Buttons and select menus under a message. `context.press(message, custom_id, values?)` sends the
 * press and settles when the stand-in took it. Called by message.js; modal.js uses `selectNode`.
 */

import { el, icon, safeUrl } from "./dom.js";

export const KIND = { row: 1, button: 2, stringSelect: 3, textInput: 4, textDisplay: 10, label: 18 };
const STYLE = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link" };

export function componentsNode(message, context) {
  const rows = (message.components ?? []).filter((row) => row.type === KIND.row);
  if (!rows.length) return null;
  return el("div", { class: "components" }, rows.map((row) => el("div", { class: "component-row" }, row.components.map((each) => componentNode(each, message, context)))));
}

function componentNode(component, message, context) {
  if (component.type === KIND.button) return component.style === 5 ? linkButton(component) : button(component, message, context);
  if (component.type === KIND.stringSelect) return menu(component, message, context);
  return null;
}

function button(component, message, context) {
  const node = el("button", {
    type: "button", class: `button ${STYLE[component.style] ?? "secondary"}`, disabled: component.disabled,
    "data-testid": "button", "data-custom-id": component.custom_id, "aria-label": component.label ? null : emojiWords(component.emoji) || "Button",
  }, face(component));
  node.addEventListener("click", () => whileBusy(node, () => context.press(message, component.custom_id)));
  return node;
}

function linkButton(component) {
  const href = component.disabled ? null : safeUrl(component.url);
  return el("a", { class: "button link", role: href ? null : "link", "aria-disabled": href ? null : "true", href, target: "_blank", rel: "noopener noreferrer", "data-testid": "link-button" }, face(component), icon("out"));
}

function face(component) {
  const emoji = emojiWords(component.emoji);
  return [emoji && el("span", { class: "button-emoji" }, emoji), component.label && el("span", {}, component.label)];
}

function emojiWords(emoji) {
  if (!emoji?.name) return "";
  return emoji.id ? `:${emoji.name}:` : emoji.name;
}

/** A pressed button shows dots and takes no second press until the first was taken. */
async function whileBusy(node, action) {
  if (node.getAttribute("aria-busy") === "true") return;
  node.setAttribute("aria-busy", "true");
  try {
    await action();
  } finally {
    node.removeAttribute("aria-busy");
  }
}

function menu(component, message, context) {
  const node = selectNode(component);
  node.addEventListener("change", () => {
    const values = [...node.selectedOptions].map((option) => option.value).filter(Boolean);
    if (values.length >= (component.min_values ?? 1)) context.press(message, component.custom_id, values);
  });
  return node;
}

export function selectNode(component) {
  const many = (component.max_values ?? 1) > 1;
  const node = el("select", {
    class: "menu", multiple: many, disabled: component.disabled, "data-testid": "menu", "data-custom-id": component.custom_id,
    "aria-label": component.placeholder ?? "Choose", title: component.placeholder,
  });
  const options = component.options ?? [];
  if (!many) node.append(el("option", { value: "", hidden: true, selected: !options.some((option) => option.default) }, component.placeholder ?? "Make a selection"));
  node.append(...options.map((option) => el("option", { value: option.value, selected: option.default, title: option.description }, [emojiWords(option.emoji), option.label].filter(Boolean).join(" "))));
  return node;
}
