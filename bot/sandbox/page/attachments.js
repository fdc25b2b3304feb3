/**
 * Files under a message: pictures with their description and a larger view, spoilers blurred until
 * pressed, everything else as a card to download. Called by message.js; embeds.js uses `pictureNode`.
 */

import { el, icon, safeUrl } from "./dom.js";

const WIDEST = 480;
const TALLEST = 380;

/** The attachments that an embed already shows, by `attachment://name` or by the same address. */
export function embeddedFiles(embeds, attachments) {
  const shown = embeds.flatMap((embed) => [embed.image?.url, embed.thumbnail?.url]).filter(Boolean);
  return new Set(attachments.filter((file) => shown.includes(`attachment://${file.filename}`) || shown.includes(file.url)));
}

export function fileAddress(address, message) {
  const name = /^attachment:\/\/(.+)$/.exec(address ?? "")?.[1];
  const file = name && (message.attachments ?? []).find((each) => each.filename === name);
  return safeUrl(file ? file.url : address);
}

export function attachmentsNode(message, files, context) {
  if (!files.length) return null;
  return el("div", { class: `attachments${files.filter(isPicture).length > 1 ? " grid" : ""}` }, files.map((file) => fileNode(message, file, context)));
}

function isPicture(file) {
  return file.content_type ? file.content_type.startsWith("image/") : /\.(png|jpe?g|gif|webp)$/i.test(file.filename ?? "");
}

function fileNode(message, file, context) {
  const address = safeUrl(file.url);
  if (!address) return null;
  if (isPicture(file)) return pictureNode({ ...file, url: address }, message, context);
  if (file.content_type?.startsWith("video/")) return el("video", { class: "video", controls: true, src: address, "aria-label": file.description ?? file.filename });
  return otherNode({ ...file, url: address }, message, context);
}

function otherNode(file, message, context) {
  const get = el("a", { class: "file-get", href: file.url, download: file.filename, "aria-label": `Download ${file.filename}` }, icon("download"));
  const node = el("div", { class: "file", "data-testid": "attachment" }, icon("file"),
    el("div", { class: "file-words" }, el("a", { href: file.url, download: file.filename }, file.filename), el("small", {}, sizeWords(file.size))), get);
  veil(node, get, file, message, context);
  return node;
}

/** Cover what is a spoiler until somebody uncovers it; it stays so while the page is open. */
function veil(node, open, file, message, context) {
  const key = `${message.id}/${file.filename ?? file.url}`;
  const hidden = file.is_spoiler || file.filename?.startsWith("SPOILER_");
  if (hidden && !context.revealed.has(key)) blur(node, open, () => context.revealed.add(key));
}

function sizeWords(bytes) {
  if (!bytes) return "";
  const power = Math.min(Math.floor(Math.log2(bytes) / 10), 3);
  return `${(bytes / 1024 ** power).toFixed(power ? 2 : 0)} ${["bytes", "KB", "MB", "GB"][power]}`;
}

/** A picture that opens larger when pressed, with its description behind the ALT badge. */
export function pictureNode(file, message, context) {
  const alt = file.description ?? "";
  const image = el("img", { src: file.url, alt: alt || "Image", width: file.width, height: file.height, decoding: "async" });
  const open = el("button", { type: "button", class: "picture-open", "aria-label": alt ? `Open larger: ${alt}` : "Open larger", "data-testid": "picture", on: { click: () => context.view({ url: file.url, alt }) } }, image);
  const node = el("figure", { class: "picture", "data-testid": "attachment" }, open, alt && altBadge(alt));
  fitPicture(node, file);
  veil(node, open, file, message, context);
  return node;
}

function fitPicture(node, { width, height }) {
  if (!width || !height) return;
  const scale = Math.min(1, WIDEST / width, TALLEST / height);
  node.style.width = `${Math.round(width * scale)}px`;
  node.style.aspectRatio = `${width} / ${height}`;
}

function altBadge(alt) {
  const text = el("figcaption", { class: "alt-text", hidden: true }, alt);
  const badge = el("button", { type: "button", class: "alt-badge", "aria-expanded": "false", "aria-label": "Show the picture's description" }, "ALT");
  badge.addEventListener("click", () => {
    text.hidden = !text.hidden;
    badge.setAttribute("aria-expanded", String(!text.hidden));
  });
  return [text, badge];
}

function blur(node, open, remember) {
  node.classList.add("blurred");
  open.inert = true;
  const cover = el("button", { type: "button", class: "spoiler-cover", "data-testid": "spoiler", "aria-label": "Spoiler, press to reveal" }, el("span", {}, "SPOILER"));
  cover.addEventListener("click", () => {
    remember();
    node.classList.remove("blurred");
    open.inert = false;
    cover.remove();
    open.focus();
  });
  node.append(cover);
}
