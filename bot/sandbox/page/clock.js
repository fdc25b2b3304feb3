/**
 * The time in this pretend world, which the drawer can let run faster or jump ahead. Told by main.js
 * how the clock runs, read by timestamps.js.
 */

let ahead = 0;
let speed = 1;
let since = 0;

/** How the clock runs from now on, as the sandbox says: seconds ahead of real time, and how many times as fast. */
export function follow(pace) {
  if (!pace) return;
  ahead = pace.ahead * 1000;
  speed = pace.speed;
  since = Date.now();
}

/** Milliseconds since 1970, as `Date.now()`. */
export function now() {
  const real = Date.now();
  return real + ahead + (real - since) * (speed - 1);
}
