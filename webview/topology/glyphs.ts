import { svg } from '../ui/svg';

/** Line drawings of 16 by 16 for kinds of devices, by base class. Source of the codes: PCI Code and ID Assignment, section 1. */
const CHIP =
  'M4.5 4.5h7v7h-7ZM6.5 2v2.5M9.5 2v2.5M6.5 11.5V14M9.5 11.5V14M2 6.5h2.5M2 9.5h2.5M11.5 6.5H14M11.5 9.5H14';

const BY_BASE_CLASS: Readonly<Record<number, string>> = {
  // Storage: a drum.
  0x01: 'M3 4.2c0-1.2 2.2-2.2 5-2.2s5 1 5 2.2-2.2 2.2-5 2.2-5-1-5-2.2ZM3 4.2v7.6C3 13 5.2 14 8 14s5-1 5-2.2V4.2M3 8c0 1.2 2.2 2.2 5 2.2s5-1 5-2.2',
  // Network: a jack.
  0x02: 'M2.5 3h11v10h-3v-2h-5v2h-3ZM5.5 3v3M8 3v3M10.5 3v3',
  // Display: a screen.
  0x03: 'M2 3h12v8H2ZM8 11v3M5 14h6',
  // Multimedia: a loudspeaker.
  0x04: 'M2.5 6v4h2.5l3.5 3V3L5 6ZM10.5 5.5a3.5 3.5 0 0 1 0 5M12.3 3.7a6 6 0 0 1 0 8.6',
  // Memory.
  0x05: 'M2 5h12v6H2ZM4.5 7v2M7 7v2M9.5 7v2M12 7v2M4 11v2M8 11v2M12 11v2',
  // Bridge: one becomes two.
  0x06: 'M6 2h4v3.5H6ZM2 10.5h4V14H2ZM10 10.5h4V14h-4ZM8 5.5V8M4 10.5V8h8v2.5',
  // Serial bus: a plug.
  0x0c: 'M5.5 2v3.5M10.5 2v3.5M4 5.5h8V8a4 4 0 0 1-8 0ZM8 12v2.5',
  // Encryption: a lock.
  0x10: 'M3.5 7.5h9V14h-9ZM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5',
};

export const classGlyph = (baseClass: number, x: number, y: number): SVGElement =>
  svg('path', { class: 'glyph', d: BY_BASE_CLASS[baseClass] ?? CHIP, transform: `translate(${x} ${y})` });
