/**
 * The question before an age-restricted channel, asked once per person. main.js asks after each load.
 */

const KEY = "grown-up";

function confirmed() {
  return JSON.parse(localStorage.getItem(KEY) ?? "[]");
}

/** Show the question or the channel; `leave()` goes somewhere else. */
export function guard(root, store, leave) {
  const gate = root.querySelector("#age-gate");
  const closed = Boolean(store.channel?.nsfw) && !confirmed().includes(store.me.id);
  gate.hidden = !closed;
  root.querySelector("#chat").classList.toggle("gated", closed);
  if (!closed) return;
  gate.querySelector("#age-gate-yes").onclick = () => {
    localStorage.setItem(KEY, JSON.stringify([...confirmed(), store.me.id]));
    guard(root, store, leave);
    root.querySelector("#composer").focus();
  };
  gate.querySelector("#age-gate-no").onclick = leave;
  gate.querySelector("#age-gate-no").focus();
}
