import type { PassthroughOptions } from '../backend/description';
import { devfnOf, type Bdf } from '../backend/spec/bdf';
import type { ProblemList } from './problem';
import { type SourceProblem } from './problem';

/**
 * One string of the `pci = [...]` list of an xl guest configuration: `[DDDD:]BB:DD.F[@VSLOT],KEY=VALUE,...`, where the
 * address may also come as `bdf=` and the slot as `vslot=`. Source: xl-pci-configuration(5).
 */

export interface XlPciAddress {
  readonly domain: number;
  readonly bus: number;
  readonly device: number;
  /** `*` = every function of the device. */
  readonly function: number | '*';
}

/** Options that hold for every device unless it says otherwise. */
export interface XlPciOptions {
  readonly permissive: boolean;
  readonly msitranslate: boolean;
  readonly seize: boolean;
  readonly powerManagement: boolean;
  readonly rdmPolicy: 'strict' | 'relaxed';
}

export interface XlPciDevice extends XlPciOptions {
  /** Undefined when the device goes by `name`. */
  readonly address: XlPciAddress | undefined;
  /** Name that `xl pci-assignable-add` gave. */
  readonly name: string | undefined;
  readonly virtualSlot: number | undefined;
  /** Where the string stands, counted from 1; `endColumn` is the first column after it. */
  readonly line: number;
  readonly column: number;
  readonly endColumn: number;
}

/** Text with its place in the file; `column` is that of its first character. */
export interface PlacedText {
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

const ADDRESS = /^(?:([0-9a-f]{1,4}):)?([0-9a-f]{1,2}):([0-9a-f]{1,2})\.([0-7]|\*)$/i;
const SLOT = /^(?:0x)?[0-9a-f]{1,2}$/i;
const INTEGER = /^\d+$/;
const LAST_SLOT = 0x1f;

const parseAddress = (text: string): XlPciAddress | undefined => {
  const m = ADDRESS.exec(text);
  const device = parseInt(m?.[3] ?? '', 16);
  if (!m || device > LAST_SLOT) return undefined;
  return {
    domain: parseInt(m[1] ?? '0', 16),
    bus: parseInt(m[2] ?? '', 16),
    device,
    function: m[4] === '*' ? '*' : Number(m[4]),
  };
};

/** Pieces between commas, without the white space around them. */
const piecesOf = ({ text, line, column }: PlacedText): readonly PlacedText[] => {
  let at = 0;
  return text.split(',').map((piece) => {
    const start = at + piece.length - piece.trimStart().length;
    at += piece.length + 1;
    return { text: piece.trim(), line, column: column + start };
  });
};

/** Reads one device string piece by piece; what is wrong is told and left out. */
class SpecReader {
  private address: XlPciAddress | undefined;
  private virtualSlot: number | undefined;
  private name: string | undefined;
  private options: XlPciOptions;

  constructor(
    defaults: XlPciOptions,
    private readonly problems: ProblemList,
  ) {
    this.options = defaults;
  }

  read(spec: PlacedText): XlPciDevice | undefined {
    let wrong = false;
    for (const [i, piece] of piecesOf(spec).entries()) {
      const equals = piece.text.indexOf('=');
      if (equals < 0 && i === 0) wrong ||= !this.readAddress(piece);
      else if (equals < 0) this.tell(piece, 'error', `'${piece.text}' is not KEY=VALUE`);
      else {
        const value = piece.text.slice(equals + 1);
        const key = { ...piece, text: piece.text.slice(0, equals).trim() };
        wrong ||= !this.readOption(key, {
          ...piece,
          text: value.trim(),
          column: piece.column + equals + 1 + value.length - value.trimStart().length,
        });
      }
    }
    if (wrong) return undefined;
    if (this.address === undefined && this.name === undefined) {
      this.tell(spec, 'error', 'no device: neither an address (bdf) nor a name');
      return undefined;
    }
    const { address, virtualSlot, name } = this;
    const { line, column } = spec;
    return {
      ...this.options,
      address,
      name,
      virtualSlot,
      line,
      column,
      endColumn: column + spec.text.length,
    };
  }

  /** False when the device cannot be told from it. */
  private readAddress(text: PlacedText): boolean {
    const [address = '', slot] = text.text.split('@', 2);
    if (slot !== undefined) this.readSlot({ ...text, text: slot, column: text.column + address.length + 1 });
    this.address = parseAddress(address.trim());
    if (this.address === undefined)
      this.tell(text, 'error', `'${text.text}' is not an address ([DDDD:]BB:DD.F, F may be *)`);
    return this.address !== undefined;
  }

  private readSlot(text: PlacedText): void {
    const slot = SLOT.test(text.text) ? parseInt(text.text, 16) : LAST_SLOT + 1;
    if (slot <= LAST_SLOT) this.virtualSlot = slot;
    else this.tell(text, 'error', `'${text.text}' is not a virtual slot (hexadecimal, 0 to 1f)`);
  }

  private readOption(key: PlacedText, value: PlacedText): boolean {
    switch (key.text) {
      case 'bdf':
        return this.readAddress(value);
      case 'vslot':
        this.readSlot(value);
        return true;
      case 'name':
        if (value.text !== '') this.name = value.text;
        else this.tell(key, 'error', 'name is empty');
        return value.text !== '';
      case 'permissive':
      case 'msitranslate':
      case 'seize':
        this.options = { ...this.options, [key.text]: this.flag(key.text, value) };
        return true;
      case 'power_mgmt':
        this.options = { ...this.options, powerManagement: this.flag(key.text, value) };
        return true;
      case 'rdm_policy':
        if (value.text === 'strict' || value.text === 'relaxed')
          this.options = { ...this.options, rdmPolicy: value.text };
        else this.tell(value, 'error', `rdm_policy is strict or relaxed, not '${value.text}'`);
        return true;
      default:
        this.tell(key, 'warning', `unknown option '${key.text}'`);
        return true;
    }
  }

  private flag(key: string, value: PlacedText): boolean {
    if (!INTEGER.test(value.text)) {
      this.tell(value, 'error', `${key} is 0 or 1, not '${value.text}'`);
      return false;
    }
    return Number(value.text) !== 0;
  }

  private tell(
    { line, column, text }: PlacedText,
    severity: SourceProblem['severity'],
    message: string,
  ): void {
    this.problems.add({ line, column, endColumn: column + Math.max(1, text.length), severity, message });
  }
}

/** Reads one device string; undefined (and a problem) when it names no device. */
export const parseXlPciSpec = (
  spec: PlacedText,
  defaults: XlPciOptions,
  problems: ProblemList,
): XlPciDevice | undefined => new SpecReader(defaults, problems).read(spec);

/**
 * What libxl passes on of the device string for one of its functions. With `*` every function keeps its number in the
 * virtual slot; a single one is wished for as function 0.
 */
export const passthroughOptions = (device: XlPciDevice, bdf: Bdf): PassthroughOptions => {
  const { msitranslate, powerManagement, permissive, rdmPolicy, virtualSlot, address } = device;
  const vdevfn =
    virtualSlot === undefined
      ? 0
      : devfnOf({ ...bdf, device: virtualSlot, function: address?.function === '*' ? bdf.function : 0 });
  return { msitranslate, powerManagement, permissive, rdmPolicy, ...(vdevfn !== 0 && { vdevfn }) };
};
