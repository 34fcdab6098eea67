import type { LogOutputChannel } from 'vscode';
import type { Bdf } from '../../backend/spec/bdf';
import type { Machine } from '../../backend/machine';
import type { FunctionState } from '../../backend/view';
import type { Request } from '../../protocol/messages';
import type { Outcome, Width } from '../../protocol/model';
import { logConfigOp, logObserved } from '../driverLog';
import { guestOutcome, hardwareReadOutcome, hardwareWriteOutcome } from './describe';

/** An access that was made, or why it could not be, for the person. */
export type Accessed =
  { readonly ok: true; readonly outcome: Outcome } | { readonly ok: false; readonly message: string };

const refused = (message: string): Accessed => ({ ok: false, message });
const made = (outcome: Outcome): Accessed => ({ ok: true, outcome });

const writeHardware = (
  machine: Machine,
  state: FunctionState,
  offset: number,
  size: Width,
  value: number,
  log: LogOutputChannel,
): Outcome => {
  const result = machine.hardwareWrite(state.bdf, offset, size, value);
  logObserved(log, result.observed);
  return hardwareWriteOutcome(state, offset, size, value, result);
};

/** What of the page's requests is an access to configuration space. */
export type AccessRequest = Extract<
  Request,
  { kind: 'confRead' | 'confWrite' | 'hardwareRead' | 'hardwareWrite' }
>;

/** Makes the access that the page asks for, on the function as it stands now, and logs what the drivers said. */
export const access = (
  machine: Machine,
  bdf: Bdf,
  request: AccessRequest,
  log: LogOutputChannel,
): Accessed => {
  const state = machine.function(bdf);
  if (!state) return refused('The function is not in the machine that is open.');
  const { offset, size } = request;
  switch (request.kind) {
    case 'confRead':
    case 'confWrite': {
      const { assignedTo } = state;
      if (!assignedTo) return refused('The function is not assigned to a guest any more.');
      const { domid, guest } = assignedTo;
      const op =
        request.kind === 'confRead'
          ? machine.confRead(domid, guest, offset, size)
          : machine.confWrite(domid, guest, offset, size, request.value);
      logConfigOp(log, op);
      return made(guestOutcome(op));
    }
    case 'hardwareRead':
    case 'hardwareWrite':
      if (offset % size !== 0 || offset + size > state.configSize)
        return refused(`No access of ${size} bytes at offset 0x${offset.toString(16)}.`);
      if (request.kind === 'hardwareRead')
        return made(hardwareReadOutcome(state, offset, size, machine.realImage(bdf)));
      return made(writeHardware(machine, state, offset, size, request.value, log));
  }
};
