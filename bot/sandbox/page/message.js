/**
 * One message as an article: who, when, what it answers, text, embeds, files, buttons, and the line
 * under a private reply. Called by message_log.js for each new or edited message.
 */

import { attachmentsNode, embeddedFiles } from "./attachments.js";
import { componentsNode } from "./components.js";
import { avatar, displayName, el, icon } from "./dom.js";
import { embedNode } from "./embeds.js";
import { renderMarkdown } from "./markdown.js";
import { messageTime, timestampWords } from "./timestamps.js";

export const FLAG = { suppressEmbeds: 4, ephemeral: 64, loading: 128 };
const ONLY_EMOJI = /^(?:\p{Extended_Pictographic}|\p{Emoji_Component}|\s)+$/u;
const MENU_COMMAND = 23;
const MOST_JUMBO = 60;

export const hasFlag = (message, flag) => ((message.flags ?? 0) & flag) === flag;

/** `context`: the markdown context and {me, press, dismiss, jump, lookup, view, revealed}. */
export function messageNode(message, context) {
  const ephemeral = hasFlag(message, FLAG.ephemeral);
  return el("article", {
    tabindex: "-1",
    class: ["message", ephemeral && "ephemeral", mentionsMe(message, context) && "mentions-me"].filter(Boolean).join(" "),
    "data-testid": "message",
    "data-message-id": message.id,
    "data-ephemeral": ephemeral || null,
    "data-loading": hasFlag(message, FLAG.loading) || null,
    "aria-label": `${displayName(message.author)}, ${messageTime(message.timestamp)}${ephemeral ? ", only you can see this" : ""}`,
  },
  answering(message, context),
  pictureOf(message.author),
  header(message),
  moreButton(message),
  el("div", { class: "message-body" }, body(message, context), ephemeral && ephemeralFoot(message, context)));
}

function mentionsMe(message, context) {
  return (message.mentions ?? []).some((user) => user.id === context.me?.id);
}

function pictureOf(author) {
  const node = avatar(author);
  node.dataset.person = author?.id ?? "";
  return node;
}

function moreButton(message) {
  return el("button", { type: "button", class: "more", "data-opens-menu": true, "aria-haspopup": "menu", "aria-label": `More about the message of ${displayName(message.author)}`, title: "More", "data-testid": "more" }, icon("more"));
}

function header(message) {
  const sent = new Date(message.timestamp);
  const app = message.author?.bot ?? Boolean(message.application_id);
  return el("header", { class: "message-head" },
    el("button", { type: "button", class: "author", "data-person": message.author?.id, "data-opens-menu": true, "aria-haspopup": "menu", "data-testid": "author" }, displayName(message.author)),
    app && el("span", { class: "app-badge" }, icon("check"), "APP"),
    el("time", { class: "message-time", datetime: sent.toISOString(), title: timestampWords(sent / 1000, "F") }, messageTime(message.timestamp)));
}

/** The line above a message: the command it answers, or else the message it answers. */
function answering(message, context) {
  const asked = message.interaction_metadata;
  const command = asked?.name ?? message.interaction?.name;
  if (asked?.user && command) return usedLine(asked.user, [" used ", el("span", { class: "mention" }, icon(message.type === MENU_COMMAND ? "apps" : "slash"), command)]);
  const earlierId = message.message_reference?.message_id ?? asked?.interacted_message_id ?? asked?.triggering_interaction_metadata?.interacted_message_id;
  const earlier = message.referenced_message ?? context.lookup(earlierId);
  if (earlier) return replyLine(earlier, context);
  if (message.message_reference) return el("div", { class: "answering" }, el("i", {}, "Original message was deleted"));
  return asked?.user ? usedLine(asked.user, [" pressed a button"]) : null;
}

function usedLine(user, what) {
  return el("div", { class: "answering", "data-person": user.id, "data-testid": "message-used" }, avatar(user, "avatar avatar-tiny"), el("span", {}, el("b", {}, displayName(user)), what));
}

function replyLine(earlier, context) {
  const jump = () => context.jump(earlier.id);
  return el("button", { type: "button", class: "answering", on: { click: jump }, "data-testid": "message-reference" },
    avatar(earlier.author, "avatar avatar-tiny"), el("b", {}, displayName(earlier.author)), el("span", { class: "snippet" }, snippet(earlier, context)));
}

function snippet(message, context) {
  const parts = [...renderMarkdown((message.content ?? "").slice(0, 200), context).childNodes];
  const text = parts.map((part) => part.textContent.trim()).join(" ").trim();
  return text || (message.attachments?.length ? "Press to see the attachment" : "Press to see the message");
}

function body(message, context) {
  if (hasFlag(message, FLAG.loading)) return [thinking(message)];
  const embeds = hasFlag(message, FLAG.suppressEmbeds) ? [] : message.embeds ?? [];
  const inEmbeds = embeddedFiles(embeds, message.attachments ?? []);
  const loose = (message.attachments ?? []).filter((file) => !inEmbeds.has(file));
  return [
    content(message, context),
    attachmentsNode(message, loose, context),
    embeds.map((embed) => embedNode(embed, message, context)),
    componentsNode(message, context),
  ];
}

function thinking(message) {
  return el("div", { class: "thinking" }, el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i")), `${displayName(message.author)} is thinking…`);
}

function content(message, context) {
  if (!message.content) return null;
  const jumbo = message.content.length <= MOST_JUMBO && ONLY_EMOJI.test(message.content) && !/\d/.test(message.content);
  const edited = message.edited_timestamp && el("span", { class: "edited", title: timestampWords(new Date(message.edited_timestamp) / 1000, "F") }, " (edited)");
  const node = el("div", { class: `markup${jumbo ? " jumbo" : ""}`, "data-testid": "message-content" }, renderMarkdown(message.content, context));
  const last = node.lastElementChild;
  if (edited) (last?.matches(".md-line") ? last : node).append(edited);
  return node;
}

function ephemeralFoot(message, context) {
  const dismiss = () => context.dismiss(message.id);
  return el("footer", { class: "ephemeral-foot" }, icon("eye"), "Only you can see this · ",
    el("button", { type: "button", class: "text-button", "data-testid": "dismiss", on: { click: dismiss } }, "Dismiss message"));
}
