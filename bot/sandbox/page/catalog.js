/**
 * The bot's registered commands as a flat list a person can pick from: `/jobs queue` rather than a
 * tree. Also what may be chosen for an option, and what is wrong with a value. Called by the
 * composer and command_line.js; touches no DOM.
 */

import { displayName } from "./dom.js";

export const TYPE = {
  subcommand: 1, group: 2, string: 3, integer: 4, boolean: 5, user: 6,
  channel: 7, role: 8, mentionable: 9, number: 10, attachment: 11,
};
const CHAT_INPUT = 1;

/** Every command that can be sent: {name: "jobs queue", description, options}, required options first. */
export function flatten(commands) {
  return commands
    .filter((command) => (command.type ?? CHAT_INPUT) === CHAT_INPUT)
    .flatMap((command) => leaves(command, ""))
    .sort((a, b) => a.name.localeCompare(b.name));
}

function leaves(node, prefix) {
  const name = `${prefix}${node.name}`;
  const inner = (node.options ?? []).filter((option) => option.type === TYPE.subcommand || option.type === TYPE.group);
  if (inner.length) return inner.flatMap((option) => leaves(option, `${name} `));
  const options = [...(node.options ?? [])];
  return [{ name, description: node.description ?? "", options: options.sort((a, b) => Boolean(b.required) - Boolean(a.required)) }];
}

/** The commands that fit what was typed: names that begin so, then names, then descriptions; `often` first. */
export function matching(commands, typed, often = []) {
  const wanted = typed.trim().toLowerCase().replace(/\s+/g, " ");
  const rank = (command) => {
    const name = command.name.toLowerCase();
    if (name.startsWith(wanted)) return often.includes(command.name) ? often.indexOf(command.name) - often.length : 0;
    if (name.includes(wanted)) return 1;
    return command.description.toLowerCase().includes(wanted) ? 2 : 3;
  };
  const ranked = commands.map((command) => [rank(command), command]).filter(([order]) => order < 3);
  return ranked.sort(([a], [b]) => a - b).map(([, command]) => command);
}

/** The fixed list of an option, [{name, value}], or null when it takes free text. */
export function choicesFor(option, store) {
  if (option.choices?.length) return option.choices;
  const people = () => store.peopleHere.map((user) => ({ name: `@${displayName(user)}`, value: user.id }));
  const roles = () => store.here("roles").map((role) => ({ name: `@${role.name.replace(/^@/, "")}`, value: role.id }));
  const channels = () => store.here("channels").filter((channel) => channel.guild_id).map((channel) => ({ name: `#${channel.name}`, value: channel.id }));
  const lists = {
    [TYPE.boolean]: () => [{ name: "True", value: true }, { name: "False", value: false }],
    [TYPE.user]: people,
    [TYPE.role]: roles,
    [TYPE.channel]: channels,
    [TYPE.mentionable]: () => [...people(), ...roles()],
  };
  const list = lists[option.type]?.();
  return list?.length ? list : null;
}

/** The choice a person means by these words, or undefined. */
export function choiceNamed(choices, words) {
  const wanted = words.trim().toLowerCase().replace(/^<?[@#][!&]?(.*?)>?$/, "$1");
  const same = (text) => String(text).toLowerCase().replace(/^[@#]/, "") === wanted;
  const yes = { yes: "true", no: "false" }[wanted];
  return choices.find((choice) => same(choice.name) || same(choice.value) || String(choice.value) === yes);
}

/** The value to send for the words in one option: {value} or {problem}. */
export function readValue(option, words, choices) {
  const text = words.trim();
  if (!text) return option.required ? { problem: `${option.name} is needed.` } : {};
  if (choices && !option.autocomplete) return readChoice(option, text, choices);
  if (option.type === TYPE.integer || option.type === TYPE.number) return readNumber(option, text);
  return readText(option, text);
}

function readChoice(option, text, choices) {
  const choice = choiceNamed(choices, text);
  return choice ? { value: choice.value } : { problem: `${option.name}: pick one from the list.` };
}

function readNumber(option, text) {
  const value = Number(text);
  if (Number.isNaN(value)) return { problem: `${option.name} must be a number.` };
  if (option.type === TYPE.integer && !Number.isSafeInteger(value)) return { problem: `${option.name} must be a whole number up to 2^53.` };
  if (value < (option.min_value ?? -Infinity)) return { problem: `${option.name} must be at least ${option.min_value}.` };
  if (value > (option.max_value ?? Infinity)) return { problem: `${option.name} must be at most ${option.max_value}.` };
  return { value };
}

function readText(option, text) {
  const length = [...text].length;
  if (length > (option.max_length ?? 6000)) return { problem: `${option.name} is ${length} long; at most ${option.max_length ?? 6000}.` };
  if (length < (option.min_length ?? 0)) return { problem: `${option.name} must be at least ${option.min_length} long.` };
  return { value: text };
}

/** A few words on what an option takes, for its hint. */
export function optionHint(option) {
  const least = option.min_value ?? option.min_length;
  const most = option.max_value ?? option.max_length;
  const unit = option.type === TYPE.string ? " characters" : "";
  const range = least !== undefined && most !== undefined ? `${least} to ${most}` : least !== undefined ? `at least ${least}` : most !== undefined && `at most ${most}`;
  return [option.description, range && `(${range}${unit})`, option.required ? "· required" : null].filter(Boolean).join(" ");
}
