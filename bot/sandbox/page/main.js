/**
 * Where the page starts: reads who and where from the address, loads the state, listens to events
 * and hands each to the part that shows it. Loaded by index.html.
 */

import * as api from "./api.js";
import { follow } from "./clock.js";
import { wireMenus } from "./context_menu.js";
import { choicesFor } from "./catalog.js";
import { guard } from "./age_gate.js";
import { Composer } from "./composer.js";
import { Controls } from "./controls.js";
import { MessageLog, systemMessage } from "./message_log.js";
import { openModal } from "./modal.js";
import { drawSidebar, wireDrawer } from "./sidebar.js";
import { Store } from "./store.js";
import { displayName } from "./dom.js";
import { wireTheme } from "./theme.js";
import { startTicking } from "./timestamps.js";
import { Unread } from "./unread.js";
import { openViewer } from "./viewer.js";

const COMMANDS_SETTLE_MS = 1500;
const RETRY_MS = 1500;
const store = new Store();
const unread = new Unread();
const status = document.querySelector("#status");
let place = Object.fromEntries(new URLSearchParams(location.search));
let stopListening = () => {};
let waiting = null;
let turn = 0;
let retry = null;

const nameOf = (kind) => (id) => {
  const found = store.find(kind, id);
  return found ? (kind === "users" ? displayName(found) : String(found.name).replace(/^@/, "")) : null;
};
const context = {
  user: nameOf("users"),
  role: nameOf("roles"),
  channel: nameOf("channels"),
  onCommand: (name) => composer.choose(name),
  press: (message, customId, values) => attempt(() => api.pressComponent({ user: store.me.id, message: message.id, custom_id: customId, ...(values && { values }) })),
  choices: (type) => choicesFor({ type }, store) ?? [],
  view: openViewer,
};
const log = new MessageLog(document, context);
const composer = new Composer(document, store, { send, suggest, refresh: () => loadCommands() });
const controls = new Controls(document);

/** Say what went wrong in the log, as Discord does, instead of losing it. */
async function attempt(action) {
  try {
    return await action();
  } catch (error) {
    log.upsert(systemMessage(`⚠️ ${error.message}`));
    return null;
  }
}

async function send(command) {
  log.toBottom();
  document.querySelector("#sending").hidden = false;
  await attempt(() => api.sendCommand({ ...store.place, ...command }));
  document.querySelector("#sending").hidden = true;
}

async function suggest(asked) {
  try {
    return (await api.autocomplete({ ...store.place, ...asked })).choices ?? [];
  } catch {
    return [];
  }
}

let loadingCommands = false;
async function loadCommands() {
  if (loadingCommands) return;
  loadingCommands = true;
  try {
    store.commands = (await api.getState(store.place)).commands ?? [];
    if (store.commands.length) composer.commandsChanged();
  } catch {
    showStatus("lost");
  } finally {
    setTimeout(() => { loadingCommands = false; }, COMMANDS_SETTLE_MS);
  }
}

function showStatus(state) {
  const words = { online: "Bot online", offline: "Bot offline", lost: "Reconnecting…", starting: "Connecting…" };
  status.dataset.state = state;
  status.textContent = words[state];
}

/** Load everything for this person and channel, and say whether that worked; events that arrive meanwhile are applied after. */
async function load() {
  const mine = (turn += 1);
  waiting = [];
  try {
    const state = await api.getState({ ...place, since: store.openedAt });
    if (mine !== turn) return false;
    store.load(state, place);
    place = store.place;
    history.replaceState(null, "", `?${new URLSearchParams(Object.entries(place).filter(([, value]) => value))}`);
    log.reset(state.messages ?? [], store.me, store.openedAt);
    unread.seen(store.channelId, store.me.id, log.newest);
    for (const news of state.unread ?? []) unread.heard(news, store.me.id);
    drawSidebar(document, store, go, unread);
    guard(document, store, () => go({ channel: store.channels[0].id }));
    showStatus(state.ready ?? store.commands.length > 0 ? "online" : "offline");
    controls.showProcess(store.process);
    follow(state.pace);
    return true;
  } catch (error) {
    showStatus("lost");
    if (error.status >= 400) place = place.channel ? { user: place.user } : {};
    return false;
  } finally {
    const late = mine === turn ? waiting : [];
    if (mine === turn) waiting = null;
    late.forEach(apply);
  }
}

function go(change) {
  place = { ...place, ...change };
  return connect();
}

function lost(forGood) {
  showStatus("lost");
  if (forGood) retry = setTimeout(connect, RETRY_MS);
}

async function connect() {
  clearTimeout(retry);
  stopListening();
  if (!(await load())) {
    retry = setTimeout(connect, RETRY_MS);
    return;
  }
  stopListening = api.listen(place, { opened: load, lost, heard });
}

function heard(event) {
  if (waiting) waiting.push(event);
  else apply(event);
}

const handlers = {
  message: (event) => {
    if (!inThisChannel(event.message)) return;
    log.upsert(event.message);
    unread.seen(store.channelId, store.me.id, log.newest);
  },
  unread: (event) => {
    unread.heard(event, store.me.id);
    drawSidebar(document, store, go, unread);
  },
  message_delete: (event) => log.remove(event.id),
  modal: (event) => openModal(event.modal, { context, submit: (values) => api.submitModal({ user: store.me.id, modal: event.modal.id, values }) }),
  interaction_failed: (event) => log.upsert(systemMessage(`⚠️ ${event.text || "The application did not respond"}`)),
  ready: () => {
    showStatus("online");
    loadCommands();
    setTimeout(loadCommands, COMMANDS_SETTLE_MS * 2);
  },
  commands: () => loadCommands(),
  offline: () => showStatus("offline"),
  process: (event) => controls.showProcess(event.process),
  pace: (event) => {
    follow(event.pace);
    controls.showPace(event.pace);
  },
};

function apply(event) {
  handlers[event.type]?.(event);
}

function inThisChannel(message) {
  return !message.channel_id || message.channel_id === store.channelId;
}

function wireWelcome() {
  for (const button of document.querySelectorAll("[data-try]")) {
    button.addEventListener("click", () => composer.write(button.dataset.try));
  }
}

/** Typing anywhere goes to the composer, as in Discord. */
function wireTyping() {
  document.addEventListener("keydown", (event) => {
    const busy = document.querySelector("dialog[open]") || event.target.closest("input, textarea, select, button, a, [role=button], #controls");
    if (busy || event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey) return;
    document.querySelector("#composer").focus();
  });
}

showStatus("starting");
wireTheme(document.querySelector("#theme"));
wireDrawer(document);
wireMenus(document.querySelector("#log"), {
  apps: (type) => store.commands.filter((command) => command.type === type),
  run: (name, target) => attempt(() => api.pickApp({ ...store.place, name, ...target })),
});
wireWelcome();
wireTyping();
startTicking();
connect();
