import { changeOf, errorsOf, fateOf, totalOf, type Change, type Total } from './comparison';
import type { Axes, Cell, Policy, WidthChoice } from './whatIf';

/** The table of a question in sentences. Every word of them is computed from its cells. */

const POLICY: Readonly<Record<Exclude<Policy, 'asIs' | 'quirk'>, string>> = {
  normal: "the driver's normal rules",
  interruptControl: 'interrupt control',
  permissive: 'permissive',
};
const WIDTH: Readonly<Record<Exclude<WidthChoice, 'asked'>, string>> = {
  pieces: 'aligned pieces',
  1: 'bytes',
  2: 'words',
  4: 'dwords',
};

/** `a`, `a or b`, `a, b or c`. */
export const listed = (words: readonly string[], joint: string): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${joint} ${words.at(-1) ?? ''}`;

/** Releases in words, neighbours together: `3.1, 3.18 and 5.10 to 6.12`. all: oldest or newest first. */
export const releaseRanges = (chosen: readonly string[], all: readonly string[]): readonly string[] => {
  const runs: string[][] = [];
  let last = -2;
  all.forEach((release, i) => {
    if (!chosen.includes(release)) return;
    if (i === last + 1) runs.at(-1)?.push(release);
    else runs.push([release]);
    last = i;
  });
  return runs.flatMap((run) => {
    const [first = '', ...more] = run;
    return more.length > 1 ? [`${first} to ${run.at(-1) ?? ''}`] : run;
  });
};

const bitsText = ({ done, wanted }: Total): string => `${done} of ${wanted} bits`;
const comeAbout = ({ done }: Total): string => (done === 1 ? 'comes about' : 'come about');

/** A table whose cells can be asked for. */
class Table {
  private readonly cells: ReadonlyMap<string, Cell>;

  constructor(
    readonly axes: Axes,
    cells: readonly Cell[],
  ) {
    this.cells = new Map(cells.map((cell) => [this.key(cell), cell]));
  }

  private key({ profile, policy, width }: Place): string {
    return `${profile} ${policy} ${width}`;
  }
  at(place: Partial<Place>): Cell | undefined {
    return this.cells.get(this.key({ ...this.now, ...place }));
  }
  get now(): Place {
    return { profile: this.axes.loaded, policy: 'asIs', width: 'asked' };
  }
  get all(): readonly Cell[] {
    return [...this.cells.values()];
  }
}

type Place = Pick<Cell, 'profile' | 'policy' | 'width'>;
type Axis = keyof Place;
const AXES: readonly Axis[] = ['policy', 'width', 'profile'];

const places = ({ axes }: Table, axis: Axis): readonly Partial<Place>[] =>
  axis === 'policy'
    ? axes.policies.map((policy) => ({ policy }))
    : axis === 'width'
      ? axes.widths.map((width) => ({ width }))
      : axes.profiles.map((profile) => ({ profile }));

/** A change of one thing, and what came of it. */
interface Step {
  readonly axis: Axis;
  readonly cell: Cell;
  readonly change: Change;
  readonly total: Total;
}

const steps = (table: Table, now: Cell): readonly Step[] =>
  AXES.flatMap((axis) =>
    places(table, axis).flatMap((place) => {
      const cell = table.at(place);
      if (cell === undefined || cell === now) return [];
      return [{ axis, cell, change: changeOf(now.trial, cell.trial), total: totalOf(cell.trial) }];
    }),
  );

const policyText = (cell: Cell): string =>
  cell.policy === 'quirk'
    ? cell.quirks.length > 1
      ? 'quirks'
      : 'a quirk'
    : cell.policy === 'asIs'
      ? ''
      : POLICY[cell.policy];

/** `with a quirk or permissive, in bytes or in Linux 3.1 and 3.18`. */
const where = (chosen: readonly Step[], { axes }: Table): string => {
  const of = (axis: Axis): readonly Cell[] =>
    chosen.filter((step) => step.axis === axis).map(({ cell }) => cell);
  const policies = of('policy').map(policyText);
  const widths = of('width').flatMap(({ width }) => (width === 'asked' ? [] : [WIDTH[width]]));
  const releases = releaseRanges(
    of('profile').map(({ profile }) => profile),
    [...axes.profiles].reverse(),
  );
  return listed(
    [
      ...(policies.length > 0 ? [`with ${listed(policies, 'or')}`] : []),
      ...(widths.length > 0 ? [`in ${listed(widths, 'or')}`] : []),
      ...(releases.length > 0 ? [`in Linux ${listed(releases, 'and')}`] : []),
    ],
    'or',
  );
};

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** ` with XEN_PCI_ERR_access_denied`. */
const told = ({ trial }: Cell): string => {
  const errors = errorsOf(trial);
  return errors.length === 0 ? '' : ` with ${listed(errors, 'and')}`;
};

/** What comes of it when none of the wanted bits comes about. */
const nothingText = (cell: Cell, { outcome }: Total): string =>
  outcome === 'refused'
    ? `the write is refused${told(cell)}`
    : outcome === 'believed'
      ? 'the guest reads back what it wrote, but the device has none of it'
      : outcome === 'same'
        ? 'there is nothing to change'
        : 'nothing comes about, though the guest is told success';

const COMPLETE = 'all of it comes about';

const stepText = ({ cell, change, total }: Step): string => {
  if (total.outcome === 'all' && change === 'more') return COMPLETE;
  if (total.done === 0) return nothingText(cell, total);
  if (change === 'more') return `more of it comes about (${bitsText(total)})`;
  if (change === 'less') return `less of it comes about (${bitsText(total)})`;
  return 'as many bits come about, but guest or device end up otherwise';
};

const nowText = (now: Cell, writes: number): string => {
  const total = totalOf(now.trial);
  const what = writes === 1 ? '' : ` in ${writes} writes`;
  const { outcome, wanted, believed } = total;
  if (outcome === 'all')
    return wanted === 1
      ? `As it is, the bit comes about.`
      : `As it is, all ${wanted} bits${what} come about.`;
  if (outcome === 'partly')
    return `As it is, ${bitsText(total)}${what} ${comeAbout(total)}${believed > 0 ? `; ${believed} more only in what the guest reads back` : ''}.`;
  if (outcome === 'same')
    return `As it is, the guest asks for no change: it reads ${writes === 1 ? 'this value' : 'these values'} already.`;
  if (outcome === 'nothing' && writes > 1)
    return `As it is, none of the ${wanted} bits${what} comes about, though the guest is told success.`;
  if (outcome === 'refused' && writes > 1) return `As it is, the ${writes} writes are refused${told(now)}.`;
  return `As it is, ${nothingText(now, total)}.`;
};

/** Every cell in which all of it comes about has one of these choices. */
const onlyThese = (table: Table, chosen: readonly Step[]): boolean =>
  table.all
    .filter((cell) => totalOf(cell.trial).outcome === 'all')
    .every((cell) => chosen.some((step) => cell[step.axis] === step.cell[step.axis]));

/** Two things changed together, where no single one brings more about: the best of them. */
const together = (table: Table, now: Cell): string | undefined => {
  const base = totalOf(now.trial).done;
  const pairs = table.all.filter((cell) => AXES.filter((axis) => cell[axis] !== now[axis]).length === 2);
  const best = Math.max(0, ...pairs.map((cell) => totalOf(cell.trial).done));
  if (best <= base) return undefined;
  const found = pairs.filter((cell) => totalOf(cell.trial).done === best);
  const [first] = found;
  if (first === undefined) return undefined;
  const text = (axis: Axis): readonly Step[] =>
    first[axis] === now[axis] ? [] : [{ axis, cell: first, change: 'more', total: totalOf(first.trial) }];
  const how = AXES.flatMap((axis) => {
    const chosen = text(axis);
    return chosen.length === 0 ? [] : [where(chosen, table)];
  }).join(' ');
  const total = totalOf(first.trial);
  const what = total.outcome === 'all' ? COMPLETE : `${bitsText(total)} ${comeAbout(total)}`;
  return found.length === 1
    ? `${capital(what)} only ${how}.`
    : `${capital(what)} only when two things change, for instance ${how}.`;
};

/** Cells that could be tried, in groups that differ in this axis alone. */
const alongside = (table: Table, axis: Axis): readonly (readonly Cell[])[] => {
  const groups = new Map<string, Cell[]>();
  for (const cell of table.all) {
    if (cell.trial.impossible !== undefined) continue;
    const key = AXES.filter((other) => other !== axis)
      .map((other) => cell[other])
      .join(' ');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [cell]);
    else group.push(cell);
  }
  return [...groups.values()];
};

const AXIS_TEXT: Readonly<Record<Axis, string>> = {
  policy: 'the policy',
  width: 'the width',
  profile: 'the kernel version',
};

const differ = (cells: readonly Cell[]): boolean => new Set(cells.map(({ trial }) => fateOf(trial))).size > 1;

/** What has to be other than now for the axis to matter; nothing when it matters as it is, or for more than one reason. */
const onlyWhere = (table: Table, axis: Axis, cells: readonly Cell[]): string => {
  const reason = AXES.find(
    (other) => other !== axis && cells.every((cell) => cell[other] !== table.now[other]),
  );
  if (reason === undefined) return '';
  const chosen = places(table, reason).flatMap((place) => {
    const cell = cells.find((one) => one[reason] === place[reason]);
    return cell === undefined
      ? []
      : [{ axis: reason, cell, change: 'other', total: totalOf(cell.trial) } as const];
  });
  return where(chosen, table);
};

/** What makes no difference anywhere, and what makes one only when something else changes too. */
const indifference = (table: Table): readonly string[] => {
  const several = AXES.filter((axis) => places(table, axis).length > 1);
  const differing = new Map(several.map((axis) => [axis, alongside(table, axis).filter(differ)]));
  const none = several.filter((axis) => differing.get(axis)?.length === 0).map((axis) => AXIS_TEXT[axis]);
  const sentences =
    none.length === 0
      ? []
      : [`${capital(listed(none, 'and'))} ${none.length === 1 ? 'makes' : 'make'} no difference.`];
  for (const axis of several) {
    const groups = differing.get(axis) ?? [];
    const condition = axis === 'policy' || groups.length === 0 ? '' : onlyWhere(table, axis, groups.flat());
    if (condition !== '') sentences.push(`${capital(AXIS_TEXT[axis])} matters only ${condition}.`);
  }
  return sentences;
};

/** Bytes that change beside the write where it is made otherwise. */
const besideText = (table: Table, now: Cell, changed: readonly Step[]): readonly string[] => {
  const count = now.trial.beside.length;
  const bytes = (n: number): string => (n === 1 ? '1 byte' : `${n} bytes`);
  const more = changed.filter(({ cell }) => cell.trial.beside.length > count);
  return [
    ...(count > 0
      ? [`${capital(bytes(count))} of the device that it does not name change${count === 1 ? 's' : ''} too.`]
      : []),
    ...(more.length > 0 ? [`${capital(where(more, table))} bytes of the device beside it change too.`] : []),
  ];
};

/**
 * The table in sentences, most telling first; nothing when what happens now is not among the cells. The cells may be
 * of the whole table only: what is not there would be said to make no difference.
 */
export const summaryOf = (axes: Axes, cells: readonly Cell[], writes: number): readonly string[] => {
  const table = new Table(axes, cells);
  const now = table.at({});
  if (now === undefined) return [];
  if (now.trial.impossible !== undefined) return [`This cannot be tried: ${now.trial.impossible}.`];
  const taken = steps(table, now).filter(({ change }) => change !== 'impossible');
  const changed = taken.filter(({ change }) => change !== 'same');
  const grouped = new Map<string, Step[]>();
  const besideOnly = ({ trial }: Cell): boolean =>
    fateOf({ ...trial, beside: [] }) === fateOf({ ...now.trial, beside: [] });
  for (const step of changed.filter(({ cell }) => !besideOnly(cell))) {
    const text = stepText(step);
    const group = grouped.get(text);
    if (group === undefined) grouped.set(text, [step]);
    else group.push(step);
  }
  const order: readonly Change[] = ['more', 'less', 'other'];
  const sentences = [...grouped]
    .sort(([, [a]], [, [b]]) => order.indexOf(a?.change ?? 'other') - order.indexOf(b?.change ?? 'other'))
    .map(([text, group]) =>
      text === COMPLETE
        ? `${capital(text)} ${onlyThese(table, group) ? 'only ' : ''}${where(group, table)}.`
        : `${capital(where(group, table))} ${text}.`,
    );
  const complete = ['all', 'same'].includes(totalOf(now.trial).outcome);
  const stuck = !complete && !changed.some(({ change }) => change === 'more');
  return [
    nowText(now, writes),
    ...sentences,
    ...(stuck
      ? [together(table, now) ?? 'Nothing that can be changed here makes more of it come about.']
      : []),
    ...besideText(table, now, changed),
    ...indifference(table),
  ];
};
