/**
 * The menu of a message or of a person, with the bot's commands for it under "Apps": by right click,
 * long press, the "more" button, Shift+F10 and the menu key. Wired once by main.js.
 */

import { el } from "./dom.js";

export const APPS = { person: 2, message: 3 };
const LONG_PRESS_MS = 500;
const STILL_PX = 10;
const EDGE_PX = 8;

/** `apps(type)` gives the commands offered now; `run(name, {message} | {person})` picks one. */
export function wireMenus(root, actions) {
  root.addEventListener("contextmenu", (event) => openFor(event, event.target, actions, { x: event.clientX, y: event.clientY }));
  root.addEventListener("keydown", (event) => asksForMenu(event) && openFor(event, event.target, actions));
  root.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens-menu]");
    if (opener) openFor(event, opener, actions);
  });
  wireLongPress(root, actions);
}

function asksForMenu(event) {
  return event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey);
}

function openFor(event, node, actions, point = null) {
  const target = targetOf(node);
  if (!target || node.closest("input, textarea, a[href]")) return;
  event.preventDefault();
  openMenu(target, actions, node, point ?? below(node));
}

/** What somebody points at: a person's name or avatar, else the message around it. */
function targetOf(node) {
  const person = node.closest("[data-person]")?.dataset.person;
  if (person && person !== "discord") return { person };
  const message = node.closest("[data-message-id]");
  if (!message || message.dataset.messageId.startsWith("local-")) return null;
  return { message: message.dataset.messageId, text: message.querySelector("[data-testid=message-content]")?.innerText ?? "" };
}

function below(node) {
  const box = (node.closest("[data-opens-menu]") ?? node).getBoundingClientRect();
  return { x: box.left + Math.min(box.width / 2, 24), y: box.top + Math.min(box.height, 32) };
}

function openMenu({ person, message, text }, { apps, run }, from, point) {
  document.activeElement?.closest("#context-menu")?.dispatchEvent(new Event("focusout"));
  const picked = person ? { person } : { message };
  const offered = apps(person ? APPS.person : APPS.message);
  const menu = el("div", { id: "context-menu", role: "menu", "aria-label": person ? "Person" : "Message", "data-testid": "menu-of-apps" });
  let closed = false;
  const close = (back = true) => {
    if (closed) return; // taking it out moves the focus, which closes it
    closed = true;
    menu.remove();
    if (back) focusAgain(from);
  };
  const item = (words, act, testid) => el("button", { type: "button", role: "menuitem", tabindex: "-1", "data-testid": testid, on: { click: () => { close(); act(); } } }, words);
  menu.append(
    el("div", { role: "group", "aria-labelledby": "apps-title" },
      el("div", { id: "apps-title", class: "menu-title" }, "Apps"),
      offered.map((command) => item(command.name, () => run(command.name, picked), "app-command")),
      !offered.length && el("div", { class: "menu-empty" }, person ? "No app does something with people here." : "No app does something with messages here.")),
    el("div", { role: "separator" }));
  if (text) menu.append(item("Copy text", () => copy(text), "menu-copy"));
  menu.append(item(person ? "Copy user ID" : "Copy message ID", () => copy(person ?? message), "menu-copy-id"));
  menu.addEventListener("keydown", (event) => moveIn(menu, event, close));
  menu.addEventListener("focusout", (event) => menu.contains(event.relatedTarget) || close(false));
  menu.addEventListener("contextmenu", (event) => event.preventDefault());
  document.body.append(menu);
  place(menu, point);
  menu.querySelector("[role=menuitem]").focus();
}

/** The log may have drawn the message anew meanwhile. */
function focusAgain(from) {
  const id = from.closest("[data-message-id]")?.dataset.messageId;
  const again = from.isConnected ? from.closest("button, [tabindex]") : id && document.querySelector(`[data-message-id="${CSS.escape(id)}"]`);
  again?.focus({ preventScroll: true });
}

function place(menu, { x, y }) {
  const box = menu.getBoundingClientRect();
  menu.style.left = `${Math.max(EDGE_PX, Math.min(x, innerWidth - box.width - EDGE_PX))}px`;
  menu.style.top = `${Math.max(EDGE_PX, Math.min(y, innerHeight - box.height - EDGE_PX))}px`;
}

function moveIn(menu, event, close) {
  const items = [...menu.querySelectorAll("[role=menuitem]")];
  const at = items.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (to !== undefined) items.at(to % items.length).focus();
  else if (event.key === "Escape" || event.key === "Tab") close();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function copy(text) {
  navigator.clipboard?.writeText(text).catch(() => {});
}

/** A finger that rests; browsers that make a context menu of it by themselves come first. */
function wireLongPress(root, actions) {
  let timer = null;
  let start = null;
  const stop = () => clearTimeout(timer);
  root.addEventListener("pointerdown", (event) => {
    stop();
    if (event.pointerType !== "touch") return;
    start = { x: event.clientX, y: event.clientY };
    timer = setTimeout(() => openFor(event, event.target, actions, start), LONG_PRESS_MS);
  });
  root.addEventListener("pointermove", (event) => start && Math.hypot(event.clientX - start.x, event.clientY - start.y) > STILL_PX && stop());
  for (const name of ["pointerup", "pointercancel", "contextmenu"]) root.addEventListener(name, stop);
}
