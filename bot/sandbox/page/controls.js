/**
 * The drawer in which a person breaks things: its frame, the bot's process, the latency.
 * Faults, Discord and calls have files of their own. main.js makes one and tells it how the bot is.
 */

import { control, getControls } from "./api.js";
import { CallList } from "./controls_calls.js";
import { ClockFace } from "./controls_clock.js";
import { DiscordTroubles } from "./controls_discord.js";
import { FaultList } from "./controls_faults.js";
import { el, icon } from "./dom.js";

const REFRESH_MS = 2000;
const LONGEST_S = 20;
const SHEET = matchMedia("(max-width: 760px)");  // as in controls.css
const BOT = {
  running: "The bot runs.", starting: "The bot is connecting to Discord…", stopping: "The bot finishes what it can, then stops…", down: "The bot is down.",
};
const DEEDS = [
  { deed: "kill", label: "Kill", style: "danger", when: ["running", "starting", "stopping"], about: "SIGKILL: it has no chance to tidy up" },
  { deed: "stop", label: "Stop gently", style: "secondary", when: ["running", "starting"], about: "SIGTERM: it finishes what it can" },
  { deed: "start", label: "Start", style: "success", when: ["down"], about: "Start it again on the same ledger" },
];

export class Controls {
  #timer = null;
  #shown = false;

  constructor(root) {
    this.drawer = root.querySelector("#controls");
    this.toggle = root.querySelector("#controls-toggle");
    this.banner = root.querySelector("#bot-down");
    this.bannerText = root.querySelector("#bot-down-text");
    const act = (what, body) => this.#act(what, body);
    this.faults = new FaultList(act, { mark: "controls", title: "Make Hugging Face fail", fail: "fault", clear: "clear", hint: "Now ask for a picture." });
    this.discord = new DiscordTroubles(act);
    this.calls = new CallList();
    this.clock = new ClockFace(act);
    this.#build(act);
    this.toggle.addEventListener("click", () => this.#open(this.drawer.hidden));
    this.drawer.addEventListener("keydown", (event) => event.key === "Escape" && this.#open(false));
    this.covered = root.querySelectorAll("#sidebar, #chat");
    SHEET.addEventListener("change", () => this.#cover());
    root.querySelector("#bot-down-start").addEventListener("click", () => {
      act("bot", { do: "start" });
      root.querySelector("#composer").focus();
    });
  }

  /** How the bot's process is; null when nobody can steer it, and then there is no drawer. */
  showProcess(process) {
    this.toggle.hidden = !process;
    if (!process) return this.#open(false);
    const down = process.state === "down";
    this.banner.hidden = !down;
    if (this.bannerText.textContent !== (process.text ?? "")) this.bannerText.textContent = process.text ?? "";
    this.botText.textContent = process.text ?? BOT[process.state];
    this.botText.dataset.state = process.state;
    for (const { deed, when } of DEEDS) this.#allow(this.deeds[deed], when.includes(process.state));
  }

  /** How the clock of this world runs. */
  showPace(pace) {
    this.clock.show(pace);
  }

  /** Not `disabled`, which would take the keyboard's focus away from the button just pressed. */
  #allow(button, may) {
    button.toggleAttribute("aria-disabled", !may);
    if (!may) button.setAttribute("aria-disabled", "true");
  }

  #build(act) {
    this.botText = el("p", { class: "controls-bot", role: "status", "data-testid": "controls-bot" });
    this.deeds = Object.fromEntries(DEEDS.map(({ deed, label, style, about }) => [deed,
      el("button", { type: "button", class: `button ${style}`, title: about, "data-testid": `controls-${deed}`, on: { click: (event) => event.currentTarget.ariaDisabled || act("bot", { do: deed }) } }, label)]));
    this.problem = el("p", { class: "controls-problem", role: "alert", "data-testid": "controls-problem", hidden: true });
    this.real = el("p", { class: "controls-about", "data-testid": "controls-real", hidden: true },
      "Hugging Face is the real one here (--real-hf), so it cannot be made to fail, and its calls are not seen. Start the sandbox without --real-hf for that.");
    this.pretend = el("div", { class: "controls-pretend", hidden: true }, this.faults.node, this.#latencySection(act), this.clock.node, this.calls.node);
    this.drawer.append(
      el("header", { class: "controls-head" }, el("h2", { id: "controls-title" }, "Break things"),
        el("button", { type: "button", class: "icon-button", "aria-label": "Close", "data-testid": "controls-close", on: { click: () => this.#open(false) } }, icon("close"))),
      el("div", { class: "controls-body" }, this.problem,
        section("The bot", this.botText, el("div", { class: "controls-row" }, Object.values(this.deeds))),
        this.real, this.pretend, this.discord.node));
  }

  #latencySection(act) {
    this.latencyWords = el("output", { class: "controls-latency", for: "controls-latency", "data-testid": "controls-latency-words" });
    this.latency = el("input", { type: "range", id: "controls-latency", min: 0, max: LONGEST_S, step: 0.5, "data-testid": "controls-latency" });
    const say = () => { this.latencyWords.textContent = `${Number(this.latency.value)} s`; };
    this.latency.addEventListener("input", say);
    this.latency.addEventListener("change", () => act("latency", { seconds: Number(this.latency.value) }));
    this.sayLatency = say;
    return el("section", { class: "controls-section" },
      el("h3", {}, el("label", { for: "controls-latency" }, "A picture takes"), this.latencyWords), this.latency);
  }

  #open(open) {
    if (open === this.#shown) return;
    this.#shown = open;
    this.drawer.hidden = !open;
    this.toggle.setAttribute("aria-expanded", String(open));
    document.body.classList.toggle("controls-open", open);
    clearInterval(this.#timer);
    this.#cover();
    if (!open) {
      this.toggle.focus();
      return;
    }
    this.#timer = setInterval(() => this.#refresh(), REFRESH_MS);
    this.#refresh();
    this.drawer.querySelector("button").focus();
  }

  /** As a sheet over the whole page it keeps the keyboard out of what is under it. */
  #cover() {
    for (const part of this.covered) part.inert = this.#shown && SHEET.matches;
  }

  async #refresh() {
    try {
      this.#show(await getControls());
    } catch (error) {
      this.#complain(error.message);
    }
  }

  async #act(what, body) {
    try {
      this.#show(await control(what, body));
      return true;
    } catch (error) {
      this.#complain(error.message);
      return false;
    }
  }

  #complain(words) {
    this.problem.textContent = words ?? "";
    this.problem.hidden = !words;
  }

  #show({ bot, hub, discord, pace }) {
    this.#complain(null);
    this.showPace(pace);
    this.showProcess(bot);
    this.discord.show(discord);
    this.real.hidden = Boolean(hub);
    this.pretend.hidden = !hub;
    if (!hub) return;
    this.faults.show(hub);
    this.calls.show(hub);
    if (document.activeElement !== this.latency) this.latency.value = hub.latency;
    this.sayLatency();
  }
}

function section(title, ...children) {
  return el("section", { class: "controls-section" }, el("h3", {}, title), children);
}
