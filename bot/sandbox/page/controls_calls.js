/**
 * The drawer's list of the calls that the bot made to Hugging Face, newest first. Shown by controls.js.
 */

import { el } from "./dom.js";

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });

export class CallList {
  #drawn = "";

  constructor() {
    this.count = el("small", { "data-testid": "controls-call-count" });
    this.empty = el("p", { class: "controls-about" }, "None yet. Ask for a picture.");
    this.list = el("ol", { class: "calls", reversed: true, "aria-label": "Calls, newest first", "data-testid": "controls-calls" });
    this.node = el("section", { class: "controls-section" }, el("h3", {}, "Calls to Hugging Face", this.count), this.empty, this.list);
  }

  show({ calls, count }) {
    const drawn = JSON.stringify(calls);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.count.textContent = count || "";
    this.empty.hidden = calls.length > 0;
    this.list.replaceChildren(...calls.map(callRow));
  }
}

function callRow(call) {
  const { word, state } = outcome(call);
  return el("li", { class: "call", "data-testid": "controls-call" },
    el("span", { class: "call-status", "data-state": state }, word),
    el("span", { class: "call-model", title: call.model }, call.model.split("/").at(-1)),
    el("span", { class: "call-facts" },
      el("time", { datetime: call.at }, CLOCK.format(new Date(call.at))),
      call.seconds !== null && ` · ${call.seconds.toFixed(1)} s`,
      call.fault && ` · fault ${call.fault}`),
    el("span", { class: "call-made", "data-made": call.made }, call.made ? "picture made" : call.seconds === null ? "" : "no picture"));
}

/** The status in a word, and whether it is good, bad or still open. */
function outcome({ status, seconds, made, fault }) {
  if (status === null && seconds === null) return { word: "working", state: "open" };
  if (status === null) return { word: "broken", state: "bad" };
  return { word: String(status), state: status === 200 && made && !fault ? "good" : "bad" };
}
