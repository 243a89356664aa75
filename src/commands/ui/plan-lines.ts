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

const calls = (count: number): string => (count === 1 ? '1 call' : `${String(count)} calls`);

/** How many calls a run takes where nothing goes wrong and nobody answers twice. */
function expectedCalls(agents: number, { skipCoordination, skipVoting, skipPresentation, strategy, maxRestarts }: RunSettings): string {
  const checked = maxRestarts > 0 && !skipPresentation ? ', and one to check the answer' : '';
  if (agents === 1 || skipCoordination) return `${calls(1)}${checked}`;
  const coordination = skipVoting ? agents : 2 * agents;
  const agreed = skipVoting ? '' : ' when all agree';
  if (skipPresentation || strategy === 'winner_reuse') return `${calls(coordination)}${agreed}${checked}`;
  if (strategy !== 'auto' || skipVoting) return `${calls(coordination + 1)}${agreed}${checked}`;
  return `${calls(coordination)} when all agree, and one more to present the answer when they do not${checked}`;
}

/** A dry run's report, one fact a line. */
export function planLines({ source, agents, settings, prompt, logRoot }: ShownPlan): readonly string[] {
  const { limits, budget } = settings;
  const shown = prompt.length > PREVIEW ? `${prompt.slice(0, PREVIEW)}… (${String(prompt.length)} characters)` : prompt;
  return [
    `configuration: ${source}`,
    ...agents.map(({ id, anonymous, backend, model, maxOutputTokens }) => `agent ${id} (${anonymous}): ${backend} ${model}${maxOutputTokens === null ? '' : `, at most ${String(maxOutputTokens)} tokens a reply`}`),
    `prompt: ${shown === '' ? 'none yet' : safeText(shown).replace(/\s+/gu, ' ')}`,
    `voting: ${settings.sensitivity}; novelty: ${settings.novelty}; answers an agent: ${settings.maxAnswersPerAgent === null ? 'at most 5' : String(settings.maxAnswersPerAgent)}; final answer: ${settings.strategy}; restarts: ${String(settings.maxRestarts)}`,
    `time limit: ${seconds(limits.totalMs)}; first turn: ${seconds(limits.firstTurnMs)}; later turns: ${seconds(limits.laterTurnMs)}; silent stream: ${seconds(limits.idleMs)}`,
    `budget: ${budget.maxTokens === null ? 'tokens unlimited' : `${String(budget.maxTokens)} tokens`}, ${budget.maxCostMicros === null ? 'cost unlimited' : `$${String(budget.maxCostMicros / 1e6)}`}`,
    `expected: ${expectedCalls(agents.length, settings)}`,
    `log: ${logRoot}`,
    'dry run: nothing was called',
  ];
}
