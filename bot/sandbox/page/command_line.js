/**
 * A whole command typed as one line, `/imagine prompt: a fox size: wide`, taken apart into the
 * command and the words of each option. Called by the composer; touches no DOM.
 */

/** The command a line begins with and the words after it: {command, rest} or null. */
export function commandOf(line, commands) {
  const text = line.replace(/^\//, "").replace(/\s+/g, (space) => (space.includes("\n") ? space : " "));
  const fits = commands.filter((command) => startsWithWords(text, command.name));
  const command = fits.sort((a, b) => b.name.length - a.name.length)[0];
  return command ? { command, rest: text.slice(command.name.length).trim() } : null;
}

function startsWithWords(text, name) {
  return text.toLowerCase().startsWith(name.toLowerCase()) && !/^\S/.test(text.slice(name.length));
}

/** The words given to each option, by name. Words before the first name belong to the first option. */
export function wordsOf(rest, command) {
  const words = {};
  const marks = optionMarks(rest, command.options);
  const lead = rest.slice(0, marks[0]?.from ?? rest.length).trim();
  const named = new Set(marks.map((mark) => mark.name));
  const first = command.options.find((option) => !named.has(option.name));
  marks.forEach((mark, index) => {
    words[mark.name] = rest.slice(mark.to, marks[index + 1]?.from ?? rest.length).trim();
  });
  if (lead && first) words[first.name] = lead;
  return words;
}

/** Where each option's `name:` stands; a second one of the same name is ordinary text. */
function optionMarks(rest, options) {
  const seen = new Set();
  const marks = [];
  for (const match of rest.matchAll(/(?:^|\s)([-_\p{L}\p{N}]{1,32}):(?!\/\/)/gu)) {
    const option = options.find((each) => each.name === match[1].toLowerCase());
    if (!option || seen.has(option.name)) continue;
    seen.add(option.name);
    marks.push({ name: option.name, from: match.index, to: match.index + match[0].length });
  }
  return marks;
}

/** An option name and colon just typed at the end of a field: {name, before} or null. */
export function optionJustTyped(text, options) {
  const match = /^([\s\S]*?)(?:^|\s)([-_\p{L}\p{N}]{1,32}):$/u.exec(text);
  const option = match && options.find((each) => each.name === match[2].toLowerCase());
  return option ? { name: option.name, before: match[1] } : null;
}
