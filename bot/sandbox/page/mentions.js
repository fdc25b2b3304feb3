/**
 * What Discord writes in angle brackets: people, roles, channels, commands, times, custom emoji and
 * links without a preview. Called by inline.js for each `<…>`.
 */

import { el, link } from "./dom.js";
import { timestampNode } from "./timestamps.js";

const KINDS = [
  [/^@!?(\d+)$/, (match, context) => mention(`@${context.user?.(match[1]) ?? "unknown-user"}`, match[1])],
  [/^@&(\d+)$/, (match, context) => mention(`@${context.role?.(match[1]) ?? "unknown-role"}`)],
  [/^#(\d+)$/, (match, context) => mention(`#${context.channel?.(match[1]) ?? "unknown"}`)],
  [/^\/([-_\p{L}\p{N} ]{1,100}):(\d+)$/u, (match, context) => commandMention(match[1], context)],
  [/^t:(-?\d{1,17})(?::([tTdDfFsSR]))?$/, (match) => timestampNode(Number(match[1]), match[2] ?? "f")],
  [/^a?:(\w{2,32}):\d+$/, (match) => el("span", { class: "custom-emoji" }, `:${match[1]}:`)],
  [/^(https?:\/\/\S+)$/, (match) => link(match[1], [match[1]])],
];

/** The node for what stands between `<` and `>`, or null when it is ordinary text. */
export function angleNode(inside, context) {
  for (const [pattern, make] of KINDS) {
    const match = pattern.exec(inside);
    if (match) return make(match, context);
  }
  return null;
}

function mention(text, person = null) {
  return el("span", { class: "mention", "data-person": person }, text);
}

function commandMention(name, context) {
  const press = () => context.onCommand?.(name);
  return el("button", { type: "button", class: "mention", "data-testid": "command-mention", on: { click: press } }, `/${name}`);
}
