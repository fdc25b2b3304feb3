/**
 * Left of the messages: servers, the open server's channels, and who "you" are; on narrow screens a
 * drawer. Also the channel's name in the header and in the composer. main.js calls `draw`.
 */

import { avatar, displayName, el, icon } from "./dom.js";

/** `go({user, channel})` opens another view; `unread` knows what was not seen yet. */
export function drawSidebar(root, store, go, unread) {
  const focused = document.activeElement?.closest?.("[data-key]")?.dataset.key;
  draw(root, store, go, (channel) => unread.of(channel.id, store.me.id));
  if (focused) root.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
}

function draw(root, store, go, markOf) {
  const within = (guildId) => store.channels.filter((channel) => (channel.guild_id ?? null) === guildId).map(markOf).filter(Boolean);
  const chosen = store.channel?.guild_id ?? null;
  const homes = store.guilds.map((guild) => guildButton(guild, guild.id === chosen, () => go(firstChannel(store, guild.id)), within(guild.id)));
  const direct = store.channels.some((channel) => !channel.guild_id);
  const home = direct && guildButton({ id: "dm", name: "Direct messages" }, chosen === null, () => go(firstChannel(store, null)), within(null), icon("message"));
  root.querySelector("#guilds").replaceChildren(...[home, ...homes].filter(Boolean));
  root.querySelector("#guild-name").textContent = store.guild?.name ?? "Direct messages";
  root.querySelector("#channels").replaceChildren(...store.channels
    .filter((channel) => (channel.guild_id ?? null) === chosen)
    .map((channel) => channelButton(channel, store.nameOf(channel), channel.id === store.channelId, () => go({ channel: channel.id }), markOf(channel))));
  drawMe(root, store, go);
  drawTitles(root, store);
}

function firstChannel(store, guildId) {
  return { channel: store.channels.find((channel) => (channel.guild_id ?? null) === guildId)?.id };
}

function guildButton(guild, current, press, marks, face = null) {
  const letters = guild.name.split(/\s+/).map((word) => [...word][0]).join("").slice(0, 3);
  return el("button", { type: "button", class: `guild${marks.length ? " unread" : ""}`, title: guild.name, "aria-label": `${guild.name}${marks.length ? ", unread" : ""}`, "data-key": `guild-${guild.id}`, "aria-current": current ? "true" : null, "data-testid": "guild", on: { click: press } }, face ?? letters, badge(marks));
}

function badge(marks) {
  const count = marks.filter((mark) => mark.mention).reduce((sum, mark) => sum + mark.count, 0);
  return count > 0 && el("span", { class: "badge", "data-testid": "badge" }, String(count));
}

function channelButton(channel, name, current, press, mark) {
  return el("button", { type: "button", class: `channel${mark ? " unread" : ""}`, "data-key": channel.id, "aria-label": [name, channel.nsfw && "age-restricted", mark && "unread"].filter(Boolean).join(", "), "aria-current": current ? "page" : null, "data-testid": "channel", "data-channel-id": channel.id, on: { click: press } },
    icon(channel.guild_id ? "hash" : "at"), el("span", {}, name), channel.nsfw && el("span", { class: "nsfw" }, "18+"), mark && badge([mark]));
}

function drawMe(root, store, go) {
  const select = root.querySelector("#me");
  select.replaceChildren(...store.users.filter((user) => !user.bot).map((user) => el("option", { value: user.id, selected: user.id === store.me?.id }, [displayName(user), user.introduction].filter(Boolean).join(" · "))));
  select.onchange = () => go({ user: select.value });
  root.querySelector("#me-avatar").replaceChildren(avatar(store.me ?? {}, "avatar avatar-small"));
}

function drawTitles(root, store) {
  const name = store.nameOf(store.channel);
  const mark = store.channel?.guild_id ? "#" : "@";
  root.querySelector("#channel-name").textContent = name;
  root.querySelector("#channel-topic").textContent = store.channel?.topic ?? "";
  root.querySelector("#welcome-name").textContent = `Welcome to ${mark}${name}!`;
  root.querySelector("#composer").placeholder = `Type / for commands in ${mark}${name}`;
  root.querySelector("#pretend-hub").hidden = store.realHub;
  root.querySelector("#real-hub").hidden = !store.realHub;
  document.title = `${mark}${name} · HugOps sandbox`;
}

export function wireDrawer(root) {
  const toggle = root.querySelector("#menu");
  const set = (open) => {
    document.body.classList.toggle("drawer-open", open);
    toggle.setAttribute("aria-expanded", String(open));
  };
  toggle.addEventListener("click", () => set(!document.body.classList.contains("drawer-open")));
  root.querySelector("#backdrop").addEventListener("click", () => set(false));
  root.querySelector("#sidebar").addEventListener("keydown", (event) => event.key === "Escape" && set(false));
  root.querySelector("#sidebar").addEventListener("click", (event) => event.target.closest(".channel") && set(false));
}
