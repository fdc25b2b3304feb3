/**
 * Buttons and select menus under a message. `context.press(message, custom_id, values?)` sends the
 * press and settles when the stand-in took it. Called by message.js; modal.js uses `selectNode`.
 */

import { TYPE } from "./catalog.js";
import { el, icon, safeUrl } from "./dom.js";

export const KIND = { row: 1, button: 2, stringSelect: 3, textInput: 4, textDisplay: 10, label: 18, fileUpload: 19 };
// Menus of people, roles, both and channels, and the option type that offers the same.
const THINGS = { 5: TYPE.user, 6: TYPE.role, 7: TYPE.mentionable, 8: TYPE.channel };
const STYLE = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link" };

export function componentsNode(message, context) {
  const rows = (message.components ?? []).filter((row) => row.type === KIND.row);
  if (!rows.length) return null;
  return el("div", { class: "components" }, rows.map((row) => el("div", { class: "component-row" }, row.components.map((each) => componentNode(each, message, context)))));
}

function componentNode(component, message, context) {
  if (component.type === KIND.button) return component.style === 5 ? linkButton(component) : button(component, message, context);
  if (isSelect(component)) return menu(component, message, context);
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

export const isSelect = (component) => component.type === KIND.stringSelect || component.type in THINGS;

export const chosenIn = (node) => [...node.selectedOptions].map((option) => option.value).filter(Boolean);

/** One choice is sent at once; several when the focus leaves the menu, or with Enter. */
function menu(component, message, context) {
  const node = selectNode(component, context);
  let before = chosenIn(node).join();
  const send = () => {
    const values = chosenIn(node);
    if (values.join() === before) return;
    before = values.join();
    context.press(message, component.custom_id, values);
  };
  node.addEventListener(node.multiple ? "blur" : "change", send);
  node.addEventListener("keydown", (event) => event.key === "Enter" && node.multiple && send());
  return node;
}

export function selectNode(component, context) {
  const least = component.min_values ?? 1;
  const most = component.max_values ?? 1;
  const { placeholder } = component;
  const many = most > 1;
  const count = many ? ` (${least === most ? most : `${least} to ${most}`})` : "";
  const node = el("select", {
    class: "menu", multiple: many, disabled: component.disabled, "data-testid": "menu", "data-custom-id": component.custom_id,
    "aria-label": `${placeholder ?? "Make a selection"}${count}`, title: many ? `Choose ${least} to ${most}` : null,
  });
  const options = optionsOf(component, context);
  if (many) node.append(el("option", { value: "", disabled: true }, `${placeholder ?? "Make a selection"}${count}`));
  else node.append(el("option", { value: "", hidden: least > 0, selected: !options.some((option) => option.default) }, placeholder ?? "Make a selection"));
  node.append(...options.map((option) => el("option", { value: option.value, selected: option.default, title: option.description }, [emojiWords(option.emoji), option.label, option.description && `– ${option.description}`].filter(Boolean).join(" "))));
  return node;
}

function optionsOf(component, context) {
  if (component.type === KIND.stringSelect) return component.options ?? [];
  const chosen = (component.default_values ?? []).map((each) => String(each.id));
  return context.choices(THINGS[component.type]).map((choice) => ({ value: choice.value, label: choice.name, default: chosen.includes(choice.value) }));
}
