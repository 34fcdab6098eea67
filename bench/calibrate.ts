/**
 * A fixed loop of integer work, to compare machines: CPU nanoseconds per iteration, minimum of nine runs. The
 * reference figures of the C driver were taken where it prints 1.25.
 */
export const REFERENCE_CALIBRATION = 1.25;

const ITERATIONS = 2e7;
const RUNS = 9;

export const calibrate = (): number => {
  const table = new Uint32Array(4096);
  const runs: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const start = process.cpuUsage();
    let x = 1;
    for (let i = 0; i < ITERATIONS; i++) {
      x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
      const at = (x >>> 8) & 4095;
      table[x >>> 20] = ((table[at] ?? 0) ^ x) >>> 0;
    }
    const used = process.cpuUsage(start);
    runs.push(((used.user + used.system) * 1e3) / ITERATIONS);
  }
  return Math.min(...runs);
};
