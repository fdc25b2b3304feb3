/**
 * Discord's `<t:unix:style>`: the words for each style in the reader's own language and zone, and
 * the one clock that lets every relative time ("in 4 minutes") tick. Used by markdown and messages.
 */

import { now } from "./clock.js";
import { el } from "./dom.js";

const STYLES = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
  s: { dateStyle: "short", timeStyle: "short" },
  S: { dateStyle: "short", timeStyle: "medium" },
};
const UNITS = [["year", 31_557_600], ["month", 2_629_800], ["day", 86_400], ["hour", 3_600], ["minute", 60], ["second", 1]];
const LATEST = 8_640_000_000_000;
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "always" });

/** "in 5 minutes", "2 hours ago"; the unit is the largest that fits at least once. */
export function relativeWords(unix, at = now() / 1000) {
  const seconds = Math.round(unix - at);
  if (seconds === 0) return "now";
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length);
  return relative.format(Math.trunc(seconds / size), unit);
}

export function timestampWords(unix, style = "f") {
  if (style === "R") return relativeWords(unix);
  return new Intl.DateTimeFormat(undefined, STYLES[style] ?? STYLES.f).format(new Date(unix * 1000));
}

/** A `<time>` for the mention, or null when no calendar holds that second. */
export function timestampNode(unix, style) {
  if (Math.abs(unix) > LATEST) return null;
  const node = el("time", {
    class: "timestamp",
    datetime: new Date(unix * 1000).toISOString(),
    title: timestampWords(unix, "F"),
    "data-relative": style === "R" ? unix : null,
  });
  node.textContent = timestampWords(unix, style);
  return node;
}

function isToday(date, daysAgo = 0) {
  const day = new Date(now());
  day.setDate(day.getDate() - daysAgo);
  return date.toDateString() === day.toDateString();
}

/** The time beside an author's name: the clock today, "Yesterday at …", else the short date. */
export function messageTime(iso) {
  const date = new Date(iso);
  const unix = date.getTime() / 1000;
  if (isToday(date)) return timestampWords(unix, "t");
  if (isToday(date, 1)) return `Yesterday at ${timestampWords(unix, "t")}`;
  return timestampWords(unix, "s");
}

/** Refresh every relative time on the page, several times a second where the clock runs faster. */
export function startTicking() {
  const tick = () => {
    for (const node of document.querySelectorAll("time[data-relative]")) {
      const words = relativeWords(Number(node.dataset.relative));
      if (node.textContent !== words) node.textContent = words;
    }
  };
  return setInterval(tick, 250);
}
