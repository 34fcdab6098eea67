/** Lines and columns count from 1, as editors show them. */
export interface SourcePlace {
  readonly line: number;
  readonly column?: number;
  /** First column after the place. */
  readonly endColumn?: number;
}

/** Something in a source that a person may want to look at. */
export interface SourceProblem extends SourcePlace {
  /**
   * Of the text: error, bytes were lost; warning, read, but not as lspci -F would; info, nothing was lost. Of what the
   * bytes say: as whoever found it rates it.
   */
  readonly severity: 'error' | 'warning' | 'info';
  readonly message: string;
  /** Kind of the problem, in one word, where there are kinds. */
  readonly code?: string;
  /** Another place that the problem is about. */
  readonly related?: SourcePlace & { readonly message: string };
}

/** More of them would bury the first ones. */
const MOST_PROBLEMS = 500;

/** Collects problems, a bounded number of them, so that a hostile file cannot fill memory. */
export class ProblemList {
  private readonly kept: SourceProblem[] = [];
  private left = 0;

  add(problem: SourceProblem): void {
    if (this.kept.length < MOST_PROBLEMS) this.kept.push(problem);
    else this.left++;
  }

  /** In order of line; the last one says how many were left out, if any were. */
  all(): readonly SourceProblem[] {
    const sorted = [...this.kept].sort((a, b) => a.line - b.line);
    if (this.left > 0)
      sorted.push({
        line: sorted.at(-1)?.line ?? 1,
        severity: 'info',
        message: `${this.left} more problems are not listed.`,
      });
    return sorted;
  }
}
