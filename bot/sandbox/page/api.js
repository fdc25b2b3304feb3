/**
 * The page's only way out: the stand-in's `/client` calls on the same origin, and its event stream.
 * Called by main.js, the composer and the message log; knows nothing of how things look.
 */

/** A call that did not work, in words for the person. */
export class CallFailed extends Error {
  constructor(words, status = 0) {
    super(words);
    this.status = status;
  }
}

async function call(path, body) {
  const options = body && { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new CallFailed("The sandbox does not answer. Is it still running?");
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new CallFailed(words(answer, response.status), response.status);
  return answer;
}

function words(answer, status) {
  const said = answer.text ?? answer.message ?? answer.error;
  return typeof said === "string" && said ? said : `The sandbox answered ${status}.`;
}

function query(place) {
  const known = Object.entries(place).filter(([, value]) => value);
  return new URLSearchParams(known).toString();
}

export const getState = (place) => call(`/client/state?${query(place)}`);
export const sendCommand = (body) => call("/client/command", body);
export const pickApp = (body) => call("/client/menu", body);
export const pressComponent = (body) => call("/client/component", body);
export const submitModal = (body) => call("/client/modal", body);
export const autocomplete = (body) => call("/client/autocomplete", body);

export const getControls = () => call("/sandbox/controls");
/** What the drawer does: "fault", "clear", "discord-fault", "discord-clear", "gateway", "latency", "clock", "skip", "tokens" or "bot"; gives back its new state. */
export const control = (what, body = {}) => call(`/sandbox/${what}`, body);

/** Listen as one person in one channel; gives back a function that stops. `lost` hears whether the browser
    gave up, as it does when the stand-in no longer knows that person. */
export function listen(place, { opened, lost, heard }) {
  const source = new EventSource(`/client/events?${query(place)}`);
  source.onopen = opened;
  source.onerror = () => lost(source.readyState === EventSource.CLOSED);
  source.onmessage = (event) => heard(JSON.parse(event.data));
  return () => source.close();
}
