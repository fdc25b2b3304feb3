/**
 * The field of an option or form input that takes files: a native file input, which keyboards and
 * screen readers know, and the names of what was chosen. Used by command_form.js and modal.js.
 */

import { el } from "./dom.js";
import { readFile } from "./files.js";

const LIMIT = 10 * 1024 * 1024;

export function fileField(attributes) {
  return el("input", { type: "file", class: "file-field", "data-testid": "file-field", ...attributes });
}

export const fileNames = (field) => [...field.files].map((file) => file.name).join(", ");

/** What is wrong with the chosen files, or null. */
export function fileProblem(field, { name, required }) {
  if (required && !field.files.length) return `${name} is needed.`;
  const large = [...field.files].find((file) => file.size > LIMIT);
  return large ? `${large.name} is larger than 10 MB.` : null;
}

export const readFiles = (field) => Promise.all([...field.files].map(readFile));
