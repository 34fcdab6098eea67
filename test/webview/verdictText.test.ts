import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/protocol/model';
import type { Remedy, Verdict } from '../../src/protocol/verdict';
import { headline, kernels, OUTCOMES } from '../../webview/verdict/verdictText';

const verdictOf = (outcome: Verdict['outcome'], more: Partial<Verdict> = {}): Verdict => ({
  outcome,
  parts: [],
  wanted: 0,
  done: 0,
  believed: 0,
  before: {},
  after: {},
  ...more,
});
const outcomeOf = (more: Partial<Outcome> = {}): Outcome => ({
  op: 'conf_write',
  through: 'guest',
  address: '0000:00:00.0',
  offset: 4,
  size: 2,
  sent: 0,
  err: { code: 0, name: 'XEN_PCI_ERR_success' },
  writes: [],
  log: [],
  notifications: 1,
  eoi: [],
  ...more,
});
const REFUSED = { err: { code: -3, name: 'XEN_PCI_ERR_access_denied' } };
const DRY = { dryRun: true } as const;

/** What is said of a write that was made, and of one that is being typed. */
const ROWS: readonly (readonly [what: string, Verdict, Partial<Outcome>, made: string, dry: string])[] = [
  [
    'all of it',
    verdictOf('all', { wanted: 6, done: 6 }),
    {},
    'What the guest wanted to change (2 bits) came about.',
    'What the guest wants to change (2 bits) would come about.',
  ],
  [
    'a size probe',
    verdictOf('all', {
      wanted: 0xfffe0000,
      done: 0xfffe0000,
      parts: [{ code: 'bar-probe', layer: 'pciback', fate: 'emulated', mask: 0xffffffff, text: '' }],
    }),
    {},
    'A size probe: the guest reads the size here until its next write.',
    'A size probe: the guest would read the size here until its next write.',
  ],
  [
    'no change',
    verdictOf('same', { before: { guest: 1, device: 1 }, after: { guest: 1, device: 1 } }),
    {},
    'The guest reads just this value already: there is nothing to change.',
    'The guest reads just this value already: there is nothing to change.',
  ],
  [
    'no change for the guest, but one in the device',
    verdictOf('same', { before: { guest: 1, device: 0 }, after: { guest: 1, device: 1 } }),
    {},
    'The guest reads just this value already, but the device changed.',
    'The guest reads just this value already, but the device would change.',
  ],
  [
    'believed',
    verdictOf('believed', { wanted: 0x40, believed: 0x40 }),
    {},
    'The guest reads back what it wrote, but the device does not have it (1 bit).',
    'The guest would read back what it writes, but the device would not have it (1 bit).',
  ],
  [
    'some of it',
    verdictOf('partly', { wanted: 0x46, done: 6, believed: 0x40 }),
    {},
    'Of 3 bits that the guest wanted to change, 2 came about, 1 only in what the guest reads back. The guest was told success.',
    'Of 3 bits that the guest wants to change, 2 would come about, 1 only in what the guest reads back. The guest would be told success.',
  ],
  [
    'nothing',
    verdictOf('nothing', { wanted: 1 }),
    {},
    'Nothing came about (1 bit). The guest was told success.',
    'Nothing would come about (1 bit). The guest would be told success.',
  ],
  [
    'refused',
    verdictOf('refused', { wanted: 1 }),
    REFUSED,
    'Refused. The guest was told XEN_PCI_ERR_access_denied.',
    'Would be refused. The guest would be told XEN_PCI_ERR_access_denied.',
  ],
  [
    'refused after some of it',
    verdictOf('refused', { wanted: 3, done: 2 }),
    REFUSED,
    'Refused. The guest was told XEN_PCI_ERR_access_denied, though 1 bit came about before.',
    'Would be refused. The guest would be told XEN_PCI_ERR_access_denied, though 1 bit would come about before.',
  ],
];

describe('the headline', () => {
  it.each(ROWS)('of a write: %s', (_what, verdict, more, made, dry) => {
    expect(headline(outcomeOf(more), verdict)).toBe(made);
    expect(headline(outcomeOf({ ...more, ...DRY }), verdict)).toBe(dry);
  });

  it('of a read tells where the bits come from, or that it failed', () => {
    const read = { op: 'conf_read', value: 0 } as const;
    expect(headline(outcomeOf(read), verdictOf('read'))).toBe('Where each bit of the value comes from:');
    const failed = { ...read, err: { code: -1, name: 'XEN_PCI_ERR_dev_not_found' } };
    expect(headline(outcomeOf(failed), verdictOf('refused'))).toBe(
      'The read failed. The guest was told XEN_PCI_ERR_dev_not_found.',
    );
  });

  it('has been looked at for every outcome', () => {
    const seen = new Set([...ROWS.map(([, verdict]) => verdict.outcome), 'read']);
    expect(Object.keys(OUTCOMES).filter((outcome) => !seen.has(outcome))).toEqual([]);
  });
});

describe('kernels that bring more about', () => {
  const remedy = (profile: string, older: boolean): Remedy => ({
    kind: 'profile',
    text: '',
    profile,
    older,
    outcome: 'all',
    done: 1,
  });

  it('are newer ones to go to, and older ones that are no advice', () => {
    expect(kernels([remedy('3.1', true), remedy('3.18', true), remedy('6.12', false)])).toEqual([
      'The older driver of Linux 3.1, 3.18 lets all of it through. That was closed later; it is no advice to go back.',
      'The newer driver of Linux 6.12 lets all of it through.',
    ]);
  });
});
