/**
 * A picture shown large over the page, with its description. Called when a picture is pressed.
 */

import { el } from "./dom.js";

export function openViewer({ url, alt }) {
  const close = () => dialog.close();
  const dialog = el("dialog", { class: "viewer", "aria-label": alt || "Picture", "data-testid": "viewer", on: { click: close, close: () => dialog.remove() } },
    el("img", { src: url, alt: alt || "Image" }),
    el("div", { class: "viewer-foot", on: { click: (event) => event.stopPropagation() } },
      alt && el("p", {}, alt),
      el("a", { href: url, target: "_blank", rel: "noopener" }, "Open in browser"),
      el("button", { type: "button", class: "text-button", on: { click: close } }, "Close")));
  document.body.append(dialog);
  dialog.showModal();
}
