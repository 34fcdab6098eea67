import {
  COMMAND_MASTER,
  PCI_COMMAND,
  SRIOV_CTRL,
  SRIOV_CTRL_VFE,
  SRIOV_NUM_VF,
} from '../spec/kernelRegisters';
import { HEADER_END } from '../spec/chain';
import { readLe } from '../spec/uint';
import type { PciFunction } from './pciFunction';

/**
 * Write mask of a virtual function: of its header only COMMAND's bus-master bit can be written (SR-IOV 1.1 section
 * 3.4.1, PCIe 6.0 section 9.3.4.1); capabilities keep theirs.
 */
export const virtualFunctionMask = (rw: Uint8Array): Uint8Array => {
  const mask = rw.slice();
  mask.fill(0, 0, HEADER_END);
  mask[PCI_COMMAND] = COMMAND_MASTER;
  return mask;
};

/** How many of its VFs a PF has at this moment: NumVFs while VF Enable is set (PCIe 6.0 sections 9.3.3.3.1, 9.3.3.7). */
export const existingVfs = ({ config, effects: { sriov } }: PciFunction): number =>
  sriov !== 0 && readLe(config, sriov + SRIOV_CTRL, 2) & SRIOV_CTRL_VFE
    ? readLe(config, sriov + SRIOV_NUM_VF, 2)
    : 0;
