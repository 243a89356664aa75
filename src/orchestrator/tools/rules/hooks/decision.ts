import { isMap, type JsonMap } from '../../../json-map.js';

/** What a hook said. `ask`: the user is to say. */
export interface HookDecision {
  readonly verdict: 'allow' | 'deny' | 'ask';
  readonly reason: string;
  /** The arguments to call with instead. */
  readonly args?: Readonly<Record<string, unknown>>;
  /** The result's text instead of the tool's. */
  readonly output?: string;
  /** Told to the agent behind the result. */
  readonly addition?: string;
}

const firstText = (...values: readonly unknown[]): string | undefined => values.find((value): value is string => typeof value === 'string' && value !== '');

const VERDICTS: Readonly<Record<string, HookDecision['verdict']>> = { allow: 'allow', approve: 'allow', deny: 'deny', block: 'deny', ask: 'ask' };

function verdictOf(said: JsonMap, inner: JsonMap): HookDecision['verdict'] {
  const isNo = said['allowed'] === false || said['continue'] === false;
  const word = inner['permissionDecision'] ?? said['permissionDecision'] ?? said['decision'] ?? (isNo ? 'deny' : 'allow');
  const verdict = typeof word === 'string' && Object.hasOwn(VERDICTS, word) ? VERDICTS[word] : undefined;
  if (verdict === undefined) throw new Error(`its decision is ${JSON.stringify(word)}, and not allow, deny or ask`);
  return verdict;
}

/** Says nothing against the call. */
const ALLOWED: HookDecision = { verdict: 'allow', reason: '' };

/**
 * A decision as a hook writes it: ours and MassGen's (`decision` or `allowed`, `reason`, `updated_input`,
 * `updated_output`, `inject`), and Claude Code's (`hookSpecificOutput`). Throws for a word that is none.
 */
export function readDecision(said: unknown): HookDecision {
  if (said === undefined || said === null) return ALLOWED;
  if (!isMap(said)) throw new Error('what it returned is no object');
  const inner = isMap(said['hookSpecificOutput']) ? said['hookSpecificOutput'] : {};
  const args = [inner['updatedInput'], said['updatedInput'], said['updated_input']].find(isMap);
  const output = firstText(inner['updatedOutput'], said['updatedOutput'], said['updated_output']);
  const inject = isMap(said['inject']) ? said['inject']['content'] : said['inject'];
  const addition = firstText(inner['additionalContext'], said['additionalContext'], inject);
  return {
    verdict: verdictOf(said, inner),
    reason: firstText(inner['permissionDecisionReason'], said['reason'], said['stopReason']) ?? '',
    ...(args === undefined ? {} : { args }),
    ...(output === undefined ? {} : { output }),
    ...(addition === undefined ? {} : { addition }),
  };
}
