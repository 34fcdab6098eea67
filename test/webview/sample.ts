import { DecodedFunction } from '../../src/extension/inspector/decoded';
import { readFileSync } from 'node:fs';
import { Machine } from '../../src/backend/machine';
import { formatBdf } from '../../src/backend/spec/bdf';
import { snapshotOf } from '../../src/extension/inspector/describe';
import type { Snapshot } from '../../src/protocol/model';
import { readSample } from '../../src/sources/sample';

const sampleMachine = (): Machine =>
  new Machine(
    readSample(JSON.parse(readFileSync(new URL('../../media/sample-machine.json', import.meta.url), 'utf8'))),
  );

/** What the page is told of every function of the sample, of those that can be assigned as guest 1 has them. */
export const sampleSnapshots = (): readonly Snapshot[] => {
  const machine = sampleMachine();
  // VFs before their PF, whose driver takes them away when it is unbound.
  const lastFirst = [...machine.functions()].reverse();
  const snapshots = lastFirst.map((state) => {
    machine.assign(1, state.bdf);
    const now = machine.function(state.bdf);
    if (!now) throw new Error(`no ${formatBdf(state.bdf)}`);
    return snapshotOf(machine, now, '', 1, new DecodedFunction());
  });
  return snapshots.reverse();
};

/** An 82576 with PM at 40, MSI at 50, MSI-X at 70, Express at a0, VPD at e0, AER at 100, ARI at 150, SR-IOV at 160. */
export const nicSnapshot = (): Snapshot => {
  const found = sampleSnapshots().find(({ head }) => head.address === '0000:02:00.0');
  if (!found) throw new Error('the sample has no 02:00.0');
  return found;
};
