import * as vscode from 'vscode';
import { AER_VERDICT } from '../../backend/xen/pciif';
import type { AerEventName } from '../../backend/journal/entry';
import type { Bdf } from '../../backend/spec/bdf';
import { addressText } from '../functionText';
import { askChoice, askInTurn, askText, type Choice } from './ask';
import { functionsFor, type FunctionCommandContext } from './functionCommand';
import { tell } from './outcome';

/** What hardware does of its own: an interrupt line fires, an error is reported. */

/** Enough to see the driver ask for sharing (every thousandth interrupt) several times. */
const MOST_TIMES = 100_000;

const isTimes = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MOST_TIMES;

interface Firing {
  readonly times: number;
  readonly shared: boolean;
}

const askFiring = async (address: string): Promise<Firing | undefined> => {
  const title = vscode.l10n.t('Raise Interrupt Line of {0}', address);
  let times = 1;
  let shared = true;
  const answered = await askInTurn([
    (place) =>
      askText(
        {
          ...place,
          title,
          prompt: vscode.l10n.t(
            'How many times. Every 1000 interrupts pciback asks Xen whether the line is shared.',
          ),
          value: String(times),
          check: (text) =>
            /^\d+$/.test(text.trim()) && isTimes(Number(text))
              ? {}
              : { fault: vscode.l10n.t('A number from 1 to {0}', MOST_TIMES) },
        },
        (text) => (times = Number(text)),
      ),
    (place) =>
      askChoice(
        {
          ...place,
          title,
          placeholder: vscode.l10n.t('What Xen says of the line'),
          choices: [
            {
              label: vscode.l10n.t('shared'),
              description: vscode.l10n.t('another domain has it too; the handler goes on'),
              value: true,
            },
            {
              label: vscode.l10n.t('not shared'),
              description: vscode.l10n.t('the handler stops acknowledging at the next 1000'),
              value: false,
            },
          ],
        },
        (value) => (shared = value),
      ),
  ]);
  return answered ? { times, shared } : undefined;
};

/** Arguments: a function, then times and sharing where they are not to be asked for. */
export const raiseLine = async (context: FunctionCommandContext, args: readonly unknown[]): Promise<void> => {
  const { session, actions, log } = context;
  const [bdf] = await functionsFor(
    context,
    args,
    vscode.l10n.t('Function whose interrupt line to raise'),
    vscode.l10n.t('No function has an interrupt line.'),
    (state) => state.irq !== 0,
  );
  if (!bdf) return;
  const [, times, shared] = args;
  const firing: Firing | undefined = isTimes(times)
    ? { times, shared: shared === true }
    : await askFiring(addressText(session, bdf));
  if (firing) tell([actions.raiseLine(bdf, firing.times, firing.shared)], log);
};

interface AerReport {
  readonly event: AerEventName;
  /** 1..3 */
  readonly state: number;
  /** 1..6; undefined: no answer. */
  readonly answer: number | undefined;
}

const IO_NORMAL = 1;

const events = (): readonly Choice<AerEventName>[] => [
  {
    label: 'error_detected',
    description: vscode.l10n.t('an error was reported for the function'),
    value: 'error_detected',
  },
  {
    label: 'mmio_enabled',
    description: vscode.l10n.t('the function can be reached again'),
    value: 'mmio_enabled',
  },
  { label: 'slot_reset', description: vscode.l10n.t('the slot was reset'), value: 'slot_reset' },
  { label: 'resume', description: vscode.l10n.t('recovery is over; nothing is answered'), value: 'resume' },
];

/** enum pci_channel_state: include/linux/pci.h. */
const CHANNEL_STATES: readonly Choice<number>[] = [
  { label: 'pci_channel_io_normal', description: '1', value: IO_NORMAL },
  { label: 'pci_channel_io_frozen', description: '2', value: 2 },
  { label: 'pci_channel_io_perm_failure', description: '3', value: 3 },
];

/** enum pci_ers_result: include/linux/pci.h. */
const answers = (): readonly Choice<number | undefined>[] => [
  ...Object.entries(AER_VERDICT).map(([name, value]) => ({
    label: `PCI_ERS_RESULT_${name}`,
    description: String(value),
    value,
  })),
  {
    label: vscode.l10n.t('no answer'),
    description: vscode.l10n.t('pciback gives up after 300 s'),
    value: undefined,
  },
];

const usualAnswer = (event: AerEventName): number =>
  event === 'error_detected' ? AER_VERDICT.CAN_RECOVER : AER_VERDICT.RECOVERED;

const askAer = async (address: string): Promise<AerReport | undefined> => {
  const title = vscode.l10n.t('Inject AER Error into {0}', address);
  let report: AerReport = { event: 'error_detected', state: 2, answer: undefined };
  const answered = await askInTurn([
    (place) =>
      askChoice(
        {
          ...place,
          title,
          placeholder: vscode.l10n.t('Callback that the kernel makes'),
          choices: events(),
        },
        (event) => (report = { ...report, event }),
      ),
    (place) =>
      askChoice(
        {
          ...place,
          title,
          placeholder: vscode.l10n.t('Channel state; only error_detected passes it on'),
          choices: report.event === 'error_detected' ? CHANNEL_STATES : CHANNEL_STATES.slice(0, 1),
          active: (state: number) => state === report.state,
        },
        (state) => (report = { ...report, state }),
      ),
    (place) =>
      askChoice(
        {
          ...place,
          title,
          placeholder: vscode.l10n.t("The guest's answer through the shared page"),
          choices: answers(),
          active: (answer: number | undefined) => answer === usualAnswer(report.event),
        },
        (answer) => (report = { ...report, answer }),
      ),
  ]);
  return answered ? report : undefined;
};

const givenReport = ([, event, state, answer]: readonly unknown[]): AerReport | undefined => {
  const named = events().find(({ value }) => value === event)?.value;
  return named === undefined
    ? undefined
    : {
        event: named,
        state: typeof state === 'number' ? state : IO_NORMAL,
        answer: typeof answer === 'number' ? answer : undefined,
      };
};

/** Arguments: a function, then event, channel state and answer where they are not to be asked for. */
export const injectAer = async (context: FunctionCommandContext, args: readonly unknown[]): Promise<void> => {
  const { session, actions, log } = context;
  const [bdf]: readonly Bdf[] = await functionsFor(
    context,
    args,
    vscode.l10n.t('Function to inject an error into'),
    vscode.l10n.t('The machine has no function.'),
    () => true,
  );
  if (!bdf) return;
  const report = givenReport(args) ?? (await askAer(addressText(session, bdf)));
  if (report) tell([actions.injectAer(bdf, report.event, report.state, report.answer)], log);
};
