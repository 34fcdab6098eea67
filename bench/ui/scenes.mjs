// What npm run bench:ui measures, scene by scene, in one window of VS Code.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { sleep } from './driverClient.mjs';
import { calibration, changeEveryByte, paintMarks, shownAt, startProbe, stopProbe } from './probe.mjs';

/** @typedef {import('../../scripts/vscode-host/workbench.mjs').Workbench} Workbench */
/** @typedef {import('./driver/protocol').Prepared} Prepared */
/** @typedef {import('./driver/protocol').Written} Written */
/** @typedef {import('./driverClient.mjs').Driver} Driver */
/** @typedef {import('./probe.mjs').Seen} Seen */
/** @typedef {import('playwright-core').Frame} Frame */

/** Between things that are measured, so that one does not pay for the other. */
const SETTLE_MS = 500;

/** The bytes as lspci -xxxx prints them: what the text editor opens. @param {string} bytes hexadecimal */
const hexDump = (bytes) =>
  (bytes.match(/.{32}/g) ?? [])
    .map((row, i) => `${(16 * i).toString(16).padStart(2, '0')}: ${(row.match(/../g) ?? []).join(' ')}`)
    .join('\n');

const FIRST_LINE = '.view-lines .view-line';

export class Bench {
  /** @type {number[]} how long fixed work took, all along the run */
  calibrations = [];

  /**
   * @param {Workbench} workbench @param {Driver} driver
   * @param {string} address of a function that a guest has
   * @param {Prepared} prepared
   */
  constructor(workbench, driver, address, prepared) {
    this.workbench = workbench;
    this.driver = driver;
    this.address = address;
    this.prepared = prepared;
    this.textFile = path.join(workbench.workspace, 'bytes.txt');
  }

  /**
   * Opens the dump, gives the function to a guest, and lets the views settle.
   * @param {Workbench} workbench @param {Driver} driver @param {string} dump @param {string} address
   */
  static async begin(workbench, driver, dump, address) {
    await workbench.showViews();
    await workbench
      .rows('machine', /^02:00\.0/)
      .first()
      .waitFor();
    const prepared = await driver.ask('prepare', { dump, address });
    await workbench.rows('guests', address.slice(5)).first().waitFor();
    return new Bench(workbench, driver, address, prepared);
  }

  async calibrate() {
    this.calibrations.push(...(await this.workbench.page.evaluate(calibration)));
  }

  /** How many times longer fixed work took on the whole than at its fastest. */
  get busy() {
    const { calibrations } = this;
    return (
      calibrations.reduce((sum, time) => sum + time, 0) / calibrations.length / Math.min(...calibrations)
    );
  }

  /** Milliseconds between frames when nothing happens. */
  async idle() {
    await this.workbench.page.evaluate(startProbe, []);
    await sleep(3000);
    const { frames } = await this.workbench.page.evaluate(stopProbe);
    return frames.map(({ interval }) => interval);
  }

  async openInspector() {
    await this.driver.ask('closeEditors');
    await sleep(SETTLE_MS);
    const began = await this.driver.ask('open', { address: this.address });
    // Looking for the frame is work for the window as well: not before it has painted.
    await sleep(3 * SETTLE_MS);
    return { began, frame: await this.workbench.inspectorFrame() };
  }

  async openText() {
    await this.driver.ask('closeEditors');
    await sleep(SETTLE_MS);
    // What was edited before has been saved by VS Code.
    writeFileSync(this.textFile, hexDump(this.prepared.bytes));
    const text = hexDump(this.prepared.bytes).slice(0, 51);
    const shown = this.workbench.page.evaluate(shownAt, { selector: FIRST_LINE, text });
    const began = await this.driver.ask('open', { file: this.textFile });
    return { began, shown: await shown };
  }

  /** From the command to the painted editor, and from the start of the page's script. @param {number} rounds */
  async openings(rounds) {
    /** @type {Record<'all' | 'script' | 'text', number[]>} */
    const times = { all: [], script: [], text: [] };
    for (let round = 0; round < rounds; round++) {
      const { began, frame } = await this.openInspector();
      const { start, painted } = await frame.evaluate(paintMarks);
      times.all.push(painted - began);
      times.script.push(painted - start);
      const text = await this.openText();
      times.text.push(text.shown - text.began);
    }
    return times;
  }

  /** @param {number} offset @param {number} bytes @returns selectors, most significant byte first */
  cells(offset, bytes) {
    return Array.from({ length: bytes }, (_, i) => `.cell[data-offset="${offset + bytes - 1 - i}"]`);
  }

  /** One byte at a time, written by the guest; as many edits of two digits in the text editor. @param {number} count */
  async oneByte(count) {
    const everyMs = 60;
    const { byte: offset } = this.prepared;
    const { frame } = await this.openInspector();
    await sleep(SETTLE_MS);
    await frame.evaluate(startProbe, this.cells(offset, 1));
    const written = await this.driver.ask('writes', { offset, count, everyMs });
    await sleep(SETTLE_MS);
    const seen = await frame.evaluate(stopProbe);
    await this.openText();
    await sleep(SETTLE_MS);
    const column = 4;
    await this.workbench.page.evaluate(startProbe, [FIRST_LINE]);
    const edited = await this.driver.ask('edits', { column, count, everyMs });
    await sleep(SETTLE_MS);
    const text = await this.workbench.page.evaluate(stopProbe);
    return {
      inspector: changes(written, seen, (shown) => Number.parseInt(shown, 16)),
      draws: seen.draws,
      text: changes(edited, text, (shown) => Number.parseInt(shown.slice(column, column + 2), 16)),
    };
  }

