/**
 * An embed: the card with the coloured edge. Called by message.js.
 */

import { fileAddress, pictureNode } from "./attachments.js";
import { el, link, safeUrl } from "./dom.js";
import { renderInline, renderMarkdown } from "./markdown.js";
import { messageTime } from "./timestamps.js";

export function embedNode(embed, message, context) {
  const node = el("div", { class: "embed", "data-testid": "embed" },
    el("div", { class: "embed-main" },
      authorNode(embed.author, message),
      titleNode(embed, context),
      embed.description && el("div", { class: "embed-about markup" }, renderMarkdown(embed.description, context)),
      fieldsNode(embed.fields ?? [], context)),
    thumbnailNode(embed.thumbnail, message),
    imageNode(embed.image, message, context),
    footNode(embed, message));
  if (Number.isInteger(embed.color)) node.style.setProperty("--edge", `#${embed.color.toString(16).padStart(6, "0")}`);
  return node;
}

function authorNode(author, message) {
  if (!author?.name) return null;
  return el("div", { class: "embed-author" }, smallImage(author.icon_url, message), link(author.url ?? "", [author.name]) ?? author.name);
}

function titleNode(embed, context) {
  if (!embed.title) return null;
  const words = renderInline(embed.title, context);
  return el("div", { class: "embed-title markup" }, (embed.url && link(embed.url, [words])) || words);
}

function fieldsNode(fields, context) {
  if (!fields.length) return null;
  return el("div", { class: "embed-fields" }, fields.map((field) => el("div", { class: `embed-field${field.inline ? " inline" : ""}` },
    el("div", { class: "embed-field-name markup" }, renderInline(field.name, context)),
    el("div", { class: "markup" }, renderMarkdown(field.value, context)))));
}

function smallImage(address, message) {
  const url = address && fileAddress(address, message);
  return url ? el("img", { class: "embed-icon", src: url, alt: "" }) : null;
}

function thumbnailNode(thumbnail, message) {
  const url = thumbnail?.url && fileAddress(thumbnail.url, message);
  return url ? el("img", { class: "embed-thumbnail", src: url, alt: thumbnail.description ?? "" }) : null;
}

/** The large picture; its description and size come from the file it was uploaded as. */
function imageNode(image, message, context) {
  const url = image?.url && fileAddress(image.url, message);
  if (!url) return null;
  const file = (message.attachments ?? []).find((each) => each.url === image.url || `attachment://${each.filename}` === image.url);
  return el("div", { class: "embed-image" }, pictureNode({ ...image, ...file, url }, message, context));
}

function footNode(embed, message) {
  if (!embed.footer?.text && !embed.timestamp) return null;
  const words = [embed.footer?.text, embed.timestamp && messageTime(embed.timestamp)].filter(Boolean).join(" • ");
  return el("div", { class: "embed-foot" }, smallImage(embed.footer?.icon_url && safeUrl(embed.footer.icon_url), message), words);
}
