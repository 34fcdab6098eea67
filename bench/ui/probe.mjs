// What is measured inside a page: frames, messages, and when a value is on the screen. Runs in the page, so each
// function stands for itself.

/** @typedef {{ at: number, interval: number, work: number, text: string }} Frame */
/** @typedef {{ frames: Frame[], takes: number[], draws: number[], messages: Record<string, number> }} Seen */

/**
 * Starts to watch. Each frame is told with the time at which it began, the time since the one before, how long the
 * main thread was busy with it (callbacks, style, layout, paint: up to the first task after it), and the text of the
 * elements that match the selectors.
 * @param {readonly string[]} selectors
 */
export function startProbe(selectors) {
  /** @type {Seen} */
  const seen = { frames: [], takes: [], draws: [], messages: {} };
  const now = () => performance.timeOrigin + performance.now();
  /** @type {(Element | null)[]} */
  let elements = [];
  const text = () => {
    if (elements.length === 0 || elements.some((element) => !element?.isConnected))
      elements = selectors.map((selector) => document.querySelector(selector));
    return elements.map((element) => element?.textContent ?? '').join('');
  };
  let took = 0;
  /** @param {MessageEvent} event */
  const before = (event) => {
    const type = event.data?.type ?? 'other';
    seen.messages[type] = (seen.messages[type] ?? 0) + 1;
    took = performance.now();
  };
  const after = () => seen.takes.push(performance.now() - took);
  // The page's own listener stands between them.
  window.addEventListener('message', before, { capture: true });
  window.addEventListener('message', after);
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntriesByName('confspace:draw')) seen.draws.push(entry.duration);
  });
  observer.observe({ type: 'measure' });

  const channel = new MessageChannel();
  /** @type {Frame | undefined} */
  let current;
  channel.port1.onmessage = () => {
    if (!current) return;
    current.work = now() - current.at;
    current.text = text();
    seen.frames.push(current);
  };
  let last = now();
  let running = true;
  // Asked for at the end of each frame, so it comes first in the next: before the page's own callbacks.
  const frame = () => {
    const at = now();
    current = { at, interval: at - last, work: 0, text: '' };
    last = at;
    channel.port2.postMessage(null);
    if (running) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  const stop = () => {
    running = false;
    window.removeEventListener('message', before, { capture: true });
    window.removeEventListener('message', after);
    observer.disconnect();
    return seen;
  };
  /** @type {any} */ (window).confspaceProbe = { seen, stop };
}

/** Ends it and gives what was seen. @returns {Seen} */
export function stopProbe() {
  return /** @type {any} */ (window).confspaceProbe.stop();
}

/** How long a fixed piece of work takes, several times: tells how much of the processor others take. @returns {number[]} ms */
export function calibration() {
  /** @type {number[]} */
  const times = [];
  for (let round = 0; round < 60; round++) {
    const began = performance.now();
    let sum = 0;
    for (let i = 0; i < 1_500_000; i++) sum = (sum + i * i) % 1_000_003;
    times.push(performance.now() - began + (sum < 0 ? 1 : 0));
  }
  return times;
}

/** The epoch times at which the inspector's script began and at which its bytes were on the screen. */
export function paintMarks() {
  /** @param {string} name */
  const at = (name) => {
    const [mark] = performance.getEntriesByName(name);
    return mark ? performance.timeOrigin + mark.startTime : NaN;
  };
  return { start: at('confspace:start'), painted: at('confspace:painted') };
}

/**
 * Waits until an element shows the text, then for the frame after that. The epoch time.
 * @param {{ selector: string, text: string }} wanted
 * @returns {Promise<number>}
 */
export function shownAt({ selector, text }) {
  return new Promise((resolve) => {
    const look = () => {
      const found = document.querySelector(selector)?.textContent?.replaceAll('\u00a0', ' ').includes(text);
      requestAnimationFrame(() => (found ? resolve(performance.timeOrigin + performance.now()) : look()));
    };
    requestAnimationFrame(look);
  });
}

/**
 * Gives the inspector one message in which every byte is another, as its host would. A device has no write that
 * changes all its bytes, so this one is made here; the page asks its host for everything anew at the next change.
 * @param {{ flip: number, bytes: string }} picture
 */
export function changeEveryByte({ flip, bytes }) {
  const from = Number(document.body.dataset['painted']);
  const run = {
    offset: 0,
    bytes: Uint8Array.from(bytes.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16) ^ flip),
    known: new Uint8Array(bytes.length / 2).fill(1),
  };
  const message = { type: 'changed', from, revision: from + 1, hardware: [run], guest: [run] };
  window.postMessage(message);
}
