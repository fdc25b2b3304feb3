/**
 * A list of faults in the drawer: for how many calls, which, and those that are still to come. One for each
 * neighbour. controls.js shows them and hands them `act`, which sends what was pressed.
 */

import { el, icon } from "./dom.js";

const TIMES = [
  { value: "1", label: "Once", words: "the next call" },
  { value: "3", label: "3 times", words: "the next 3 calls" },
  { value: "", label: "Until cleared", words: "every call" },
];

export class FaultList {
  #drawn = "";

  /** `mark` begins the test ids, `hint` says what to do then; `fail` and `clear` are what the sandbox is asked to do. */
  constructor(act, { mark, title, fail, clear, hint }) {
    Object.assign(this, { act, mark, fail });
    this.queued = el("ul", { class: "queued-faults", "aria-label": "Faults to come", "data-testid": `${mark}-queued` });
    this.clear = el("button", { type: "button", class: "text-button", "data-testid": `${mark}-clear`, on: { click: () => act(clear) } }, "Clear");
    this.ahead = el("div", { class: "queued", role: "status", hidden: true }, this.queued, this.clear, el("small", { class: "queued-hint" }, hint));
    this.groups = el("div", { class: "fault-groups" });
    this.which = el("select", { class: "which-calls", "aria-label": "Which calls", "data-testid": `${mark}-which`, hidden: true });
    this.node = el("section", { class: "controls-section" },
      el("h3", {}, title),
      el("fieldset", { class: "times" }, el("legend", { class: "sr-only" }, "For how many calls"), TIMES.map((choice, place) => timesChoice(mark, choice, place))),
      this.which, this.ahead, this.groups);
  }

  /** `kinds`: the kinds of calls that can fail, where there are several. */
  show({ faults, queued, kinds = [] }) {
    if (!this.which.childElementCount) this.which.append(...kinds.map((kind) => el("option", { value: kind }, kind === "any" ? "any call" : `the ${kind}`)));
    this.which.hidden = !kinds.length;
    if (!this.groups.childElementCount) this.groups.append(...grouped(faults).map(([title, members]) => this.#group(title, members)));
    const drawn = JSON.stringify(queued);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    if (!queued.length && this.ahead.contains(document.activeElement)) this.node.querySelector("input:checked").focus();
    this.ahead.hidden = !queued.length;
    this.queued.replaceChildren(...queued.map(({ name, left }) =>
      el("li", { "data-testid": `${this.mark}-queued-fault` }, el("b", {}, name), left === null ? " for every call" : left === 1 ? " for the next call" : ` for ${left} calls`)));
  }

  #group(title, members) {
    return el("details", { class: "fault-group", name: `${this.mark}-group`, "data-testid": `${this.mark}-fault-group` },
      el("summary", {}, icon("down"), el("span", {}, title), el("small", {}, members.map(({ name }) => name).join(", "))),
      el("ul", {}, members.map((fault) => el("li", {}, this.#button(fault)))));
  }

  #button({ name, text }) {
    return el("button", { type: "button", class: "fault", "data-testid": `${this.mark}-fault`, "data-fault": name, on: { click: () => this.#fail(name) } },
      el("code", {}, name.split("_").flatMap((part, place) => (place ? ["_", el("wbr"), part] : part))), el("span", {}, text));
  }

  #fail(name) {
    const chosen = this.node.querySelector("input:checked").value;
    this.act(this.fail, { name, times: chosen ? Number(chosen) : null, calls: this.which.value });
  }
}

function timesChoice(mark, { value, label, words }, place) {
  return el("label", { title: `Fail ${words}` },
    el("input", { type: "radio", name: `${mark}-times`, value, checked: place === 0, "data-testid": `${mark}-times` }), el("span", {}, label));
}

function grouped(faults) {
  const groups = new Map();
  for (const fault of faults) groups.set(fault.group, [...(groups.get(fault.group) ?? []), fault]);
  return [...groups];
}
