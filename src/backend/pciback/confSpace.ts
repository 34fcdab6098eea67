import {
  PCIBIOS_DEVICE_NOT_FOUND,
  PCIBIOS_FUNC_NOT_SUPPORTED,
  PCIBIOS_BAD_REGISTER_NUMBER,
  PCIBIOS_SET_FAILED,
} from '../host/codes';
import { KERN_WARNING } from '../host/kernelLog';
import type { PciDev } from '../host/pciDev';
import { u32 } from '../spec/uint';
import type { DecisionCode, DecisionSink } from '../verdict/decision';
import {
  XEN_PCI_ERR_access_denied,
  XEN_PCI_ERR_dev_not_found,
  XEN_PCI_ERR_invalid_offset,
  XEN_PCI_ERR_not_implemented,
} from '../xen/pciif';
import { capabilityFields } from './confSpaceCapability';
import { headerFields } from './confSpaceHeader';
import type { DevData } from './devData';
import { Dispatch } from './dispatch';
import { FieldEntry, type ConfigField } from './field';
import type { DriverProfile } from './profiles';

/**
 * The virtual configuration space core (conf_space.c).
 * Policy: reads give the real value overlaid by every field that the request touches; writes go to the fields that
 * the request touches, and reach the device unfiltered only when no field is touched and the device is permissive.
 * Everything else is dropped while the guest is told success, with one warning per device.
 * Functions: xen_pcibk_config_read, xen_pcibk_config_write, xen_pcibk_config_init_dev, xen_pcibk_config_reset_dev,
 * xen_pcibk_config_free_dyn_fields, xen_pcibk_config_add_field_offset, valid_request, merge_value,
 * xen_pcibios_err_to_errno.
 */

/** Module parameters that can change while the driver runs. */
export interface ModuleParameters {
  /** `permissive`: as the per-device flag, for all devices. */
  permissive: boolean;
}

/** Adding a field whose start is taken. */
export const FIELD_EXISTS = 1;

/** xen_pcibios_err_to_errno: internal codes as the wire carries them; others pass unchanged. */
const wireError = (err: number): number => {
  switch (err) {
    case PCIBIOS_DEVICE_NOT_FOUND:
      return XEN_PCI_ERR_dev_not_found;
    case PCIBIOS_BAD_REGISTER_NUMBER:
      return XEN_PCI_ERR_invalid_offset;
    case PCIBIOS_FUNC_NOT_SUPPORTED:
      return XEN_PCI_ERR_not_implemented;
    case PCIBIOS_SET_FAILED:
      return XEN_PCI_ERR_access_denied;
    default:
      return err;
  }
};

const validRequest = (offset: number, size: number): boolean =>
  (size === 1 || size === 2 || size === 4) && offset % size === 0;

const sizeMask = (size: number): number => (size === 4 ? 0xffffffff : size === 2 ? 0xffff : 0xff);

/** `field` at `byteShift` bytes into `value`, under a mask of the same shift; the shift may be negative. */
const merge = (value: number, field: number, mask: number, byteShift: number): number => {
  const bits = 8 * byteShift;
  if (bits >= 0) return (value & ~(mask << bits)) | ((field << bits) & (mask << bits));
  return (value & ~(mask >>> -bits)) | ((field >>> -bits) & (mask >>> -bits));
};

const READ_ONLY_ADVICE =
  'This may be harmless, but if you have problems with your device:\n' +
  '1) see permissive attribute in sysfs\n' +
  '2) report problems to the xen-devel mailing list along with details of your device obtained from lspci.';

export class ConfigSpace {
  private list: FieldEntry[] = [];
  private dispatch: Dispatch;
  /** Result of a field's read callback. */
  fieldValue = 0;
  /** Value of the last read(); not truncated to the requested size, as the driver leaves it. */
  value = 0;
  sink: DecisionSink | null = null;

  constructor(
    readonly dev: PciDev,
    readonly data: DevData,
    readonly parameters: ModuleParameters,
    readonly profile: DriverProfile,
  ) {
    this.dispatch = new Dispatch([], profile.overlap);
  }

  get entries(): readonly FieldEntry[] {
    return this.list;
  }
  get permissive(): boolean {
    return this.parameters.permissive || this.data.permissive;
  }

  /** Header fields, then capability fields: 0, or the first error (1 when two fields start at the same byte). */
  init(): number {
    const header = headerFields(this.dev, this.profile);
    if (typeof header === 'number') return header;
    const err = this.addAll(header, 0);
    if (err !== 0) return err;
    for (const { base, fields } of capabilityFields(this.dev, this.profile)) {
      const capErr = this.addAll(fields, base);
      if (capErr !== 0) return capErr;
    }
    this.rebuild();
    return 0;
  }

  private addAll(fields: readonly ConfigField[], base: number): number {
    for (const f of fields) {
      const err = this.append(f, base);
      if (err !== 0) return err;
    }
    return 0;
  }

  private append(configField: ConfigField, base: number): number {
    const entry = new FieldEntry(configField, base);
    if (this.list.some((e) => e.start === entry.start)) return FIELD_EXISTS;
    const err = configField.init?.(this, entry) ?? 0;
    if (err !== 0) return err;
    this.list.push(entry);
    return 0;
  }

  /** Adds one field at an absolute offset; FIELD_EXISTS when another starts there. */
  add(configField: ConfigField): number {
    const err = this.append(configField, 0);
    if (err === 0) this.rebuild();
    return err;
  }

  private rebuild(): void {
    this.dispatch = new Dispatch(this.list, this.profile.overlap);
  }

  /** Leaves size-probe mode of BARs. The cached COMMAND stays. */
  reset(): void {
    for (const e of this.list) e.field.reset?.(e);
  }

