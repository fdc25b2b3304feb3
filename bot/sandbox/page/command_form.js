/**
 * A chosen command with a chip for each option in use, and what each chip suggests while it has the
 * focus. Opened by composer.js; ends in `sendForm` or `cancelForm`.
 */

import { choicesFor, optionHint, readValue } from "./catalog.js";
import { optionJustTyped } from "./command_line.js";
import { el } from "./dom.js";

const SUGGEST_AFTER_MS = 180;
const MOST_SHOWN = 25;

export class CommandForm {
  #chips = new Map();
  #asked = 0;
  #timer = null;

  constructor(composer, command, words) {
    this.composer = composer;
    this.command = command;
    this.list = composer.list;
    this.adder = this.#makeAdder();
    this.node = el("div", { class: "command-form", role: "group", "aria-label": `Command ${command.name}`, "data-testid": "command-form" },
      el("span", { class: "command-label" }, `/${command.name}`), this.adder);
    for (const option of command.options) {
      if (option.required || words[option.name] !== undefined) this.#addChip(option, words[option.name] ?? "");
    }
    this.#countRest();
  }

  focus() {
    const empty = [...this.#chips.values()].find((chip) => !chip.field.value);
    (empty ? empty.field : this.adder).focus();
  }

  /** Send when every chip reads well, otherwise stop at the first that does not. */
  submit() {
    const options = {};
    for (const chip of this.#chips.values()) {
      const { value, problem } = this.#read(chip);
      chip.node.classList.toggle("wrong", Boolean(problem));
      chip.field.setAttribute("aria-invalid", String(Boolean(problem)));
      if (problem) return this.#refuse(chip, problem);
      if (value !== undefined) options[chip.option.name] = value;
    }
    clearTimeout(this.#timer);
    return this.composer.sendForm(this.command, options, this.#line());
  }

  #refuse(chip, problem) {
    chip.field.focus();
    this.composer.say(problem);
  }

  #read(chip) {
    if (chip.picked && chip.picked.name === chip.field.value) return { value: chip.picked.value };
    return readValue(chip.option, chip.field.value, chip.choices);
  }

  #line() {
    const words = [...this.#chips.values()].map((chip) => `${chip.option.name}: ${chip.field.value.trim()}`);
    return [`/${this.command.name}`, ...words].join(" ");
  }

  #remaining() {
    return this.command.options.filter((option) => !this.#chips.has(option.name));
  }

  #addChip(option, words = "") {
    const field = el("input", {
      class: "chip-field", type: "text", value: words, role: "combobox", "aria-expanded": "false", "aria-autocomplete": "list",
      "aria-label": `${option.name}: ${optionHint(option)}`, autocomplete: "off", spellcheck: "false",
      "data-testid": "option-field", "data-option": option.name,
    });
    const node = el("label", { class: "chip", "data-testid": "option-chip" }, el("span", { class: "chip-name" }, option.name), field);
    const chip = { option, field, node, choices: choicesFor(option, this.composer.store), picked: null };
    field.addEventListener("input", (event) => this.#typed(chip, event));
    field.addEventListener("focus", () => this.#showFor(chip));
    field.addEventListener("keydown", (event) => this.#key(event, chip));
    this.#chips.set(option.name, chip);
    this.adder.before(node);
    fit(field);
    return chip;
  }

  #removeChip(chip) {
    const before = chip.node.previousElementSibling?.querySelector("input") ?? this.adder;
    this.#chips.delete(chip.option.name);
    chip.node.remove();
    this.#countRest();
    before.focus();
  }

  #typed(chip, event) {
    const jump = event.inputType === "insertText" && optionJustTyped(chip.field.value, this.command.options);
    if (jump) this.#jump(chip, jump);
    chip.node.classList.remove("wrong");
    this.composer.say();
    fit(chip.field);
    if (document.activeElement === chip.field) this.#showFor(chip);
  }

  /** Somebody types on as in one line: `a fox size:` moves from the prompt to the size. */
  #jump(chip, { name, before }) {
    const known = this.#chips.get(name);
    if (known && known !== chip && known.field.value) return;
    if (known === chip && before.trim()) return;
    chip.field.value = before.trim();
    fit(chip.field);
    if (known === chip) return;
    this.#use(this.command.options.find((option) => option.name === name));
  }

