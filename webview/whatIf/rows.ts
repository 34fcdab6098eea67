import type { Cell, Place, Table, WidthChoice } from '../../src/protocol/whatIf';

/**
 * The rows of the table: one for each kernel and width. Where neighbouring kernels cannot be told apart in any cell
 * they may be shown as one, and so may widths; the cells themselves stay as they are.
 */

export interface Row {
  /** Widths that the row stands for. */
  readonly widths: readonly WidthChoice[];
  /** All widths of the table. */
  readonly everyWidth: boolean;
  /** In order of the policies. */
  readonly cells: readonly Cell[];
}

/** Rows of the same kernels. */
export interface Kernels {
  /** Newest first, all in a row in the table. */
  readonly profiles: readonly string[];
  /** `6.12`, `6.1 and 6.12` or `5.10 to 6.12`. */
  readonly label: string;
  /** The driver that is loaded is among them. */
  readonly loaded: boolean;
  readonly rows: readonly Row[];
}

const keyOf = ({ profile, policy, width }: Place): string => `${profile} ${policy} ${width}`;

export const samePlace = (a: Place | undefined, b: Place | undefined): boolean =>
  a !== undefined && b !== undefined && keyOf(a) === keyOf(b);

/** Neighbours for which `alike` holds, in order. */
const runs = <T>(items: readonly T[], alike: (a: T, b: T) => boolean): readonly (readonly T[])[] => {
  const found: T[][] = [];
  for (const item of items) {
    const run = found.at(-1);
    if (run?.[0] !== undefined && alike(run[0], item)) run.push(item);
    else found.push([item]);
  }
  return found;
};

/** Oldest first, as people count. */
const kernelLabel = (newestFirst: readonly string[]): string => {
  const [newest = ''] = newestFirst;
  const oldest = newestFirst.at(-1) ?? newest;
  if (newestFirst.length === 1) return newest;
  return newestFirst.length === 2 ? `${oldest} and ${newest}` : `${oldest} to ${newest}`;
};

/** The rows, the newest kernel's first. */
export const kernelsOf = (table: Table, fold: boolean): readonly Kernels[] => {
  const cells = new Map(table.cells.map((cell) => [keyOf(cell), cell]));
  const fates = (place: Pick<Place, 'profile' | 'width'>): string =>
    table.policies.map((policy) => cells.get(keyOf({ ...place, policy }))?.fate ?? '').join();
  const alike = (a: string, b: string): boolean =>
    fold && table.widths.every((width) => fates({ profile: a, width }) === fates({ profile: b, width }));
  return runs(table.profiles, alike).map((profiles) => {
    const loaded = profiles.includes(table.loaded);
    const profile = loaded ? table.loaded : (profiles[0] ?? '');
    const groups = new Map<string, WidthChoice[]>();
    for (const width of table.widths) {
      const key = fold ? fates({ profile, width }) : String(width);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [width]);
      else group.push(width);
    }
    return {
      profiles,
      label: kernelLabel(profiles),
      loaded,
      rows: [...groups.values()].map((widths) => ({
        widths,
        everyWidth: widths.length === table.widths.length && widths.length > 1,
        cells: table.policies.flatMap((policy) => {
          const cell = cells.get(keyOf({ profile, policy, width: widths[0] ?? 'asked' }));
          return cell === undefined ? [] : [cell];
        }),
      })),
    };
  });
};

/** What happens now. */
export const nowOf = ({ loaded }: Table): Place => ({ profile: loaded, policy: 'asIs', width: 'asked' });

/** The shown cell that stands for a place: itself, or the one that it was folded into. */
export const shownFor = (kernels: readonly Kernels[], { profile, policy, width }: Place): Cell | undefined =>
  kernels
    .find(({ profiles }) => profiles.includes(profile))
    ?.rows.find(({ widths }) => widths.includes(width))
    ?.cells.find((cell) => cell.policy === policy);
