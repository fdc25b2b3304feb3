/**
 * Discord's markdown inside a line: emphasis, code, spoilers, links, escapes, and (by mentions.js)
 * everything in angle brackets. Called by markdown.js, and for embed titles and field names.
 */

import { el, link } from "./dom.js";
import { angleNode } from "./mentions.js";

const DEEPEST = 12;
const FENCE = "```";
const PLAIN = /^[\s\S][0-9A-Za-z ]*?(?=[^0-9A-Za-z ]|https?:\/\/|$)/u;
const ADDRESS = /^https?:\/\/[^\s<]+/;

/** Which pattern makes which node; the first that matches at a position wins. */
const RULES = [
  [/^\\([^0-9A-Za-z\s])/u, (match) => match[1]],
  [/^<[^<>\n]{1,400}>/, (match, context) => angleNode(match[0].slice(1, -1), context)],
  [/^@(?:everyone|here)\b/, (match) => el("span", { class: "mention" }, match[0])],
  [/^\|\|([\s\S]+?)\|\|/, (match, context, depth) => spoiler(parse(match[1], context, depth))],
  [/^\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)/, wrap("strong")],
  [/^__((?:\\[\s\S]|[^\\])+?)__(?!_)/, wrap("u")],
  [/^~~(?=\S)([\s\S]+?)~~/, wrap("s")],
  [/^\*(?=\S)((?:\*\*|\\[\s\S]|\s+(?:[^*\s]|\*\*)|[^\s*\\])+?)\*(?!\*)/, wrap("em")],
];
const UNDERSCORE = /^_((?:__|\\[\s\S]|[^\\_])+?)_(?![0-9A-Za-z_])/;

/** The text between code fences and the fences themselves: [{text} | {code, language}]. */
export function splitFences(text) {
  const parts = [];
  let from = 0;
  let at = text.indexOf(FENCE);
  while (at !== -1) {
    const fence = text[at - 1] === "\\" ? null : fenceAt(text, at);
    if (fence) {
      parts.push({ text: text.slice(from, at).replace(/\n$/, "") }, fence);
      from = fence.end;
    }
    at = text.indexOf(FENCE, fence ? fence.end : at + 1);
  }
  parts.push({ text: text.slice(from) });
  return parts.filter((part) => part.code !== undefined || part.text);
}

/** The code block that opens at `at`; null when it never closes or holds nothing. */
function fenceAt(text, at) {
  const close = text.indexOf(FENCE, at + 3);
  const inside = close === -1 ? "" : text.slice(at + 3, close);
  const language = /^([\w+#.-]{1,40})\n/.exec(inside)?.[1] ?? "";
  const code = trimNewlines(inside.slice(language.length));
  if (!code) return null;
  return { code, language, end: close + 3 + (text[close + 3] === "\n" ? 1 : 0) };
}

function trimNewlines(text) {
  let [from, to] = [0, text.length];
  while (text[from] === "\n") from += 1;
  while (to > from && text[to - 1] === "\n") to -= 1;
  return text.slice(from, to);
}

export function codeBlock({ code, language }) {
  return el("pre", { tabindex: "0", "data-language": language || null }, el("code", {}, code));
}

export function renderInline(text, context = {}) {
  const fragment = document.createDocumentFragment();
  fragment.append(...parse(String(text ?? ""), context, 0));
  fragment.normalize();
  return fragment;
}

function wrap(tag) {
  return (match, context, depth) => el(tag, {}, parse(match[1], context, depth));
}

function parse(text, context, depth) {
  if (depth > DEEPEST) return [text];
  const nodes = [];
  for (let at = 0; at < text.length;) {
    const [length, node] = next(text.slice(at), text[at - 1] ?? "", context, depth + 1);
    nodes.push(node);
    at += length;
  }
  return nodes;
}

/** How many characters the thing at the start of `rest` takes, and the node it becomes. */
function next(rest, before, context, depth) {
  if (!/[0-9A-Za-z\s]/.test(rest[0])) {
    for (const [pattern, make] of RULES) {
      const match = pattern.exec(rest);
      const node = match && make(match, context, depth);
      if (node) return [match[0].length, node];
    }
    const special = codeSpan(rest) ?? namedLink(rest, context, depth) ?? underscore(rest, before, context, depth);
    if (special) return special;
  }
  const address = ADDRESS.exec(rest);
  if (address) return bareLink(address[0]);
  const plain = PLAIN.exec(rest)[0];
  return [plain.length, plain];
}

/** A run of ticks up to the next run of the same length; without one the run is ordinary text. */
function codeSpan(rest) {
  if (rest[0] !== "`") return null;
  const ticks = /^`+/.exec(rest)[0];
  for (const run of rest.slice(ticks.length).matchAll(/`+/g)) {
    if (run[0].length !== ticks.length) continue;
    const code = rest.slice(ticks.length, ticks.length + run.index);
    return [2 * ticks.length + run.index, el("code", {}, code.trim() || code)];
  }
  return [ticks.length, ticks];
}

function underscore(rest, before, context, depth) {
  const match = /\w/.test(before) ? null : UNDERSCORE.exec(rest);
  return match && [match[0].length, el("em", {}, parse(match[1], context, depth))];
}

/** The address without the sentence's own punctuation, or a bracket that was opened before it. */
function bareLink(text) {
  let address = text.replace(/[.,:;"'\]*_|~!?]+$/, "");
  while (address.endsWith(")") && !address.includes("(")) address = address.slice(0, -1);
  return [address.length, link(address, [address]) ?? address];
}

/** `[words](address "title")`; anything but http and https stays the text it was. */
function namedLink(rest, context, depth) {
  if (rest[0] !== "[") return null;
  const close = closing(rest, 0, "[", "]");
  if (close < 2 || rest[close + 1] !== "(") return null;
  const end = closing(rest, close + 1, "(", ")");
  const target = end > 0 && /^<?([^\s<>]+)>?(?:\s+"([^"]*)")?$/.exec(rest.slice(close + 2, end).trim());
  const node = target && link(target[1], parse(rest.slice(1, close), context, depth), target[2] ?? target[1]);
  return node && [end + 1, node];
}

function closing(text, from, open, close) {
  let depth = 0;
  for (let at = from; at < text.length && at < from + 2100; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === open) depth += 1;
    else if (text[at] === close && (depth -= 1) === 0) return at;
  }
  return -1;
}

function spoiler(children) {
  const node = el("span", { class: "spoiler", role: "button", tabindex: "0", "aria-label": "Spoiler, press to reveal" });
  const inside = el("span", { class: "spoiler-text", inert: true }, children);
  const reveal = (event) => {
    if (node.classList.contains("revealed") || (event.key && event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    inside.removeAttribute("inert");
    node.classList.add("revealed");
    for (const name of ["role", "tabindex", "aria-label"]) node.removeAttribute(name);
  };
  node.addEventListener("click", reveal);
  node.addEventListener("keydown", reveal);
  node.append(inside);
  return node;
}
