import { differences } from './compare';
import { Player } from './player';
import type { Scenario } from './scenario';

/** Runs scenarios and counts. A scenario's seize, setup, attach and final records count as operations of their own. */

export interface Failure {
  readonly scenario: string;
  readonly step: string;
  readonly differences: readonly string[];
}

export interface ScenarioResult {
  readonly id: string;
  readonly family: string;
  readonly passed: number;
  readonly failed: number;
  /** Operations of a kind that the player does not know. */
  readonly notYet: number;
  readonly failures: readonly Failure[];
}

export const runScenario = (scenario: Scenario): ScenarioResult => {
  const failures: Failure[] = [];
  let passed = 0;
  let failed = 0;
  let notYet = 0;
  const check = (step: string, expected: unknown, got: unknown): void => {
    const diff = differences(expected, got);
    if (diff.length === 0) passed++;
    else {
      failed++;
      failures.push({ scenario: scenario.id, step, differences: diff });
    }
  };
  const attempt = (step: string, expected: unknown, play: () => unknown): void => {
    try {
      const got = play();
      if (got === undefined) notYet++;
      else check(step, expected, got);
    } catch (error) {
      failed++;
      failures.push({
        scenario: scenario.id,
        step,
        differences: [`threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`],
      });
    }
  };
  const player = new Player(scenario);
  attempt('seize', scenario.seize, () => player.seize());
  attempt('setup', scenario.setup, () => player.setup());
  attempt('attach', scenario.attach, () => player.attach());
  for (const [i, [op, out]] of scenario.ops.entries())
    attempt(`op ${i} ${JSON.stringify(op)}`, out, () => player.play(op));
  const final = player.final();
  for (const [d, expected] of scenario.final.entries()) attempt(`final ${d}`, expected, () => final[d]);
  return { id: scenario.id, family: scenario.family, passed, failed, notYet, failures };
};
