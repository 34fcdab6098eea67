import { EBUSY, EINVAL, EPERM } from '../host/codes';
import type { SriovDriver } from '../host/virtualFunctions';

/**
 * Drivers of physical functions that can switch SR-IOV (struct pci_driver.sriov_configure in Linux 6.12), by the name
 * that lspci prints, with what they do otherwise than pci_sriov_configure_simple. pciback is not among them.
 */

const VMS = 'because some are assigned to VMs.';
const NOT_DISABLING = 'VFs are assigned - not disabling SR-IOV';

const DIFFERENT: Readonly<Record<string, SriovDriver>> = {
  // One of the 82576's eight VFs has no queues left for it.
  igb: {
    limit: 7,
    refusal: {
      said: 'Cannot deallocate SR-IOV virtual functions while they are assigned - VFs will not be deallocated',
      err: EPERM,
    },
  },
  ixgbe: {
    limit: 63,
    refusal: {
      said: 'Unloading driver while VFs are assigned - VFs will not be deallocated',
      err: EPERM,
    },
  },
  i40e: { refusal: { said: `Unable to free VFs ${VMS}`, err: EINVAL }, unbindWarning: NOT_DISABLING },
  ice: { refusal: { said: `can't free VFs ${VMS}`, err: EBUSY }, unbindWarning: NOT_DISABLING },
  mlx5_core: { takesVfs: 'always' },
  'virtio-pci': { takesVfs: 'unbinding' },
  nvme: { leavesVfs: true },
  'pci-pf-stub': { leavesVfs: true },
};

const ORDINARY = [
  '420xx',
  '4xxx',
  'LiquidIO',
  'be2net',
  'bnx2x',
  'bnxt_en',
  'c3xxx',
  'c6xx',
  'cxgb4',
  'dfl-pci',
  'dh895xcc',
  'fm10k',
  'fsl_enetc',
  'funeth',
  'hinic',
  'hisi_hpre',
  'hisi_sec2',
  'hisi_zip',
  'hns3',
  'idpf',
  'ionic',
  'n5pf',
  'nfp',
  'octeontx-cpt',
  'pci-endpoint-test',
  'pds_core',
  'qede',
  'qlcnic',
  'rvu_af',
  'rvu_cptpf',
  'rvu_nicpf',
  'sfc',
  'sfc_ef100',
  'sfc-siena',
  'xe',
];

const KNOWN: ReadonlyMap<string, SriovDriver> = new Map([
  ...ORDINARY.map((name): [string, SriovDriver] => [name, {}]),
  ...Object.entries(DIFFERENT),
]);

/** undefined for a driver that does not switch SR-IOV, as far as is known, and for none. */
export const sriovDriver = (name: string | undefined): SriovDriver | undefined =>
  name === undefined ? undefined : KNOWN.get(name);
