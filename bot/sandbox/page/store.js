/**
 * What the page knows: who is here, which channel is open, which commands the bot has registered.
 * Filled from `/client/state` by main.js, read by everything that shows names. Messages are not
 * kept here: the message log owns them.
 */

import { displayName } from "./dom.js";

export class Store {
  me = null;
  bot = null;
  users = [];
  guilds = [];
  channels = [];
  roles = [];
  commands = [];
  realHub = false;
  process = null;
  channelId = null;
  openedAt = null;

  load(state, place) {
    this.me = state.me ?? null;
    this.bot = state.bot ?? null;
    this.users = [...(state.users ?? []), ...(this.bot ? [this.bot] : [])];
    this.guilds = state.guilds ?? [];
    this.channels = state.channels ?? [];
    this.roles = state.roles ?? this.guilds.flatMap((guild) => guild.roles ?? []);
    this.commands = state.commands ?? [];
    this.openedAt ??= state.at ?? "0";
    this.realHub = Boolean(state.real_hf);
    this.process = state.process ?? null;
    this.channelId = this.#openChannel(state, place)?.id ?? null;
  }

  #openChannel(state, place) {
    const wanted = String(state.channel?.id ?? state.channel ?? place.channel ?? "");
    return this.channels.find((channel) => channel.id === wanted) ?? this.channels[0];
  }

  get channel() {
    return this.channels.find((channel) => channel.id === this.channelId);
  }

  get guild() {
    return this.guilds.find((guild) => guild.id === this.channel?.guild_id);
  }

  get place() {
    return { user: this.me?.id, channel: this.channelId };
  }

  /** A channel's name; a direct message is named after who is at the other end. */
  nameOf(channel) {
    return channel?.name || (this.bot && displayName(this.bot)) || "HugOps";
  }

  /** Who is in the open server; in a direct message everybody. */
  get peopleHere() {
    const guildId = this.channel?.guild_id;
    return this.users.filter((user) => !guildId || !user.guilds || user.guilds.includes(guildId));
  }

  /** Those of `roles` or `channels` that belong to the open server. */
  here(kind) {
    const guildId = this.channel?.guild_id;
    return this[kind].filter((item) => !item.guild_id || item.guild_id === guildId);
  }

  find(kind, id) {
    return this[kind].find((item) => item.id === id);
  }
}
