/**
 * Making DOM nodes, and deciding which addresses may be put into them. Every other module builds
 * what it shows through `el`, so data only ever becomes text nodes and attributes, never markup.
 */

const SVG = "http://www.w3.org/2000/svg";

/** `el("a", {class: "link", href, on: {click}}, "text", node)`; null, false and undefined are left out. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) setAttribute(node, name, value);
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

function setAttribute(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "on") {
    for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    return;
  }
  node.setAttribute(name, value === true ? "" : String(value));
}

/** A drawing from the sprite at the top of index.html. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}

/** The address in its normal form when it is http or https, otherwise null. */
export function safeUrl(address) {
  try {
    const url = new URL(String(address), location.href);
    return url.protocol === "http:" || url.protocol === "https:" ? url.href : null;
  } catch {
    return null;
  }
}

/** A link that opens elsewhere; null unless the address spells out http or https. */
export function link(address, children, title = null) {
  const href = /^https?:\/\//i.test(address) ? safeUrl(address) : null;
  return href && el("a", { href, title, target: "_blank", rel: "noopener noreferrer nofollow" }, children);
}

/** A round picture of somebody: their own, or their initial on a colour that belongs to their id. */
export function avatar(user, className = "avatar") {
  const name = displayName(user);
  const hue = [...String(user?.id ?? name)].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 360, 7);
  const node = el("span", { class: className, "aria-hidden": "true" }, [...name][0]?.toUpperCase() ?? "?");
  node.style.setProperty("--hue", hue);
  node.classList.toggle("avatar-app", Boolean(user?.bot));
  return node;
}

export function displayName(user) {
  return user?.nick || user?.global_name || user?.username || user?.name || "someone";
}