  freeDynamicFields(): void {
    this.list = this.list.filter((e) => !e.field.dynamic);
    this.rebuild();
  }

  /** Tells what became of `mask` bits of the request or field at `offset`, when somebody listens. */
  tell(code: DecisionCode, offset: number, mask: number, value: number, result: number): void {
    if (this.sink === null) return;
    this.sink.decided({ layer: 'pciback', code, offset, mask: u32(mask), value: u32(value), result });
  }

  /** The same for a field; mask and value in the field's own bits. Nothing for an empty mask. */
  decide(code: DecisionCode, entry: FieldEntry, mask: number, value: number, result = 0): void {
    if (this.sink !== null && mask !== 0) this.tell(code, entry.start, mask, value, result);
  }

  /**
   * A guest's read: returns the wire error, leaves the value in `value` (0 when the request is invalid).
   * offset and size are signed 32-bit and may be anything.
   */
  read(offset: number, size: number): number {
    const { dev, sink } = this;
    this.value = 0;
    if (!validRequest(offset, size)) {
      if (sink !== null) this.tell('request-invalid', offset, 0xffffffff, 0, XEN_PCI_ERR_invalid_offset);
      return XEN_PCI_ERR_invalid_offset;
    }
    dev.value = 0;
    let err = dev.configRead(offset, size);
    let value = dev.value;
    if (sink !== null)
      this.tell(err === 0 ? 'read-hardware' : 'read-failed', offset, sizeMask(size), value, err);
    const failed = err !== 0;
    const entries = this.dispatch.overlapping(offset, size);
    if (sink !== null && !failed) this.tellMissed('read-field-missed', offset, size, value);
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i]!;
      this.fieldValue = 0;
      err = entry.field.read(this, entry);
      if (sink !== null) this.tellRead(entry, err);
      if (err !== 0) break;
      value = merge(value, this.fieldValue, entry.mask, entry.start - offset);
    }
    this.value = value >>> 0;
    if (sink !== null && failed && err === 0) this.tellOnes(entries, offset, size);
    return err === 0 ? 0 : wireError(err);
  }

  /** A guest's write: returns the wire error. */
  write(offset: number, size: number, value: number): number {
    const { sink } = this;
    if (!validRequest(offset, size)) {
      if (sink !== null) this.tell('request-invalid', offset, 0xffffffff, value, XEN_PCI_ERR_invalid_offset);
      return XEN_PCI_ERR_invalid_offset;
    }
    const entries = this.dispatch.overlapping(offset, size);
    if (entries.length === 0) return this.writeUnhandled(offset, size, value);
    if (sink !== null) this.tellMissed('field-missed', offset, size, value);
    let err = 0;
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i]!;
      err = this.readForMerge(entry);
      if (err !== 0) {
        this.decide('bus-failed', entry, entry.mask, value, err);
        if (sink !== null)
          for (const later of entries.slice(i + 1))
            this.decide('field-not-reached', later, later.mask, value, err);
        break;
      }
      const merged = merge(this.fieldValue, value, sizeMask(size), offset - entry.start) & entry.mask;
      const write = entry.field.write;
      // A later field's result replaces an earlier refusal: the driver returns the last one.
      err = write === null ? 0 : write(this, entry, merged >>> 0);
      if (sink !== null && write === null) this.decide('no-write-handler', entry, entry.mask, merged);
    }
    return err === 0 ? 0 : wireError(err);
  }

  /** What a write to this field is merged with, into fieldValue. Not told: the guest did not read. */
  private readForMerge(entry: FieldEntry): number {
    this.fieldValue = 0;
    if (this.profile.mergeWith === 'field') return entry.field.read(this, entry);
    const { sink } = this;
    this.sink = null;
    const err = this.read(entry.start, entry.size);
    this.sink = sink;
    this.fieldValue = this.value;
    return err;
  }

  /** Fields that the request covers and that the driver's test for overlap misses (before 2016). */
  private tellMissed(code: DecisionCode, offset: number, size: number, value: number): void {
    if (this.profile.overlap === 'intersection') return;
    for (const entry of this.list)
      if (entry.start > offset && entry.end < offset + size) this.decide(code, entry, entry.mask, value);
  }

  /** The real read failed and a field made the request succeed: of the bits that no field covers. */
  private tellOnes(entries: readonly FieldEntry[], offset: number, size: number): void {
    let mask = sizeMask(size);
    for (const { start, mask: covered } of entries) mask = merge(mask, 0, covered, start - offset);
    if (mask !== 0) this.tell('read-ones', offset, mask, this.value, 0);
  }

  private tellRead(entry: FieldEntry, err: number): void {
    const value = this.fieldValue;
    if (err !== 0) this.decide('read-failed', entry, entry.mask, value, err);
    else
      for (const { code, mask } of entry.field.reads(this, entry))
        this.decide(code, entry, mask & entry.mask, value);
  }

  private writeUnhandled(offset: number, size: number, value: number): number {
    const { dev, data, sink } = this;
    if (this.permissive) {
      const err = dev.configWrite(offset, size, value);
      if (sink !== null)
        this.tell(err === 0 ? 'no-field-permissive' : 'bus-failed', offset, sizeMask(size), value, err);
      return wireError(err);
    }
    if (!data.warnedOnWrite) {
      data.warnedOnWrite = true;
      dev.log(
        KERN_WARNING,
        'xen-pciback: Driver tried to write to a read-only configuration space field at offset ' +
          `0x${u32(offset).toString(16)}, size ${size}. ${READ_ONLY_ADVICE}`,
      );
    }
    if (sink !== null) this.tell('no-field', offset, sizeMask(size), value, 0);
    return 0;
  }
}
