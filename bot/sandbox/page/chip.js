/**
 * One option of a chosen command: its name, its field, and what is wrong with it. Made and moved by
 * command_form.js; a chip reads itself into the value that is sent.
 */

import { TYPE, choicesFor, optionHint, readValue } from "./catalog.js";
import { el } from "./dom.js";
import { fileField, fileNames, fileProblem, readFiles } from "./file_field.js";

export class Chip {
  picked = null;

  constructor(option, words, store) {
    this.option = option;
    this.choices = choicesFor(option, store);
    this.takesFile = option.type === TYPE.attachment;
    this.field = this.takesFile ? fileField(this.#attributes()) : this.#textField(words);
    this.problem = el("span", { class: "chip-problem", id: `problem-${option.name}`, role: "alert", hidden: true, "data-testid": "option-problem" });
    this.node = el("label", { class: "chip", "data-testid": "option-chip" }, el("span", { class: "chip-name" }, option.name), this.field, this.problem);
    this.fit();
  }

  #attributes() {
    return { "aria-label": `${this.option.name}: ${optionHint(this.option)}`, "aria-describedby": `problem-${this.option.name}`, "data-option": this.option.name };
  }

  #textField(words) {
    return el("input", {
      class: "chip-field", type: "text", value: words, role: "combobox", "aria-expanded": "false", "aria-autocomplete": "list",
      autocomplete: "off", spellcheck: "false", "data-testid": "option-field", ...this.#attributes(),
    });
  }

  get isEmpty() {
    return !this.field.value;
  }

  /** The words for the line that the arrow key brings back. */
  get words() {
    return this.takesFile ? fileNames(this.field) : this.field.value.trim();
  }

  pick(choice) {
    this.field.value = choice.name;
    this.picked = choice;
    this.fit();
    this.show(null);
  }

  /** What the field holds now, files aside: {value} or {problem}. */
  read() {
    if (this.takesFile) return { problem: fileProblem(this.field, this.option) ?? undefined };
    if (this.picked && this.picked.name === this.field.value) return { value: this.picked.value };
    return readValue(this.option, this.field.value, this.choices);
  }

  /** The value to send, files read. */
  async value() {
    return this.takesFile ? (await readFiles(this.field))[0] : this.read().value;
  }

  /** Say under the option what is wrong with it, as Discord does; null when nothing is. */
  show(problem) {
    this.problem.textContent = problem ?? "";
    this.problem.hidden = !problem;
    this.node.classList.toggle("wrong", Boolean(problem));
    this.field.setAttribute("aria-invalid", String(Boolean(problem)));
  }

  /** Make the field as wide as its words; where CSS can do that alone this only helps. */
  fit() {
    if (!this.takesFile) this.field.size = Math.min(Math.max([...this.field.value].length, 4), 60);
  }
}