  /** All 4096 bytes in one message. @param {number} rounds @returns how long the main thread was busy */
  async everyByte(rounds) {
    const { frame } = await this.openInspector();
    const { bytes } = this.prepared;
    /** @type {number[]} */
    const work = [];
    for (let round = 0; round < rounds; round++) {
      await sleep(SETTLE_MS);
      await frame.evaluate(startProbe, []);
      await frame.evaluate(changeEveryByte, { flip: round % 2 === 0 ? 0xff : 0, bytes });
      await sleep(SETTLE_MS);
      const { takes, frames } = await frame.evaluate(stopProbe);
      work.push(Math.max(...takes) + Math.max(...frames.map((each) => each.work)));
    }
    return work;
  }

  /**
   * Keys as fast as the window takes them: two digits, Enter, on to the next byte; as many digits in the text editor.
   * @param {number} rounds
   */
  async typing(rounds) {
    const { page } = this.workbench;
    const bytes = inARow(this.prepared.bytesToType, 4);
    const keys = Array.from({ length: rounds }, (_, round) => [
      ...bytes.flatMap((_, i) => [...typed(round, i), 'Enter', 'ArrowRight']),
      ...bytes.map(() => 'ArrowLeft'),
    ]).flat();
    const expected = Array.from({ length: rounds }, (_, round) =>
      bytes.map((offset, i) => `${offset} ${Number.parseInt(typed(round, i).join(''), 16)}`),
    ).flat();
    const { frame } = await this.openInspector();
    await frame.locator(`.cell[data-offset="${bytes[0]}"]`).click();
    const before = (await this.driver.ask('written')).length;
    const perSecond = await pressed(page, keys);
    await sleep(1000);
    const written = (await this.driver.ask('written')).slice(before).map((write) => write.join(' '));
    await this.openText();
    await page.locator(FIRST_LINE).first().click();
    return {
      keys: keys.length,
      perSecond,
      dropped:
        expected.filter((write, i) => written[i] !== write).length +
        Math.max(0, written.length - expected.length),
      text: await pressed(
        page,
        keys.map((_, i) => (i % 16).toString(16)),
      ),
    };
  }

  /** @param {number} perSecond @param {number} seconds */
  async pace(perSecond, seconds) {
    const { dword: offset } = this.prepared;
    const { frame } = await this.openInspector();
    await sleep(SETTLE_MS);
    await frame.evaluate(startProbe, this.cells(offset, 4));
    const written = await this.driver.ask('pace', { offset, perSecond, seconds });
    await sleep(2000);
    const { frames, messages } = await frame.evaluate(stopProbe);
    return behind(written, frames, messages['snapshot'] ?? 0);
  }
}

/** The digits that are typed for a byte, others in each round. @param {number} round @param {number} i */
const typed = (round, i) => [...((16 * (round + 1) + i) & 0xff).toString(16).padStart(2, '0')];

/** @param {import('playwright-core').Page} page @param {readonly string[]} keys @returns keys per second */
async function pressed(page, keys) {
  const began = performance.now();
  for (const key of keys) await page.keyboard.press(key);
  return keys.length / ((performance.now() - began) / 1000);
}

/** The first `count` offsets that follow each other. @param {readonly number[]} offsets @param {number} count */
function inARow(offsets, count) {
  const rows = offsets.map((start) => Array.from({ length: count }, (_, i) => start + i));
  const row = rows.find((candidate) => candidate.every((offset) => offsets.includes(offset)));
  if (!row) throw new Error(`no ${count} plain bytes in a row`);
  return row;
}

/**
 * For each value the first frame that shows it: how long after it was written that frame was done, and how long the
 * main thread was busy with it. `unseen` values were over before a frame could show them.
 * @param {readonly Written[]} written @param {Seen} seen @param {(text: string) => number} read
 */
function changes(written, { frames }, read) {
  /** @type {{ delay: number[], work: number[], unseen: number }} */
  const found = { delay: [], work: [], unseen: 0 };
  for (const [value, at] of written) {
    const frame = frames.find((each) => each.at + each.work >= at && read(each.text) === value);
    if (frame) {
      found.delay.push(frame.at + frame.work - at);
      found.work.push(frame.work);
    } else found.unseen++;
  }
  return found;
}

/**
 * How far the page is behind while values are written: for each frame, how long ago the value after the one that it
 * shows was written; 0 when it shows the last one.
 * @param {readonly Written[]} written @param {Seen['frames']} frames @param {number} snapshots
 */
function behind(written, frames, snapshots) {
  const first = written[0]?.[1] ?? NaN;
  const last = written.at(-1)?.[1] ?? NaN;
  const during = frames.filter(({ at }) => at > first + 100 && at < last);
  const end = frames.find(({ text }) => Number.parseInt(text, 16) === written.length);
  return {
    made: (written.length - 1) / ((last - first) / 1000),
    lag: during.map(({ at, work, text }) => {
      const next = written[Number.parseInt(text, 16)];
      return next ? Math.max(0, at + work - next[1]) : 0;
    }),
    intervals: during.map(({ interval }) => interval),
    work: during.map(({ work }) => work),
    /** Milliseconds after the last write until it was on the screen. */
    settled: end ? Math.max(0, end.at + end.work - last) : Infinity,
    /** The page had to ask for everything anew. */
    snapshots,
  };
}
