import * as vscode from 'vscode';
import type { Machine } from '../../backend/machine';
import { formatBdf, type Bdf } from '../../backend/spec/bdf';
import { layoutOf } from '../../backend/spec/layout';
import { hex } from '../../backend/spec/uint';
import type { ConfigImage } from '../../backend/view';
import { byteCount } from '../counts';
import { addressText, PCIBACK } from '../functionText';
import type { Session } from '../session';
import { askChoice, askInTurn, askText, type Choice } from './ask';
import { functionsFor, type FunctionCommandContext } from './functionCommand';
import { tell } from './outcome';
import {
  formatQuirk,
  openedBy,
  parseHex,
  parseQuirk,
  parseRegister,
  quirkFault,
  wholeMask,
  type Quirk,
} from './quirkText';

type Register = Partial<Quirk> & Pick<Quirk, 'reg'>;

/** The field is tried with what is known of it so far; a fault of what is still to be asked does not count. */
const faultOf = (register: Register): string | undefined =>
  quirkFault({ ...register, size: register.size ?? 4, mask: register.mask ?? 0 });

const registerChoices = ({ bytes, known }: ConfigImage): readonly Choice<Register>[] =>
  layoutOf(bytes, known).flatMap((structure) =>
    structure.registers.map((register) => ({
      label: `${hex(register.offset, 2)} ${structure.kind === 'header' ? '' : `${structure.name} `}${register.name}`,
      description: `${register.title}, ${byteCount(register.width)}`,
      value: { reg: register.offset, size: register.width },
    })),
  );

const typedRegister =
  (image: ConfigImage) =>
  (text: string): Choice<Register> | undefined => {
    const value = parseQuirk(text) ?? parseRegister(text);
    return (
      value && { label: text, description: faultOf(value) ?? openedBy(image, { size: 1, ...value }), value }
    );
  };

const sizeChoices = (image: ConfigImage, reg: number): readonly Choice<number>[] =>
  [1, 2, 4].map((size) => ({
    label: String(size),
    description: openedBy(image, { reg, size }),
    value: size,
  }));

/** Whether one of the function's fields starts at REG: the `quirks` attribute lists them under its short address. */
const startsField = (machine: Machine, bdf: Bdf, reg: number): boolean => {
  const shown = machine.showSysfs('quirks');
  const address = formatBdf(bdf).slice(formatBdf(bdf).indexOf(':') + 1);
  const records = typeof shown === 'string' ? shown.split(/^(?!\t)/m) : [];
  return records.some(
    (record) => record.startsWith(`${address}\n`) && record.includes(`\n\t\t${hex(reg, 8)}:`),
  );
};

/** Asks for a field of the function and says at each step what the driver would make of it. */
const askQuirk = async ({ machine }: Session, address: string, bdf: Bdf): Promise<Quirk | undefined> => {
  const image = machine.realImage(bdf);
  const preview = (quirk: Quirk): string =>
    startsField(machine, bdf, quirk.reg)
      ? vscode.l10n.t('a field starts there already; the driver takes this and adds nothing')
      : vscode.l10n.t(
          '{0}. pciback keeps MASK but does not apply it: every bit opens.',
          openedBy(image, quirk),
        );
  const title = vscode.l10n.t('Add Quirk to {0}: REG:SIZE:MASK', address);
  let register: Register = { reg: 0 };
  let quirk: Quirk | undefined;
  const answered = await askInTurn([
    (place) =>
      askChoice(
        {
          ...place,
          title,
          placeholder: vscode.l10n.t('REG in hexadecimal (40, 40.w), a register by name, or REG:SIZE:MASK'),
          choices: registerChoices(image),
          typed: typedRegister(image),
          accepts: (value: Register) => faultOf(value) === undefined,
        },
        (value) => (register = value),
      ),
    (place) =>
      askChoice(
        {
          ...place,
          title,
          placeholder: vscode.l10n.t(
            'SIZE: bytes from {0} on that the guest reads and writes',
            hex(register.reg, 2),
          ),
          choices: sizeChoices(image, register.reg),
          active: (size: number) => size === (register.size ?? 4),
        },
        (size) => (register = { ...register, size }),
      ),
    (place) => {
      const size = register.size ?? 4;
      const withMask = (mask: number): Quirk => ({ reg: register.reg, size, mask });
      return askText(
        {
          ...place,
          title,
          prompt: vscode.l10n.t('MASK in hexadecimal'),
          value: (register.mask ?? wholeMask(size)).toString(16),
          check: (text) => {
            const mask = parseHex(text);
            if (mask === undefined) return { fault: vscode.l10n.t('-EINVAL: MASK is a hexadecimal number') };
            const fault = quirkFault(withMask(mask));
            if (fault !== undefined) return { fault };
            return { note: `${formatBdf(bdf)}-${formatQuirk(withMask(mask))}: ${preview(withMask(mask))}` };
          },
        },
        (text) => (quirk = withMask(parseHex(text) ?? 0)),
      );
    },
  ]);
  return answered ? quirk : undefined;
};

/** Arguments: a function, and REG:SIZE:MASK as text where it is not to be asked for. */
export const addQuirk = async (context: FunctionCommandContext, args: readonly unknown[]): Promise<void> => {
  const { session, actions, log } = context;
  const [bdf] = await functionsFor(
    context,
    args,
    vscode.l10n.t('Function to add a quirk to'),
    vscode.l10n.t('No function is bound to pciback.'),
    (state) => state.driver === PCIBACK,
  );
  if (!bdf) return;
  const given = args[1];
  const quirk =
    typeof given === 'string'
      ? given
      : await askQuirk(session, addressText(session, bdf), bdf).then((asked) => asked && formatQuirk(asked));
  if (quirk !== undefined) tell([actions.addQuirk(bdf, quirk)], log);
};
