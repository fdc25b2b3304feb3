/**
 * Which channels hold something that this person has not seen, since the page was opened. main.js
 * tells it what arrives, sidebar.js shows the marks.
 */

export class Unread {
  #marks = new Map();
  #read = new Map();

  /** An edit of an old message is no news, nor is one's own message. */
  heard({ channel, message, author, mention }, me) {
    const key = `${me}/${channel}`;
    if (author === me || BigInt(message) <= (this.#read.get(key) ?? 0n)) return;
    const before = this.#marks.get(key) ?? { ids: new Set(), mention: false };
    before.ids.add(message);
    this.#marks.set(key, { ids: before.ids, mention: before.mention || mention });
  }

  /** Everything there up to `newest` was seen. */
  seen(channel, me, newest) {
    const key = `${me}/${channel}`;
    this.#marks.delete(key);
    if (newest) this.#read.set(key, BigInt(newest));
  }

  /** {count, mention} or null. */
  of(channel, me) {
    const mark = this.#marks.get(`${me}/${channel}`);
    return mark ? { count: mark.ids.size, mention: mark.mention } : null;
  }
}
