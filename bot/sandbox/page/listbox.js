/**
 * The list above the composer: commands, choices, suggestions or options, moved through with the
 * arrow keys while the focus stays in the text field. The composer and command_form.js fill it.
 */

import { el } from "./dom.js";

export class Listbox {
  #items = [];
  #active = -1;
  #field = null;

  constructor(panel) {
    this.panel = panel;
    this.title = el("div", { class: "list-title" });
    this.list = el("div", { role: "listbox", id: "suggestion-list", class: "list-items", "aria-label": "Suggestions" });
    panel.append(this.title, this.list);
  }

  get open() {
    return !this.panel.hidden && this.#items.length > 0;
  }

  get active() {
    return this.#items[this.#active] ?? null;
  }

  /** Show `items` ({node, testid, choose}) for a text field; `first` says whether the first is marked. */
  show(field, title, items, { first = true } = {}) {
    this.#release();
    this.#field = field;
    this.#items = items;
    this.title.replaceChildren(...[title].flat());
    this.list.replaceChildren(...items.map((item, index) => this.#row(item, index)));
    this.list.hidden = !items.length;
    this.panel.hidden = false;
    field.setAttribute("aria-expanded", String(items.length > 0));
    field.setAttribute("aria-controls", this.list.id);
    this.#mark(first && items.length ? 0 : -1);
  }

  hide() {
    this.#release();
    this.#items = [];
    this.#active = -1;
    this.panel.hidden = true;
    this.list.replaceChildren();
  }

  /** True when the key belonged to the list. */
  takeKey(event) {
    if (!this.open) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.#step(step);
    else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey && this.active) this.active.choose();
    else return false;
    event.preventDefault();
    return true;
  }

  #step(step) {
    const count = this.#items.length;
    this.#mark(this.#active === -1 && step < 0 ? count - 1 : (this.#active + step + count) % count);
  }

  #row(item, index) {
    const row = el("div", {
      role: "option",
      id: `suggestion-${index}`,
      class: "list-item",
      "aria-selected": "false",
      "data-testid": item.testid,
      "data-name": item.name,
      on: { mousedown: (event) => event.preventDefault(), click: () => item.choose(), mousemove: () => this.#mark(index, false) },
    });
    row.append(item.node);
    return row;
  }

  #mark(index, scroll = true) {
    this.list.children[this.#active]?.setAttribute("aria-selected", "false");
    this.#active = index;
    const row = this.list.children[index];
    row?.setAttribute("aria-selected", "true");
    if (row && scroll) row.scrollIntoView({ block: "nearest" });
    if (row) this.#field.setAttribute("aria-activedescendant", row.id);
    else this.#field?.removeAttribute("aria-activedescendant");
  }

  #release() {
    this.#field?.setAttribute("aria-expanded", "false");
    this.#field?.removeAttribute("aria-activedescendant");
  }
}
