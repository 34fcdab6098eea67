import { CapId, ExtCapId } from '../spec/capabilityIds';
import { EXTENDED_SPACE, FIRST_POINTER } from '../spec/chain';
import { firstCapability, firstExtendedCapability } from '../spec/firstCapability';
import {
  EXP_DEVCAP,
  EXP_DEVCAP2,
  EXP_DEVCAP_FLR,
  EXP_FLAGS,
  EXP_LNKCAP,
  EXP_LNKCAP2,
  MSIX_FLAGS,
  MSIX_FLAGS_QSIZE,
  MSIX_PBA,
  MSIX_TABLE,
  MSIX_TABLE_BIR,
  PCI_CLASS_REVISION,
  PCI_STATUS,
  PCI_SUBSYSTEM_VENDOR_ID,
  PCI_VENDOR_ID,
  STATUS_CAP_LIST,
} from '../spec/kernelRegisters';
import { andNot, or, readLe, writeLe, type Width } from '../spec/uint';

/**
 * Configuration space of a virtual function that nobody has read: what the specification has every VF of this PF show
 * (PCIe 6.0 sections 9.3.4 to 9.3.6), and MSI-X where the PF has it and a VF BAR has room for the table. Ids read ffff,
 * class, revision and subsystem are the PF's, BARs and interrupt pin read 0. Capabilities stand where the PF has them.
 * What else a real VF has is not known.
 */

const CONFIG_SPACE = 4096;
const CAPABILITIES = FIRST_POINTER[0]!;
const ARI_VERSION = 1;
const TABLE_ENTRY = 16;

/** VF BARs that exist, with the bytes that one VF has of each. */
export type VfBarSizes = Readonly<Record<number, number>>;

/** Read-only registers of the Express structure that a VF has in common with its PF. */
const EXPRESS_IN_COMMON: readonly (readonly [offset: number, width: Width])[] = [
  [EXP_FLAGS, 2],
  [EXP_DEVCAP, 4],
  [EXP_LNKCAP, 4],
  [EXP_DEVCAP2, 4],
  [EXP_LNKCAP2, 4],
];
/** Slot Implemented and Interrupt Message Number: no VF's. */
const EXPRESS_TYPE_AND_VERSION = 0x00ff;
/** Captured Slot Power Limit, which only function 0 has a use for; phantom functions. */
const NOT_IN_VF = 0x0ffc0018;

const VERSION_1_LENGTH = 0x14;

const putExpress = (vf: Uint8Array, pf: Uint8Array, at: number): void => {
  const version = readLe(pf, at + EXP_FLAGS, 2) & 0xf;
  for (const [offset, width] of EXPRESS_IN_COMMON)
    if (version > 1 || offset < VERSION_1_LENGTH)
      writeLe(vf, at + offset, width, readLe(pf, at + offset, width));
  writeLe(vf, at + EXP_FLAGS, 2, readLe(pf, at + EXP_FLAGS, 2) & EXPRESS_TYPE_AND_VERSION);
  writeLe(vf, at + EXP_DEVCAP, 4, or(andNot(readLe(pf, at + EXP_DEVCAP, 4), NOT_IN_VF), EXP_DEVCAP_FLR));
};

/** The table goes into the BAR in which the PF has it, else into the first; table below, pending bits in the upper half. */
const putMsix = (vf: Uint8Array, pf: Uint8Array, at: number, sizes: VfBarSizes): boolean => {
  const wanted = readLe(pf, at + MSIX_TABLE, 4) & MSIX_TABLE_BIR;
  const bar = wanted in sizes ? wanted : Number(Object.keys(sizes)[0] ?? -1);
  const half = (sizes[bar] ?? 0) / 2;
  if (half < TABLE_ENTRY) return false;
  const vectors = Math.min((readLe(pf, at + MSIX_FLAGS, 2) & MSIX_FLAGS_QSIZE) + 1, half / TABLE_ENTRY);
  writeLe(vf, at + MSIX_FLAGS, 2, vectors - 1);
  writeLe(vf, at + MSIX_TABLE, 4, bar);
  writeLe(vf, at + MSIX_PBA, 4, or(half, bar));
  return true;
};

/** The image, 4096 bytes. `pf`: the PF's configuration space with its Express capability. */
export const virtualFunctionImage = (pf: Uint8Array, sizes: VfBarSizes): Uint8Array => {
  const vf = new Uint8Array(CONFIG_SPACE);
  const read = (offset: number, width: Width): number => readLe(pf, offset, width);
  writeLe(vf, PCI_VENDOR_ID, 4, 0xffffffff);
  writeLe(vf, PCI_STATUS, 2, STATUS_CAP_LIST);
  writeLe(vf, PCI_CLASS_REVISION, 4, read(PCI_CLASS_REVISION, 4));
  writeLe(vf, PCI_SUBSYSTEM_VENDOR_ID, 4, read(PCI_SUBSYSTEM_VENDOR_ID, 4));

  const express = firstCapability(read, 0, CapId.EXP);
  putExpress(vf, pf, express);
  const msix = firstCapability(read, 0, CapId.MSIX);
  const hasMsix = msix !== 0 && putMsix(vf, pf, msix, sizes);
  vf[CAPABILITIES] = express;
  vf[express] = CapId.EXP;
  if (hasMsix) {
    vf[express + 1] = msix;
    vf[msix] = CapId.MSIX;
  }
  // Every function of an ARI device has it (PCIe 6.0 section 7.8.8); where a VF's list leads is not defined.
  if (firstExtendedCapability(read, ExtCapId.ARI) !== 0)
    writeLe(vf, EXTENDED_SPACE, 4, or(ExtCapId.ARI, ARI_VERSION << 16));
  return vf;
};