  #use(option) {
    const chip = this.#chips.get(option.name) ?? this.#addChip(option);
    this.#countRest();
    this.adder.value = "";
    chip.field.focus();
  }

  #key(event, chip) {
    if (event.isComposing) return;
    if (this.list.takeKey(event)) return;
    if (event.key === "Enter") {
      event.preventDefault();
      this.submit();
    } else if (event.key === "Escape") this.#escape(event);
    else if (event.key === "Backspace" && event.target.value === "") this.#backspace(event, chip);
  }

  #escape(event) {
    event.preventDefault();
    if (this.list.open) this.list.hide();
    else this.composer.cancelForm();
  }

  #backspace(event, chip) {
    event.preventDefault();
    if (chip && !chip.option.required) return this.#removeChip(chip);
    const before = (chip ? chip.node : this.adder).previousElementSibling?.querySelector("input");
    return before ? before.focus() : this.composer.cancelForm();
  }

  #showFor(chip) {
    clearTimeout(this.#timer);
    if (chip.option.autocomplete) this.#ask(chip);
    else this.#showChoices(chip, chip.choices ?? []);
  }

  #showChoices(chip, choices) {
    const typed = chip.field.value.trim().toLowerCase().replace(/^[@#]/, "");
    const exact = choices.some((choice) => choice.name.toLowerCase().replace(/^[@#]/, "") === typed || String(choice.value).toLowerCase() === typed);
    const fits = choices.filter((choice) => chip.option.autocomplete || !typed || choice.name.toLowerCase().includes(typed));
    const items = exact ? [] : fits.slice(0, MOST_SHOWN).map((choice) => this.#choiceItem(chip, choice));
    this.list.show(chip.field, [el("b", {}, chip.option.name), ` ${optionHint(chip.option)}`], items, { first: !chip.option.autocomplete || typed !== "" });
  }

  #choiceItem(chip, choice) {
    const choose = () => {
      chip.field.value = choice.name;
      chip.picked = choice;
      fit(chip.field);
      chip.field.focus();
      this.list.show(chip.field, [el("b", {}, chip.option.name), ` ${optionHint(chip.option)}`], []);
    };
    return { node: el("span", {}, choice.name), testid: "option-choice", name: choice.name, choose };
  }

  #ask(chip) {
    this.#showChoices(chip, []);
    this.#timer = setTimeout(async () => {
      const turn = (this.#asked += 1);
      const choices = await this.composer.suggest({
        name: this.command.name, option: chip.option.name, value: chip.field.value, options: this.#others(chip),
      });
      if (turn === this.#asked && document.activeElement === chip.field) this.#showChoices(chip, choices);
    }, SUGGEST_AFTER_MS);
  }

  #others(asking) {
    const others = [...this.#chips.values()].filter((chip) => chip !== asking);
    const read = others.map((chip) => [chip.option.name, this.#read(chip).value]);
    return Object.fromEntries(read.filter(([, value]) => value !== undefined));
  }

  #makeAdder() {
    return el("input", {
      class: "chip-adder", type: "text", role: "combobox", "aria-expanded": "false", "aria-label": "Add an option", autocomplete: "off",
      "data-testid": "option-adder",
      on: { input: () => this.#showOptions(), focus: () => this.#showOptions(), keydown: (event) => this.#key(event, null) },
    });
  }

  #countRest() {
    const count = this.#remaining().length;
    this.adder.placeholder = count ? `+${count} more` : "";
    this.adder.readOnly = count === 0;
  }

  #showOptions() {
    const typed = this.adder.value.trim().toLowerCase();
    const exact = typed.endsWith(":") && this.#remaining().find((option) => `${option.name}:` === typed);
    if (exact) return this.#use(exact);
    const items = this.#remaining().filter((option) => option.name.includes(typed.replace(/:$/, ""))).map((option) => ({
      node: el("div", { class: "option-row" }, el("b", {}, option.name), el("span", {}, option.description)),
      testid: "option-item",
      name: option.name,
      choose: () => this.#use(option),
    }));
    const title = items.length ? "Options · Enter sends" : `/${this.command.name} · Enter sends`;
    return this.list.show(this.adder, title, items, { first: typed !== "" });
  }
}

/** Make a chip as wide as its words; where CSS can do that alone this only helps. */
function fit(field) {
  field.size = Math.min(Math.max([...field.value].length, 4), 60);
}
