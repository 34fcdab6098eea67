import type { Machine } from '../../backend/machine';
import { EACCES } from '../../backend/host/codes';
import { ATTRIBUTES } from '../../backend/pciback/sysfs';

/** Where Linux shows the driver's attributes and the module's parameters. */
export const DRIVER_DIRECTORY = '/sys/bus/pci/drivers/pciback';
const PARAMETERS_DIRECTORY = '/sys/module/xen_pciback/parameters';

const segmentOrder = new Intl.Collator('en', { numeric: true }).compare;

/** A directory before what is in it, and `dev-2` before `dev-10`. */
const comparePaths = (a: readonly string[], b: readonly string[]): number => {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const order = segmentOrder(a[i] ?? '', b[i] ?? '');
    if (order !== 0) return order;
  }
  return a.length - b.length;
};

const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' };

/** A value on one line, whatever a guest wrote. */
const onOneLine = (value: string): string =>
  value.replace(
    /[\\\p{Cc}]/gu,
    (c) => ESCAPES[c] ?? `\\x${(c.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}`,
  );

/** Every node as `xenstore-ls -f` prints it; directories without a value of their own are nodes too. */
export const xenstoreText = (machine: Machine): string => {
  const values = new Map<string, string>();
  for (const [path, value] of machine.xenstore()) {
    const segments = path.split('/');
    for (let i = 2; i < segments.length; i++) {
      const directory = segments.slice(0, i).join('/');
      if (!values.has(directory)) values.set(directory, '');
    }
    values.set(path, value);
  }
  return [...values]
    .map(([path, value]) => ({ path, segments: path.split('/'), value }))
    .sort((a, b) => comparePaths(a.segments, b.segments))
    .map(({ path, value }) => `${path} = "${onOneLine(value)}"\n`)
    .join('');
};

export interface AttributeState {
  readonly name: string;
  /** Undefined where it can only be written. */
  readonly text: string | undefined;
}

/** The attributes that this kernel's driver has, by name. */
export const attributesOf = (machine: Machine): readonly AttributeState[] =>
  Object.keys(ATTRIBUTES)
    .sort()
    .flatMap((name): AttributeState[] => {
      const shown = machine.showSysfs(name);
      if (typeof shown === 'string') return [{ name, text: shown }];
      return shown === -EACCES ? [{ name, text: undefined }] : [];
    });

/** Attributes and parameters, each as a path and the text that reading it gives. */
export const sysfsText = (machine: Machine): string => {
  const { topology, permissive } = machine.driver();
  const flag = (on: boolean): string => (on ? 'Y\n' : 'N\n');
  const files: readonly (readonly [string, string | undefined])[] = [
    ...attributesOf(machine).map(({ name, text }) => [`${DRIVER_DIRECTORY}/${name}`, text] as const),
    [`${PARAMETERS_DIRECTORY}/passthrough`, flag(topology === 'passthrough')],
    [`${PARAMETERS_DIRECTORY}/permissive`, flag(permissive)],
  ];
  return files
    .map(([path, text]) => (text === undefined ? `cat: ${path}: Permission denied\n` : `${path}\n${text}`))
    .join('\n');
};
