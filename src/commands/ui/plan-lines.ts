import type { AgentInfo, RunSettings } from '../../orchestrator/index.js';
import { safeText } from './safe-text.js';

/** What a run would do, as `--dry-run` shows it. */
export interface ShownPlan {
  readonly source: string;
  readonly agents: readonly AgentInfo[];
  readonly settings: RunSettings;
  /** Empty when none is given yet. */
  readonly prompt: string;
  readonly logRoot: string;
}

const seconds = (ms: number | null): string => (ms === null ? 'none' : `${String(ms / 1000)} s`);
const PREVIEW = 200;

/** A dry run's report, one fact a line. */
export function planLines({ source, agents, settings, prompt, logRoot }: ShownPlan): readonly string[] {
  const { limits, budget } = settings;
  const shown = prompt.length > PREVIEW ? `${prompt.slice(0, PREVIEW)}… (${String(prompt.length)} characters)` : prompt;
  const calls = agents.length === 1 ? '1 call' : `${String(2 * agents.length)} calls when all agree, and one more to present the answer when they do not`;
  return [
    `configuration: ${source}`,
    ...agents.map(({ id, anonymous, backend, model, maxOutputTokens }) => `agent ${id} (${anonymous}): ${backend} ${model}${maxOutputTokens === null ? '' : `, at most ${String(maxOutputTokens)} tokens a reply`}`),
    `prompt: ${shown === '' ? 'none yet' : safeText(shown).replace(/\s+/gu, ' ')}`,
    `voting: ${settings.sensitivity}; novelty: ${settings.novelty}; answers an agent: ${settings.maxAnswersPerAgent === null ? 'at most 5' : String(settings.maxAnswersPerAgent)}; final answer: ${settings.strategy}; restarts: ${String(settings.maxRestarts)}`,
    `time limit: ${seconds(limits.totalMs)}; first turn: ${seconds(limits.firstTurnMs)}; later turns: ${seconds(limits.laterTurnMs)}; silent stream: ${seconds(limits.idleMs)}`,
    `budget: ${budget.maxTokens === null ? 'tokens unlimited' : `${String(budget.maxTokens)} tokens`}, ${budget.maxCostMicros === null ? 'cost unlimited' : `$${String(budget.maxCostMicros / 1e6)}`}`,
    `expected: ${calls}`,
    `log: ${logRoot}`,
    'dry run: nothing was called',
  ];
}
