import * as vscode from 'vscode';
import type { SourcePlace, SourceProblem } from '../../sources/problem';
import { DIAGNOSTICS } from '../ids';

const SEVERITY: Readonly<Record<SourceProblem['severity'], vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  info: vscode.DiagnosticSeverity.Information,
};

/** Longer than any line: editors cut a range at the line's end. */
const LINE_END = 10_000;

const rangeOf = ({ line, column, endColumn }: SourcePlace): vscode.Range => {
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

const diagnosticOf = (uri: vscode.Uri, problem: SourceProblem): vscode.Diagnostic => {
  const { severity, message, code, related } = problem;
  const diagnostic = new vscode.Diagnostic(rangeOf(problem), message, SEVERITY[severity]);
  diagnostic.source = DIAGNOSTICS;
  if (code !== undefined) diagnostic.code = code;
  if (related)
    diagnostic.relatedInformation = [
      new vscode.DiagnosticRelatedInformation(new vscode.Location(uri, rangeOf(related)), related.message),
    ];
  return diagnostic;
};

/** What is wrong in dumps, in the Problems panel: of the dump that is open, and of the one tried last. */
export class DumpProblems implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection(DIAGNOSTICS);

  show(uri: vscode.Uri, problems: readonly SourceProblem[]): void {
    this.collection.set(
      uri,
      problems.map((problem) => diagnosticOf(uri, problem)),
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
