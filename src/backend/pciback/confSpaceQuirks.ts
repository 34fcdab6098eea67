import { EINVAL } from '../host/codes';
import type { PciDev } from '../host/pciDev';
import { hex, type Width } from '../spec/uint';
import type { ConfigSpace } from './confSpace';
import { fromHardware, readRaw, writeRaw, type ConfigField } from './field';

/**
 * Quirk records and quirk fields (conf_space_quirks.c).
 * Policy: a field added through sysfs is raw in both directions for its width, whatever its mask says and whether
 * or not the device is permissive; it goes when the device is taken back. A record per seized device exists only
 * to be shown, and is removed by matching ids, not by device.
 * Functions: xen_pcibk_config_quirks_init, xen_pcibk_config_quirks_add_field, xen_pcibk_config_quirk_release.
 */

interface QuirkRecord {
  readonly vendor: number;
  readonly device: number;
  readonly subsystemVendor: number;
  readonly subsystemDevice: number;
  readonly dev: PciDev;
}

export class QuirkRecords {
  private readonly records: QuirkRecord[] = [];

  add(dev: PciDev): void {
    const { vendor, device, subsystemVendor, subsystemDevice } = dev;
    this.records.push({ vendor, device, subsystemVendor, subsystemDevice, dev });
  }

  /** Removes the first record whose ids match: with two equal cards not necessarily this one's. */
  release(dev: PciDev): void {
    const at = this.records.findIndex(
      (r) =>
        r.vendor === dev.vendor &&
        r.device === dev.device &&
        r.subsystemVendor === dev.subsystemVendor &&
        r.subsystemDevice === dev.subsystemDevice,
    );
    if (at >= 0) this.records.splice(at, 1);
  }

  /**
   * The `quirks` attribute: every record with all fields of its device. A record that outlived its device (the real
   * driver follows a null pointer there) shows no fields.
   */
  show(configSpaceOf: (dev: PciDev) => ConfigSpace | undefined): string {
    return this.records
      .map((r) => {
        const ids = [r.vendor, r.device, r.subsystemVendor, r.subsystemDevice]
          .map((v) => hex(v, 4))
          .join(':');
        const fields = (configSpaceOf(r.dev)?.entries ?? []).map(
          (e) => `\t\t${hex(e.start, 8)}:${e.size}:${hex(e.field.mask, 8)}\n`,
        );
        return `${r.dev.name.slice(r.dev.name.indexOf(':') + 1)}\n\t${ids}\n${fields.join('')}`;
      })
      .join('');
  }
}

const isWidth = (size: number): size is Width => size === 1 || size === 2 || size === 4;

/** Adds a raw field. -EINVAL for a size that is not 1, 2 or 4; 0 also when a field already starts there. */
export const addQuirkField = (space: ConfigSpace, offset: number, size: number, mask: number): number => {
  if (!isWidth(size)) return -EINVAL;
  const reads = fromHardware;
  const field: ConfigField = { offset, size, mask, read: readRaw, write: writeRaw, reads, dynamic: true };
  space.add(field);
  return 0;
};
