import type { Finding } from './issue.js';
import { toPointer, valueAt, type Path } from './path.js';
import { helperFindings } from './helper-findings.js';
import { teamPaths } from './placed-agents.js';
import { plannedUses } from './planned-uses.js';
import { together } from './together.js';

/** What the check below needs of an agent, whether or not the rest of it is right. */
interface PlacedAgent {
  readonly id: unknown;
  readonly path: Path;
}

const placedAgents = (value: unknown): readonly PlacedAgent[] => teamPaths(value).map((path) => ({ id: valueAt(value, [...path, 'id']), path }));

function idFindings(agents: readonly PlacedAgent[]): readonly Finding[] {
  const seen = new Map<string, string>();
  return agents.flatMap(({ id, path }): readonly Finding[] => {
    if (id === undefined) return [{ severity: 'warning', path, at: 'key', message: 'has no id, so it is given one', suggestion: 'name it with "id: …"' }];
    if (typeof id !== 'string') return [];
    // Names of files, on a disk that may not tell cases apart.
    const earlier = seen.get(id.toLowerCase());
    if (earlier === undefined) {
      seen.set(id.toLowerCase(), id);
      return [];
    }
    const message = earlier === id ? `another agent already has the id ${JSON.stringify(id)}` : `differs from another agent's id ${JSON.stringify(earlier)} only in upper and lower case`;
    return [{ severity: 'error', path: [...path, 'id'], at: 'value', message, suggestion: 'give each agent an id of its own' }];
  });
}

function timeFindings(value: unknown): readonly Finding[] {
  const total = valueAt(value, ['timeout_settings', 'orchestrator_timeout_seconds']);
  return ['initial_round_timeout_seconds', 'subsequent_round_timeout_seconds'].flatMap((key): readonly Finding[] => {
    const limit = valueAt(value, ['timeout_settings', key]);
    if (typeof limit !== 'number' || typeof total !== 'number' || limit < total) return [];
    return [{ severity: 'warning', path: ['timeout_settings', key], at: 'value', message: `has no effect: the whole run ends after ${total} s`, suggestion: 'raise "orchestrator_timeout_seconds"' }];
  });
}

/** A first answer is never refused, so a limit below the number of agents is none. */
function answerFindings(value: unknown, agents: number): readonly Finding[] {
  const path = ['orchestrator', 'max_new_answers_global'];
  const most = valueAt(value, path);
  if (typeof most !== 'number' || most < 1 || most >= agents) return [];
  return [{ severity: 'warning', path, at: 'value', message: `is ${most}, but each of the ${agents} agents may give a first answer` }];
}

/** What only a look at the whole team shows; `value` may have other faults. */
export function teamFindings(value: unknown): readonly Finding[] {
  const agents = placedAgents(value);
  return [...idFindings(agents), ...answerFindings(value, agents.length), ...helperFindings(value), ...timeFindings(value)];
}

/** Switched off or empty: what is asked for is what happens. */
const asksForNothing = (value: unknown): boolean => value === false || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);

/** Keys that are accepted and do nothing yet, with what they wait for: one finding for each key, however many agents have it. What is refused anyway is left out. */
export function plannedFindings(value: unknown, others: readonly Finding[]): readonly Finding[] {
  const refused = new Set(others.flatMap(({ severity, at, path }) => (severity === 'error' && at === 'key' ? [toPointer(path)] : [])));
  const uses = plannedUses(value).filter((use) => !asksForNothing(use.value) && !refused.has(toPointer(use.path)));
  return together(uses.map(({ path, waitsFor }) => ({ severity: 'warning', path, at: 'key', message: `has no effect yet: it waits for ${waitsFor}` })));
}
