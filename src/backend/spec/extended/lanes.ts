import { bit, register, span } from '../define';
import type { Access, BitFieldSpec, RegisterSpec, StructureOwner } from '../register';

/** Registers and bits that stand once for each lane of the link, as many as Maximum Link Width says. */

const MOST_LANES = 32;

/** 1..32. A link width that no specification has counts as the nearest that fits. */
export const lanesOf = (owner: StructureOwner): number =>
  Math.min(MOST_LANES, Math.max(1, owner.express?.lanes ?? 1));

/** Bytes of a row of lane registers, rounded up to a whole dword. */
export const laneBytes = (owner: StructureOwner, perLane: number): number =>
  4 * Math.ceil((lanesOf(owner) * perLane) / 4);

/** One bit for each lane, from bit 0. */
export const laneBits = (owner: StructureOwner, title: string, access: Access): readonly BitFieldSpec[] =>
  Array.from({ length: lanesOf(owner) }, (_, lane) =>
    bit(lane, `Lane${lane}`, `${title}, lane ${lane}`, access),
  );

/** The registers of each lane, lane after lane. */
export const laneRegisters = (
  owner: StructureOwner,
  of: (lane: number) => readonly RegisterSpec[],
): readonly RegisterSpec[] => Array.from({ length: lanesOf(owner) }, (_, lane) => of(lane)).flat();

/** Transmitter presets of one lane in one byte, as every rate from 16.0 GT/s on has them. */
export const lanePresets = (
  owner: StructureOwner,
  offset: number,
  rate: string,
  source: string,
): readonly RegisterSpec[] =>
  laneRegisters(owner, (lane) => [
    register(
      offset + lane,
      1,
      `LANE_EQUALIZATION_${lane}`,
      `Lane ${lane} ${rate} Equalization Control`,
      'RO',
      source,
      [
        span(0, 4, 'DownTxPreset', `Downstream Port ${rate} Transmitter Preset`, 'HwInit'),
        span(4, 4, 'UpTxPreset', `Upstream Port ${rate} Transmitter Preset`, 'HwInit'),
      ],
    ),
  ]);

/** How equalization went, in the five lowest bits of a status register; the same at every rate. */
export const equalizationStatus = (rate: string): readonly BitFieldSpec[] => [
  bit(0, 'EquComplete', `Equalization ${rate} Complete`, 'ROS'),
  bit(1, 'EquPhase1', `Equalization ${rate} Phase 1 Successful`, 'ROS'),
  bit(2, 'EquPhase2', `Equalization ${rate} Phase 2 Successful`, 'ROS'),
  bit(3, 'EquPhase3', `Equalization ${rate} Phase 3 Successful`, 'ROS'),
  bit(4, 'LinkEquRequest', `Link Equalization Request ${rate}`, 'RW1CS'),
];
