import * as vscode from 'vscode';

/** Questions that follow each other in VS Code's quick input, with a way back. */

/** What came of one question: answered, gone back, or the user left. */
export type Went = 'next' | 'back' | 'leave';

export interface Place {
  /** From 1. */
  readonly step: number;
  readonly totalSteps: number;
}

/** Asks one question after the other; true when the last was answered. Each keeps its own answer. */
export const askInTurn = async (
  questions: readonly ((place: Place) => Promise<Went>)[],
): Promise<boolean> => {
  let at = 0;
  for (;;) {
    const question = questions[at];
    if (!question) return true;
    const went = await question({ step: at + 1, totalSteps: questions.length });
    if (went === 'leave') return false;
    at += went === 'next' ? 1 : -1;
  }
};

export interface Choice<T> extends vscode.QuickPickItem {
  readonly value: T;
}

interface ChoiceQuestion<T> extends Place {
  readonly title: string;
  readonly placeholder: string;
  readonly choices: readonly Choice<T>[];
  readonly active?: (value: T) => boolean;
  /** A choice made of what is typed; undefined where it means nothing. */
  readonly typed?: (text: string) => Choice<T> | undefined;
  /** False for a choice that only tells why it cannot be taken. */
  readonly accepts?: (value: T) => boolean;
}

/** Shows the input, listens until it ends one way or the other, and takes it away. */
const settle = (
  input: vscode.QuickPick<vscode.QuickPickItem> | vscode.InputBox,
  place: Place,
  listen: (end: (went: Went) => void) => readonly vscode.Disposable[],
): Promise<Went> =>
  new Promise((resolve) => {
    input.step = place.step;
    // One question is no sequence: VS Code would show (1/1).
    if (place.totalSteps > 1) input.totalSteps = place.totalSteps;
    else input.step = undefined;
    if (place.step > 1) input.buttons = [vscode.QuickInputButtons.Back];
    const end = (went: Went): void => {
      resolve(went);
      vscode.Disposable.from(...subscriptions).dispose();
      input.dispose();
    };
    const subscriptions = [
      ...listen(end),
      input.onDidTriggerButton(() => end('back')),
      input.onDidHide(() => end('leave')),
    ];
    input.show();
  });

/** Asks for one of several; `take` gets it. */
export const askChoice = <T>(question: ChoiceQuestion<T>, take: (value: T) => void): Promise<Went> => {
  const input = vscode.window.createQuickPick<Choice<T>>();
  input.title = question.title;
  input.placeholder = question.placeholder;
  input.matchOnDescription = true;
  input.items = question.choices;
  input.ignoreFocusOut = true;
  const active = question.choices.find(({ value }) => question.active?.(value));
  if (active) input.activeItems = [active];
  return settle(input as unknown as vscode.QuickPick<vscode.QuickPickItem>, question, (end) => [
    input.onDidChangeValue((text) => {
      const typed = text.trim() === '' ? undefined : question.typed?.(text.trim());
      input.items = typed ? [{ ...typed, alwaysShow: true }, ...question.choices] : question.choices;
    }),
    input.onDidAccept(() => {
      const [chosen] = input.selectedItems;
      if (!chosen || question.accepts?.(chosen.value) === false) return;
      take(chosen.value);
      end('next');
    }),
  ]);
};

/** What is to be said of a text: `fault` keeps it from being taken, `note` is for information. */
export interface TextCheck {
  readonly fault?: string;
  readonly note?: string;
}

interface TextQuestion extends Place {
  readonly title: string;
  readonly prompt: string;
  readonly value: string;
  readonly placeholder?: string;
  readonly check: (text: string) => TextCheck;
}

/** Asks for a text that is checked while it is typed; `take` gets it. */
export const askText = (question: TextQuestion, take: (text: string) => void): Promise<Went> => {
  const input = vscode.window.createInputBox();
  input.title = question.title;
  input.prompt = question.prompt;
  input.value = question.value;
  input.placeholder = question.placeholder;
  input.ignoreFocusOut = true;
  const look = (): TextCheck => {
    const check = question.check(input.value);
    if (check.fault !== undefined)
      input.validationMessage = {
        message: check.fault,
        severity: vscode.InputBoxValidationSeverity.Error,
      };
    else
      input.validationMessage =
        check.note === undefined
          ? undefined
          : { message: check.note, severity: vscode.InputBoxValidationSeverity.Info };
    return check;
  };
  look();
  return settle(input, question, (end) => [
    input.onDidChangeValue(look),
    input.onDidAccept(() => {
      if (look().fault !== undefined) return;
      take(input.value);
      end('next');
    }),
  ]);
};
