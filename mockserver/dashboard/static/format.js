// How numbers, times and bodies read.

/** `12:03:44.120`, in the time of the reader. */
export function clockTime(text) {
  const moment = new Date(text);
  const two = (number, width = 2) => String(number).padStart(width, "0");
  return `${two(moment.getHours())}:${two(moment.getMinutes())}:${two(moment.getSeconds())}.${two(moment.getMilliseconds(), 3)}`;
}

/** `0.4 ms`, `1.2 s`. */
export function duration(milliseconds) {
  if (milliseconds < 10) return `${milliseconds.toFixed(1)} ms`;
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

/** `42 s`, `5 min`, `3 h`, `2 days`. */
export function seconds(number) {
  if (number < 90) return `${Math.round(number)} s`;
  if (number < 5400) return `${Math.round(number / 60)} min`;
  return number < 172_800 ? `${Math.round(number / 3600)} h` : `${Math.round(number / 86_400)} days`;
}

/** `1 item`, `2 items`. */
export function counted(number, noun) {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}

/** The text of a body of the journal, and is it JSON? */
export function bodyText(body) {
  if ("json" in body) return [JSON.stringify(body.json, null, 2), true];
  if ("base64" in body) return [`${body.base64}\n(base64)`, false];
  return [body.text || "", false];
}

/** A value in one line for a table. */
export function short(value, most = 60) {
  if (value === undefined) return "";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

/** `4XX` for 404; `none` without a response. */
export function statusClass(status) {
  return status ? `s${Math.floor(status / 100)}` : "s0";
}
