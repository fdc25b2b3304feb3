/**
 * Messages by keyboard: the log is one stop of the Tab key, and the arrow keys go from message to
 * message. Wired by message_log.js, which says after each change which messages there are.
 */

/** Only one message is a stop: the one that had the focus last, or else the newest. */
export function setStop(nodes) {
  const current = nodes.find((node) => node.contains(document.activeElement)) ?? nodes.at(-1);
  for (const node of nodes) node.tabIndex = node === current ? 0 : -1;
}

export function wireLogKeys(log) {
  log.addEventListener("keydown", (event) => {
    const messages = [...log.querySelectorAll("[data-message-id]")];
    const at = messages.indexOf(event.target);
    const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: messages.length - 1 }[event.key];
    if (at === -1 || to === undefined) return;
    event.preventDefault();
    messages[to]?.focus();
    setStop(messages);
  });
}
