import { isDownstreamFacing } from '../capabilities/portType';
import { bit, extendedCapabilityHead, inOrder, register, span, whenOffered } from '../define';
import type { StructureSpec } from '../register';
import { bits } from '../uint';

/** L1 PM Substates. Source: PCIe 6.0 section 7.8.3. */

const L1SUBCAP = 0x04;
const POWER_ON_SCALE = inOrder('2us', '10us', '100us', 'Reserved');
const THRESHOLD_SCALE = inOrder('1ns', '32ns', '1024ns', '32768ns', '1048576ns', '33554432ns');

export const L1PM: StructureSpec = {
  kind: 'extendedCapability',
  id: 0x1e,
  name: 'L1PM',
  title: 'L1 PM Substates',
  length: (read) => (bits(read(L1SUBCAP, 4), 5, 1) === 1 ? 0x14 : 0x10),
  registers: (read, owner) => {
    const cap = read(L1SUBCAP, 4);
    const offers = (lsb: number): boolean => bits(cap, lsb, 1) === 1;
    const l12 = offers(0) || offers(2);
    // The common-mode restore time is the downstream port's to measure.
    const down = owner.express !== undefined && isDownstreamFacing(owner.express.portType);
    return [
      extendedCapabilityHead(),
      register(L1SUBCAP, 4, 'L1SUBCAP', 'L1 PM Substates Capabilities', 'RO', 'PCIe 6.0 7.8.3.2', [
        bit(0, 'PCI-PM_L1.2', 'PCI-PM L1.2 Supported', 'HwInit'),
        bit(1, 'PCI-PM_L1.1', 'PCI-PM L1.1 Supported', 'HwInit'),
        bit(2, 'ASPM_L1.2', 'ASPM L1.2 Supported', 'HwInit'),
        bit(3, 'ASPM_L1.1', 'ASPM L1.1 Supported', 'HwInit'),
        bit(4, 'L1_PM_Substates', 'L1 PM Substates Supported', 'HwInit'),
        bit(5, 'LinkActivation', 'Link Activation Supported', 'HwInit'),
        span(8, 8, 'CommonModeRestoreTime', 'Port Common_Mode_Restore_Time in us', 'HwInit'),
        span(16, 2, 'TPowerOnScale', 'Port T_POWER_ON Scale', 'HwInit', POWER_ON_SCALE),
        span(19, 5, 'TPowerOnValue', 'Port T_POWER_ON Value', 'HwInit'),
      ]),
      register(0x08, 4, 'L1SUBCTL1', 'L1 PM Substates Control 1', 'RsvdP', 'PCIe 6.0 7.8.3.3', [
        bit(0, 'PCI-PM_L1.2', 'PCI-PM L1.2 Enable', whenOffered(offers(0))),
        bit(1, 'PCI-PM_L1.1', 'PCI-PM L1.1 Enable', whenOffered(offers(1))),
        bit(2, 'ASPM_L1.2', 'ASPM L1.2 Enable', whenOffered(offers(2))),
        bit(3, 'ASPM_L1.1', 'ASPM L1.1 Enable', whenOffered(offers(3))),
        bit(4, 'LinkActInt', 'Link Activation Interrupt Enable', whenOffered(down && offers(5))),
        bit(5, 'LinkActCtl', 'Link Activation Control', whenOffered(down && offers(5))),
        span(8, 8, 'T_CommonMode', 'Common_Mode_Restore_Time in us', whenOffered(down && l12)),
        span(16, 10, 'LTR1.2_Threshold', 'LTR L1.2 Threshold Value', whenOffered(offers(2))),
        span(29, 3, 'LTR1.2_Scale', 'LTR L1.2 Threshold Scale', whenOffered(offers(2)), THRESHOLD_SCALE),
      ]),
      register(0x0c, 4, 'L1SUBCTL2', 'L1 PM Substates Control 2', 'RsvdP', 'PCIe 6.0 7.8.3.4', [
        span(0, 2, 'T_PwrOnScale', 'T_POWER_ON Scale', whenOffered(l12), POWER_ON_SCALE),
        span(3, 5, 'T_PwrOnValue', 'T_POWER_ON Value', whenOffered(l12)),
      ]),
      ...(offers(5)
        ? [
            register(0x10, 4, 'L1SUBSTA', 'L1 PM Substates Status', 'RsvdZ', 'PCIe 6.0 7.8.3.5', [
              bit(0, 'LinkActivation', 'Link Activation Status', whenOffered(down, 'RW1C')),
            ]),
          ]
        : []),
    ];
  },
};
