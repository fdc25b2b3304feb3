/**
 * The drawer's clock: what time it is in this world, how fast it passes, and an hour at one press.
 * controls.js makes one and tells it how the clock runs.
 */

import { now } from "./clock.js";
import { el } from "./dom.js";

const SPEEDS = [1, 10, 60];
const HOUR_S = 3600;
const TICK_MS = 250;

export class ClockFace {
  constructor(act) {
    this.time = el("output", { class: "controls-latency", "data-testid": "controls-time" });
    this.speeds = SPEEDS.map((speed) => el("button", {
      type: "button", class: "button secondary", "aria-pressed": "false", "data-testid": `controls-speed-${speed}`,
      title: speed === 1 ? "As fast as real time" : `${speed} seconds pass in one`,
      on: { click: () => act("clock", { speed }) },
    }, `${speed}×`));
    const skip = el("button", { type: "button", class: "button secondary", title: "Be an hour later at once", "data-testid": "controls-skip", on: { click: () => act("skip", { seconds: HOUR_S }) } }, "+1 h");
    this.node = el("section", { class: "controls-section" },
      el("h3", {}, "The clock", this.time),
      el("p", { class: "controls-about" }, "For the bot, Hugging Face and this page alike. Pictures and first answers take their real time."),
      el("div", { class: "controls-row", role: "group", "aria-label": "How fast the clock runs" }, this.speeds, skip));
    setInterval(() => this.#tick(), TICK_MS);
  }

  show(pace) {
    for (const [index, button] of this.speeds.entries()) {
      const chosen = SPEEDS[index] === pace.speed;
      button.setAttribute("aria-pressed", String(chosen));
      button.classList.toggle("success", chosen);
      button.classList.toggle("secondary", !chosen);
    }
    this.#tick();
  }

  #tick() {
    this.time.textContent = new Date(now()).toLocaleTimeString();
  }
}
