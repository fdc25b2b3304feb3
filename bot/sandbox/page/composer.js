/**
 * The line at the bottom: plain typing, the command picker, and whole commands typed as one line.
 * Once a command is chosen command_form.js takes over until it is sent or cancelled. main.js owns it.
 */

import { flatten, matching } from "./catalog.js";
import { CommandForm } from "./command_form.js";
import { commandOf, wordsOf } from "./command_line.js";
import { avatar, el, icon } from "./dom.js";
import { wireDrop } from "./files.js";
import { Listbox } from "./listbox.js";

export class Composer {
  #history = [];
  #often = ["imagine", "jobs queue", "help"];
  #form = null;

  /** `send({name, options})`, `suggest({name, option, value, options})` and `refresh()` are main.js's. */
  constructor(root, store, { send, suggest, refresh }) {
    this.store = store;
    this.send = send;
    this.suggest = suggest;
    this.refresh = refresh;
    this.bar = root.querySelector("#composer-bar");
    this.field = root.querySelector("#composer");
    this.note = root.querySelector("#composer-note");
    this.list = new Listbox(root.querySelector("#suggestions"));
    this.field.addEventListener("input", () => this.#typed());
    this.field.addEventListener("keydown", (event) => this.#key(event));
    this.field.addEventListener("focus", () => this.#typed());
    root.querySelector("#foot").addEventListener("focusout", (event) => event.currentTarget.contains(event.relatedTarget) || this.list.hide());
    wireDrop(root, (files) => this.#drop(files));
    root.querySelector("#open-picker").addEventListener("click", () => this.write("/"));
    root.querySelector("#send").addEventListener("click", () => (this.#form ? this.#form.submit() : this.#submit()));
  }

  #drop(files) {
    if (this.#form?.drop(files)) return;
    this.say(icon("info"), "Choose a command with a file option first, then drop the file.");
  }

  get commands() {
    return flatten(this.store.commands);
  }

  /** Put words into the line, as if typed, ready to be sent. */
  write(text) {
    this.#closeForm();
    this.field.value = text;
    this.field.focus();
    this.#typed();
  }

  /** Start on a command by name, as when somebody presses its mention. */
  choose(name) {
    const command = this.commands.find((each) => each.name === name);
    if (command) this.#openForm(command);
    else this.write(`/${name}`);
  }

  /** Show what the bot's new command list changes, if the picker is open. */
  commandsChanged() {
    if (document.activeElement === this.field) this.#typed();
  }

  say(...words) {
    this.note.replaceChildren(...words);
    this.note.hidden = !words.length;
  }

  #typed() {
    const line = this.field.value;
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight}px`;
    this.say();
    if (!line.startsWith("/")) return this.list.hide();
    const found = commandOf(line, this.commands);
    if (found && line.toLowerCase() === `/${found.command.name} ` && this.#isOnlyMatch(found.command)) return this.#openForm(found.command);
    if (found?.rest) return this.#showUsage(found.command);
    return this.#showPicker(line.slice(1));
  }

  #isOnlyMatch(command) {
    return !this.commands.some((other) => other.name.startsWith(`${command.name} `));
  }

  #showPicker(typed) {
    const items = matching(this.commands, typed, this.#often).map((command) => ({
      node: commandRow(command),
      testid: "picker-item",
      name: command.name,
      choose: () => this.#openForm(command),
    }));
    if (!this.commands.length) this.refresh();
    const nothing = this.commands.length ? `No command matches “/${typed}”.` : "The bot has not registered its commands yet. It may still be starting.";
    const title = items.length ? (typed ? `Commands matching /${typed}` : "Commands") : nothing;
    this.list.show(this.field, title, items);
  }

  #showUsage(command) {
    const words = command.options.map((option) => el("code", { class: "usage", title: option.description }, `${option.name}:`));
    this.list.show(this.field, [el("b", {}, `/${command.name}`), ` ${command.description} `, ...words], []);
  }

  #key(event) {
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey && this.#ready()) {
      event.preventDefault();
      this.#submit();
      return;
    }
    if (this.list.takeKey(event)) return;
    if (event.key === "Escape") this.#cancel();
    else if (event.key === "ArrowUp" && !this.field.value && this.#history.length) this.#recall(event);
    else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#submit();
    }
  }

  /** Whether the line is a whole command already, so that Enter sends instead of picking. */
  #ready() {
    const found = this.field.value.startsWith("/") && commandOf(this.field.value, this.commands);
    return Boolean(found) && (found.rest !== "" || !found.command.options.some((option) => option.required));
  }

  #recall(event) {
    event.preventDefault();
    this.write(this.#history.at(-1));
  }

  #cancel() {
    if (this.list.open) return this.list.hide();
    this.field.value = "";
    return this.#typed();
  }

  #submit() {
    const line = this.field.value.trim();
    if (!line) return;
    if (!line.startsWith("/")) {
      this.#hint(line);
      return;
    }
    const found = commandOf(line, this.commands);
    if (!found) {
      this.say(icon("info"), `There is no command called ${line.split(/\s/)[0]} for you here. Type / to see yours; other people, at the bottom left, may have more.`);
      return;
    }
    this.#openForm(found.command, wordsOf(found.rest, found.command));
    this.#form?.submit();
  }

  #hint(line) {
    const prompt = this.commands.find((command) => command.name === "imagine");
    const turn = () => this.write(`/imagine prompt: ${line}`);
    const offer = prompt && el("button", { type: "button", class: "text-button", on: { click: turn } }, "Make it an /imagine");
    this.list.hide();
    this.say(icon("info"), el("span", {}, "This channel only speaks slash commands. Type ", el("kbd", {}, "/"), " to see them. "), ...(offer ? [offer] : []));
  }

  #openForm(command, words = {}) {
    this.#closeForm();
    this.say();
    this.#form = new CommandForm(this, command, words);
    this.bar.classList.add("in-command");
    this.field.before(this.#form.node);
    this.#form.focus();
  }

  #closeForm() {
    this.#form?.node.remove();
    this.#form = null;
    this.bar.classList.remove("in-command");
    this.list.hide();
  }

  /** The form's way back: nothing sent, the line empty again. */
  cancelForm() {
    this.say();
    this.#closeForm();
    this.field.value = "";
    this.field.focus();
  }

  /** The form's way out: everything in it was valid. */
  sendForm(command, options, line) {
    this.#history.push(line);
    this.#often = [command.name, ...this.#often.filter((name) => name !== command.name)];
    this.cancelForm();
    this.send({ name: command.name, options });
  }
}

function commandRow(command) {
  const required = command.options.filter((option) => option.required);
  return el("div", { class: "command-row" },
    avatar({ id: "app", username: "HugOps", bot: true }, "avatar avatar-small"),
    el("div", { class: "command-words" },
      el("div", { class: "command-name" }, `/${command.name}`, required.map((option) => el("span", { class: "usage" }, option.name))),
      el("div", { class: "command-about" }, command.description)),
    el("span", { class: "command-app" }, "HugOps"));
}
