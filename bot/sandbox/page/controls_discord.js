/**
 * What the drawer does to Discord: refuse calls of the bot, trouble its gateway, end its tokens.
 * controls.js shows it and hands it `act`, which sends what was pressed.
 */

import { FaultList } from "./controls_faults.js";
import { el } from "./dom.js";

export class DiscordTroubles {
  constructor(act) {
    this.act = act;
    this.refusals = new FaultList(act, { mark: "discord", title: "Make Discord fail", fail: "discord-fault", clear: "discord-clear", hint: "Now ask for a picture, or let one come." });
    this.troubles = el("ul", { class: "troubles" });
    this.node = el("div", { class: "controls-discord" }, this.refusals.node,
      section("Discord's gateway", this.troubles),
      this.#tokens());
  }

  show({ faults, queued, calls, troubles }) {
    this.refusals.show({ faults: faults.map((fault) => ({ ...fault, group: "It refuses or breaks off a call" })), queued, kinds: calls });
    if (this.troubles.childElementCount) return;
    this.troubles.append(...troubles.map(({ name, text }) => el("li", {},
      el("button", { type: "button", class: "fault", "data-testid": "gateway-trouble", "data-trouble": name, on: { click: () => this.act("gateway", { name }) } },
        el("code", {}, name.replaceAll("_", " ")), el("span", {}, text)))));
  }

  #tokens() {
    const done = el("span", { class: "controls-done", role: "status", "data-testid": "controls-tokens-done" });
    const expire = async () => {
      done.textContent = (await this.act("tokens")) ? "Expired." : "";
    };
    return section("Discord's tokens",
      el("p", { class: "controls-about" }, "Discord lets the bot edit an answer for 15 minutes. End that now for every answer so far."),
      el("div", { class: "controls-row" }, el("button", { type: "button", class: "button secondary", "data-testid": "controls-tokens", on: { click: expire } }, "Expire all tokens"), done));
  }
}

function section(title, ...children) {
  return el("section", { class: "controls-section" }, el("h3", {}, title), children);
}
