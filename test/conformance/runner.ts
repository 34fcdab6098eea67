import { differences } from './compare';
import { Player } from './player';
import type { Scenario } from './scenario';
import { isTopology, TopologyPlayer, type TopologyScenario } from './topology';

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

/** Counts as it goes: what is expected against what a step gives. */
class Score {
  readonly failures: Failure[] = [];
  private passed = 0;
  private failed = 0;
  private notYet = 0;

  constructor(
    private readonly id: string,
    private readonly family: string,
  ) {}

  attempt(step: string, expected: unknown, play: () => unknown): void {
    try {
      const got = play();
      if (got === undefined) {
        this.notYet++;
        return;
      }
      const diff = differences(expected, got);
      if (diff.length === 0) this.passed++;
      else this.fail(step, diff);
    } catch (error) {
      this.fail(step, [`threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`]);
    }
  }

  private fail(step: string, diff: readonly string[]): void {
    this.failed++;
    this.failures.push({ scenario: this.id, step, differences: diff });
  }

  result(): ScenarioResult {
    const { id, family, passed, failed, notYet, failures } = this;
    return { id, family, passed, failed, notYet, failures };
  }
}

const runTopology = (scenario: TopologyScenario): ScenarioResult => {
  const score = new Score(scenario.id, scenario.family);
  const player = new TopologyPlayer(scenario);
  for (const [i, [step, out]] of scenario.steps.entries())
    score.attempt(`step ${i} ${JSON.stringify(step)}`, out, () => player.play(step));
  score.attempt('final', scenario.final, () => player.final());
  return score.result();
};

const runConfiguration = (scenario: Scenario): ScenarioResult => {
  const score = new Score(scenario.id, scenario.family);
  const player = new Player(scenario);
  score.attempt('seize', scenario.seize, () => player.seize());
  score.attempt('setup', scenario.setup, () => player.setup());
  score.attempt('attach', scenario.attach, () => player.attach());
  for (const [i, [op, out]] of scenario.ops.entries())
    score.attempt(`op ${i} ${JSON.stringify(op)}`, out, () => player.play(op));
  const final = player.final();
  for (const [d, expected] of scenario.final.entries()) score.attempt(`final ${d}`, expected, () => final[d]);
  return score.result();
};

export const runScenario = (scenario: Scenario | TopologyScenario): ScenarioResult =>
  isTopology(scenario) ? runTopology(scenario) : runConfiguration(scenario);
