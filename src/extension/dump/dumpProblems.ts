import * as vscode from 'vscode';
import type { SourceProblem } from '../../sources/problem';
import { DIAGNOSTICS } from '../ids';

const SEVERITY: Readonly<Record<SourceProblem['severity'], vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  info: vscode.DiagnosticSeverity.Information,
};

/** Longer than any line: editors cut a range at the line's end. */
const LINE_END = 10_000;

const rangeOf = ({ line, column, endColumn }: SourceProblem): vscode.Range => {
  const row = Math.max(0, line - 1);
  if (column === undefined) return new vscode.Range(row, 0, row, LINE_END);
  const start = Math.max(0, column - 1);
  return new vscode.Range(
    row,
    start,
    row,
    endColumn === undefined ? LINE_END : Math.max(start, endColumn - 1),
  );
};

/** What is wrong in dumps, in the Problems panel: of the dump that is open, and of the one tried last. */
export class DumpProblems implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection(DIAGNOSTICS);

  show(uri: vscode.Uri, problems: readonly SourceProblem[]): void {
    this.collection.set(
      uri,
      problems.map((problem) => {
        const diagnostic = new vscode.Diagnostic(
          rangeOf(problem),
          problem.message,
          SEVERITY[problem.severity],
        );
        diagnostic.source = DIAGNOSTICS;
        return diagnostic;
      }),
    );
  }

  /** Forgets the problems of every file but these. */
  keepOnly(...uris: readonly vscode.Uri[]): void {
    const kept = new Set(uris.map((uri) => uri.toString()));
    const stale: vscode.Uri[] = [];
    this.collection.forEach((uri) => {
      if (!kept.has(uri.toString())) stale.push(uri);
    });
    for (const uri of stale) this.collection.delete(uri);
  }

  dispose(): void {
    this.collection.dispose();
  }
}
