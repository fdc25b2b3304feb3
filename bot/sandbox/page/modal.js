/**
 * A modal of the bot as a dialog: text inputs, menus and files, old style (in rows) and new (in labels).
 * main.js opens it when the stand-in says so; `submit(values)` sends it.
 */

import { KIND, chosenIn, isSelect, selectNode } from "./components.js";
import { el, icon } from "./dom.js";
import { fileField, fileProblem, readFiles } from "./file_field.js";
import { renderMarkdown } from "./markdown.js";

const PARAGRAPH = 2;

export function openModal(modal, { submit, context }) {
  const fields = [];
  const problem = el("p", { class: "modal-problem", role: "alert", hidden: true });
  const close = () => dialog.close();
  const form = el("form", { method: "dialog" },
    el("header", { class: "modal-head" }, el("h2", { id: "modal-title" }, modal.title),
      el("button", { type: "button", class: "icon-button", "aria-label": "Close", on: { click: close } }, icon("close"))),
    el("div", { class: "modal-fields" }, (modal.components ?? []).map((each) => part(each, fields, context)), problem),
    el("footer", { class: "modal-foot" },
      el("button", { type: "button", class: "button secondary", "data-testid": "modal-cancel", on: { click: close } }, "Cancel"),
      el("button", { type: "submit", class: "button primary", "data-testid": "modal-submit" }, "Submit")));
  const dialog = el("dialog", { class: "modal", "aria-labelledby": "modal-title", "data-testid": "modal" }, form);
  form.addEventListener("submit", (event) => send(event, { fields, problem, dialog, submit }));
  form.addEventListener("keydown", submitOnControlEnter);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  fields[0]?.node.focus();
}

async function send(event, { fields, problem, dialog, submit }) {
  event.preventDefault();
  try {
    const values = Object.fromEntries(await Promise.all(fields.map(async ({ id, read }) => [id, await read()])));
    await submit(values);
    dialog.close();
  } catch (error) {
    problem.textContent = error.message;
    problem.hidden = false;
  }
}

function submitOnControlEnter(event) {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.currentTarget.requestSubmit();
}

function part(component, fields, context) {
  if (component.type === KIND.row) return component.components.map((each) => labelled(each, each.label, null, fields, context));
  if (component.type === KIND.label) return labelled(component.component, component.label, component.description, fields, context);
  if (component.type === KIND.textDisplay) return el("div", { class: "markup" }, renderMarkdown(component.content, context));
  return null;
}

function labelled(component, label, about, fields, context) {
  const { node, read } = control(component, label, context);
  fields.push({ id: component.custom_id, node, read });
  return el("label", { class: "modal-field" },
    el("span", { class: "modal-label" }, label, component.required !== false && el("b", { class: "required", title: "required" }, " *")),
    about && el("small", {}, about), node);
}

function control(component, label, context) {
  if (isSelect(component)) return select(component, context);
  if (component.type === KIND.fileUpload) return upload(component, label);
  const node = textInput(component);
  return { node, read: () => node.value };
}

function select(component, context) {
  const node = selectNode(component, context);
  node.required = component.required !== false;
  node.removeAttribute("aria-label"); // the label around it names it
  return { node, read: () => chosenIn(node) };
}

function upload(component, label) {
  const required = component.required !== false;
  const node = fileField({ multiple: (component.max_values ?? 1) > 1, required, "data-custom-id": component.custom_id });
  const read = async () => {
    const problem = fileProblem(node, { name: label, required });
    if (problem) throw new Error(problem);
    return readFiles(node);
  };
  return { node, read };
}

function textInput(component) {
  const long = component.style === PARAGRAPH;
  const node = el(long ? "textarea" : "input", {
    class: "modal-input", rows: long ? 5 : null, type: long ? null : "text", placeholder: component.placeholder,
    minlength: component.min_length, maxlength: component.max_length ?? 4000, required: component.required !== false,
    "data-testid": "modal-field", "data-custom-id": component.custom_id,
  });
  node.value = component.value ?? "";
  return node;
}
