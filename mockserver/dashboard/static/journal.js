// The latest requests, kept up to date by server-sent events. They come by fetch, which can send the token.

import { get, remove, request } from "./api.js";

const MOST = 1000;
const FIRST = 200;
const TRIALS = "preview-";

class Journal {
  entries = [];
  #last = 0;
  #status = "wait";
  #onChange = new Set();
  #onStatus = new Set();
  #waiting = false;
  #fresh = [];
  #leaving = new AbortController();

  /** Be told of new entries, which come in an array. Returns a function that ends this. */
  onChange(notify) {
    this.#onChange.add(notify);
    return () => this.#onChange.delete(notify);
  }

  onStatus(notify) {
    this.#onStatus.add(notify);
    notify(this.#status);
  }

  get status() {
    return this.#status;
  }

  /** Load what is kept, then follow. A page that is left ends its stream: a browser has few connections to a host. */
  async start() {
    addEventListener("pagehide", () => this.#leaving.abort());
    for (let pause = 500; ; pause = Math.min(pause * 2, 8000)) {
      try {
        await this.#load();
        await this.#follow(() => (pause = 500));
      } catch (error) {
        if (error.status === 409) return this.#tell("off");
      }
      this.#tell("lost");
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  /** Forget the requests here and in the sandbox. */
  async clear() {
    await remove("requests", { everywhere: true });
    this.entries = [];
    for (const notify of this.#onChange) notify([]);
  }

  entry(number) {
    return this.entries.find((each) => each.number === number);
  }

  async #load() {
    const known = new Set(this.entries.map((each) => each.number));
    const found = await get("requests", { everywhere: true, query: { limit: FIRST } });
    if (found.length && this.#last > found[0].number) this.entries = []; // the sandbox was started again
    this.#last = Math.max(found[0]?.number ?? 0, 0);
    this.#add(found.filter((each) => !known.has(each.number)).reverse());
  }

  async #follow(connected) {
    const headers = { "Last-Event-ID": String(this.#last) };
    this.#leaving = new AbortController();
    const response = await request("GET", "events", { everywhere: true, headers, signal: this.#leaving.signal });
    this.#tell("live");
    connected();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let rest = ""; ; ) {
      const { value, done } = await reader.read();
      if (done) return;
      const events = (rest + value).split("\n\n");
      rest = events.pop();
      this.#add(events.map(entryOf).filter(Boolean));
    }
  }

  #add(entries) {
    const shown = entries.filter((each) => !each.namespace.startsWith(TRIALS));
    if (entries.length) this.#last = Math.max(this.#last, entries.at(-1).number);
    if (!shown.length) return;
    this.entries = [...shown.reverse(), ...this.entries].slice(0, MOST);
    this.#fresh.push(...shown);
    if (this.#waiting) return;
    this.#waiting = true;
    requestAnimationFrame(() => {
      this.#waiting = false;
      const fresh = this.#fresh.splice(0);
      for (const notify of this.#onChange) notify(fresh);
    });
  }

  #tell(status) {
    this.#status = status;
    for (const notify of this.#onStatus) notify(status);
  }
}

function entryOf(event) {
  const data = event.split("\n").filter((line) => line.startsWith("data: ")).map((line) => line.slice(6));
  return data.length ? JSON.parse(data.join("\n")) : null;
}

export const journal = new Journal();
