/**
 * Discord's markdown, blocks: headings, subtext, quotes, lists, code blocks and paragraphs. What
 * stands inside a line is inline.js. `renderMarkdown` is called for message text and embeds.
 *
 * `context` answers who is mentioned: {user(id), role(id), channel(id)} give a name or null, and
 * `onCommand(name)` is called when a command mention is pressed.
 */

import { el } from "./dom.js";
import { codeBlock, renderInline, splitFences } from "./inline.js";

const HEADING = /^(#{1,3})\s+(\S.*)$/;
const SUBTEXT = /^-#\s+(\S.*)$/;
const QUOTE = /^> ?(.*)$/;
const LIST = /^( *)([-*]|\d{1,9}\.)\s+(\S.*)$/;
const DEEPEST_LIST = 6;

export { renderInline };

export function renderMarkdown(text, context = {}) {
  const fragment = document.createDocumentFragment();
  const source = String(text ?? "");
  const rest = source.search(/(^|\n)>>> /);
  const upTo = rest === -1 || insideFence(source, rest) ? source.length : rest;
  for (const part of splitFences(source.slice(0, upTo))) {
    fragment.append(...(part.code === undefined ? blocks(part.text, context) : [codeBlock(part)]));
  }
  if (upTo < source.length) {
    const quoted = source.slice(upTo).replace(/^\n?>>> /, "");
    fragment.append(quote(renderPlainBlocks(quoted, context)));
  }
  return fragment;
}

function renderPlainBlocks(text, context) {
  return splitFences(text).flatMap((part) => (part.code === undefined ? blocks(part.text, context) : [codeBlock(part)]));
}

function insideFence(text, index) {
  return (text.slice(0, index).split("```").length - 1) % 2 === 1;
}

/** One pass over the lines; each taker eats the lines it knows and gives back one node. */
function blocks(text, context) {
  const lines = text.split("\n");
  const nodes = [];
  while (lines.length) nodes.push(takeBlock(lines, context));
  return nodes.filter(Boolean);
}

function takeBlock(lines, context) {
  const heading = HEADING.exec(lines[0]);
  if (heading) return takeLine(lines, `h${heading[1].length}`, heading[2], context);
  const subtext = SUBTEXT.exec(lines[0]);
  if (subtext) return takeLine(lines, "small", subtext[1], context);
  if (isQuote(lines[0])) return takeQuote(lines, context);
  if (LIST.test(lines[0])) return takeList(lines, context, 0);
  return takeParagraph(lines, context);
}

function takeLine(lines, tag, text, context) {
  lines.shift();
  return el(tag, { class: "md-line" }, renderInline(text, context));
}

function isQuote(line) {
  return QUOTE.test(line) && /^>( |$)/.test(line);
}

function takeQuote(lines, context) {
  const inside = [];
  while (lines.length && isQuote(lines[0])) inside.push(QUOTE.exec(lines.shift())[1]);
  return quote(blocks(inside.map((line) => line.replace(/^>+/, "\\$&")).join("\n"), context));
}

function quote(children) {
  return el("blockquote", {}, children);
}

function takeList(lines, context, depth) {
  const first = LIST.exec(lines[0]);
  const indent = first[1].length;
  const ordered = /\d/.test(first[2]);
  const list = el(ordered ? "ol" : "ul", { start: ordered && first[2] !== "1." ? parseInt(first[2], 10) : null });
  while (lines.length) {
    const item = LIST.exec(lines[0]);
    if (!item || (item[1].length < indent && depth > 0)) break;
    if (item[1].length > indent + 1 && depth < DEEPEST_LIST && list.lastChild) {
      list.lastChild.append(takeList(lines, context, depth + 1));
      continue;
    }
    if (depth === 0 && /\d/.test(item[2]) !== ordered) break;
    lines.shift();
    list.append(el("li", {}, renderInline(item[3], context)));
  }
  return list;
}

function takeParagraph(lines, context) {
  const taken = [];
  const startsBlock = (line) => HEADING.test(line) || SUBTEXT.test(line) || isQuote(line) || LIST.test(line);
  do taken.push(lines.shift());
  while (lines.length && !startsBlock(lines[0]));
  const text = taken.join("\n");
  return text ? el("span", { class: "md-text" }, renderInline(text, context)) : null;
}
