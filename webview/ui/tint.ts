/** Structures take turns in this many tints (theme.css); the first is the header's. */
const TINTS = 6;

/** Class of the tint that the structure at this place of the layout wears wherever it is drawn. */
export const tintOf = (structure: number): string =>
  `tint-${structure === 0 ? 0 : ((structure - 1) % (TINTS - 1)) + 1}`;
