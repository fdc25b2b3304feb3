/**
 * A chosen command with a chip for each option in use, and what each chip suggests while it has the
 * focus. Opened by composer.js; ends in `sendForm` or `cancelForm`.
 */

import { TYPE, optionHint } from "./catalog.js";
import { Chip } from "./chip.js";
import { optionJustTyped } from "./command_line.js";
import { el } from "./dom.js";
import { giveFiles } from "./files.js";

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
    const empty = [...this.#chips.values()].find((chip) => chip.isEmpty);
    (empty ? empty.field : this.adder).focus();
  }

  /** Send when every chip reads well, otherwise stop at the first that does not. */
  async submit() {
    const chips = [...this.#chips.values()];
    const wrong = chips.filter((chip) => this.#check(chip));
    if (wrong.length) return wrong[0].field.focus();
    clearTimeout(this.#timer);
    const line = this.#line();
    const values = await Promise.all(chips.map(async (chip) => [chip.option.name, await chip.value()]));
    return this.composer.sendForm(this.command, Object.fromEntries(values.filter(([, value]) => value !== undefined)), line);
  }

  #check(chip) {
    const { problem } = chip.read();
    chip.show(problem ?? null);
    return problem;
  }

  /** Files that were dropped go to the first option that takes one and has none; false without such an option. */
  drop(files) {
    const takes = (option) => option.type === TYPE.attachment && (this.#chips.get(option.name)?.isEmpty ?? true);
    const option = this.command.options.find(takes);
    if (!option) return false;
    this.#use(option);
    giveFiles(this.#chips.get(option.name).field, files);
    return true;
  }

  #line() {
    const words = [...this.#chips.values()].map((chip) => `${chip.option.name}: ${chip.words}`);
    return [`/${this.command.name}`, ...words].join(" ");
  }

  #remaining() {
    return this.command.options.filter((option) => !this.#chips.has(option.name));
  }

  #addChip(option, words = "") {
    const chip = new Chip(option, words, this.composer.store);
    chip.field.addEventListener("input", (event) => this.#typed(chip, event));
    chip.field.addEventListener("change", () => chip.takesFile && this.#check(chip));
    chip.field.addEventListener("focus", () => this.#showFor(chip));
    chip.field.addEventListener("blur", () => chip.isEmpty || this.#check(chip));
    chip.field.addEventListener("keydown", (event) => this.#key(event, chip));
    this.#chips.set(option.name, chip);
    this.adder.before(chip.node);
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
    chip.show(null);
    chip.fit();
    if (document.activeElement === chip.field) this.#showFor(chip);
  }

  /** Somebody types on as in one line: `a fox size:` moves from the prompt to the size. */
  #jump(chip, { name, before }) {
    const known = this.#chips.get(name);
    if (known && known !== chip && known.field.value) return;
    if (known === chip && before.trim()) return;
    chip.field.value = before.trim();
    chip.fit();
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
    if (chip.takesFile) this.list.show(chip.field, [el("b", {}, chip.option.name), ` ${optionHint(chip.option)} · press Space to choose a file, or drop one here`], []);
    else if (chip.option.autocomplete) this.#ask(chip);
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
      chip.pick(choice);
      this.#goOn(chip);
    };
    return { node: el("span", {}, choice.name), testid: "option-choice", name: choice.name, choose };
  }

  /** After a choice the cursor leaves the option: to the next one that is needed, or to the rest. */
  #goOn(chip) {
    const next = [...this.#chips.values()].find((each) => each !== chip && each.option.required && each.isEmpty);
    (next ? next.field : this.adder).focus();
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
    const read = others.map((chip) => [chip.option.name, chip.read().value]);
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
