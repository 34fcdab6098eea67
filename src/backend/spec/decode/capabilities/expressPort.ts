import type { Reading } from '../reading';

/** Device/Port Type of the PCI Express capability that is read, 0..15. */
export const portTypeOf = (at: Reading): number => at.field('FLAGS', 'Type');

/** Watts by which a slot power limit counts. */
const WATTS = [1, 0.1, 0.01, 0.001];
/** With the scale of 1 W, values from f0h on stand for powers of their own. Source: PCIe 6.0 section 7.5.3.9. */
const ALTERNATIVES = 0xf0;
const ALTERNATIVE_WATTS = [250, 275, 300, 325, 350, 375, 400, 425, 450, 475, 500, 525, 550, 575, 600];

/** `75W`, `0.25W`; what lies above the last defined power is `>600W`. */
export const powerLimit = (value: number, scale: number): string => {
  if (scale === 0 && value >= ALTERNATIVES) {
    const watts = ALTERNATIVE_WATTS[value - ALTERNATIVES];
    return watts === undefined ? '>600W' : `${watts}W`;
  }
  return `${Number((value * (WATTS[scale] ?? 1)).toFixed(3))}W`;
};
