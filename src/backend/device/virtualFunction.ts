import { COMMAND_MASTER, PCI_COMMAND } from '../spec/kernelRegisters';
import { HEADER_END } from '../spec/chain';

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
