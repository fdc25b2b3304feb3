/**
 * The scrolling log: puts messages in, replaces edited ones in place, takes deleted ones out, groups
 * what one author says in a row, and stays at the bottom unless somebody scrolled up. main.js owns it.
 */

import { now } from "./clock.js";
import { el } from "./dom.js";
import { setStop, wireLogKeys } from "./log_keys.js";
import { FLAG, hasFlag, messageNode } from "./message.js";
import { timestampWords } from "./timestamps.js";

const SAME_BREATH_MS = 7 * 60 * 1000;
const NEAR_PX = 80;

export class MessageLog {
  #shown = new Map();
  #dismissed = new Set();
  #revealed = new Set();
  #openedAt = 0n;

  constructor(root, context) {
    this.scroller = root.querySelector("#scroller");
    this.log = root.querySelector("#log");
    this.welcome = root.querySelector("#welcome");
    this.jumpButton = root.querySelector("#jump");
    this.context = { ...context, revealed: this.#revealed, dismiss: (id) => this.#dismiss(id), jump: (id) => this.#jumpTo(id), lookup: (id) => this.#shown.get(id)?.message };
    this.jumpButton.addEventListener("click", () => this.toBottom());
    this.scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    new ResizeObserver(() => this.#stick()).observe(this.log);
    new ResizeObserver(() => this.#stick()).observe(this.scroller);
    wireLogKeys(this.log);
    this.atBottom = true;
  }

  /** Show exactly these messages, oldest first; private ones from before the page was opened are gone. */
  reset(messages, me, openedAt) {
    this.#openedAt = BigInt(openedAt);
    const known = this.context.me?.id === me?.id && this.#shows(messages);
    this.context.me = me;
    if (known) return;
    this.#shown.clear();
    this.log.replaceChildren();
    for (const message of messages) this.#put(message);
    this.#arrange();
    this.toBottom();
  }

  #shows(messages) {
    const wanted = messages.filter((message) => !this.#isGone(message));
    const shown = [...this.#shown.values()].map((entry) => entry.message);
    return wanted.length > 0 && JSON.stringify(wanted) === JSON.stringify(shown);
  }

  upsert(message) {
    const isNew = !this.#shown.has(message.id);
    this.#put(message);
    this.#arrange();
    if (this.atBottom) this.toBottom();
    else if (isNew) this.jumpButton.hidden = false;
  }

  remove(id) {
    const entry = this.#shown.get(id);
    if (!entry) return;
    if (entry.node.contains(document.activeElement)) document.querySelector("#composer")?.focus();
    entry.node.remove();
    this.#shown.delete(id);
    this.#arrange();
  }

  toBottom() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.atBottom = true;
    this.jumpButton.hidden = true;
  }

  /** A private reply lasts until somebody dismisses it or loads the page anew. */
  #isGone(message) {
    if (this.#dismissed.has(message.id)) return true;
    return hasFlag(message, FLAG.ephemeral) && /^\d+$/.test(message.id) && BigInt(message.id) < this.#openedAt;
  }

  /** The id of the newest message that the stand-in knows. */
  get newest() {
    return [...this.#shown.keys()].findLast((id) => /^\d+$/.test(id)) ?? null;
  }

  #put(message) {
    if (this.#isGone(message)) return;
    const node = messageNode(message, this.context);
    const old = this.#shown.get(message.id)?.node;
    if (old) swap(old, node);
    else this.log.append(node);
    this.#shown.set(message.id, { message, node });
  }

  #dismiss(id) {
    this.#dismissed.add(id);
    this.remove(id);
  }

  #jumpTo(id) {
    const node = this.#shown.get(id)?.node;
    if (!node) return;
    node.scrollIntoView({ block: "center", behavior: "smooth" });
    node.classList.add("flash");
    setTimeout(() => node.classList.remove("flash"), 1600);
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    this.atBottom = scrollHeight - scrollTop - clientHeight < NEAR_PX;
    if (this.atBottom) this.jumpButton.hidden = true;
  }

  #stick() {
    if (this.atBottom) this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  /** Day lines and grouping depend on the neighbour, so they are settled over the whole log. */
  #arrange() {
    for (const divider of this.log.querySelectorAll(".day")) divider.remove();
    let before = null;
    for (const { message, node } of this.#shown.values()) {
      const newDay = !before || dayOf(before) !== dayOf(message);
      if (newDay) node.before(dayLine(message));
      node.classList.toggle("grouped", !newDay && sameBreath(before, message));
      before = message;
    }
    setStop([...this.#shown.values()].map((entry) => entry.node));
    this.welcome.hidden = this.#shown.size > 0;
  }
}

function dayOf(message) {
  return new Date(message.timestamp).toDateString();
}

function dayLine(message) {
  return el("div", { class: "day", role: "separator" }, el("span", {}, timestampWords(new Date(message.timestamp) / 1000, "D")));
}

function sameBreath(before, message) {
  const answers = message.interaction_metadata || message.message_reference;
  const soon = new Date(message.timestamp) - new Date(before.timestamp) < SAME_BREATH_MS;
  return !answers && soon && before.author?.id === message.author?.id && (before.flags & 64) === (message.flags & 64);
}

/** Replace a message without losing the focus of somebody who is on one of its buttons. */
function swap(old, node) {
  const within = old.contains(document.activeElement) ? document.activeElement : null;
  const focused = within?.dataset.customId;
  old.replaceWith(node);
  if (!focused) return within && (within.matches(".more") ? node.querySelector(".more") : node).focus({ preventScroll: true });
  const again = [...node.querySelectorAll("[data-custom-id]")].find((each) => each.dataset.customId === focused);
  (again && !again.disabled ? again : document.querySelector("#composer"))?.focus({ preventScroll: true });
}

/** A line of our own in the log, in the look of a private message: what Discord itself would say. */
export function systemMessage(text) {
  const id = `local-${Date.now()}-${Math.random().toString(36).slice(2, 8)}`;
  return { id, author: { id: "discord", username: "Discord", bot: false }, content: text, timestamp: new Date(now()).toISOString(), flags: 64 };
}

