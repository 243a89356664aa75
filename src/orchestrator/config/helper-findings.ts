import { isMap } from '../json-map.js';
import type { Finding } from './issue.js';
import { didYouMean } from './nearest.js';
import { valueAt, type Path } from './path.js';
import { agentPaths, teamPaths } from './placed-agents.js';

/** The agent of the team that a place belongs to. */
const memberOf = (path: Path): Path => path.slice(0, path[0] === 'agents' ? 2 : 1);

function idsOf(value: unknown): ReadonlyMap<string, string> {
  return new Map(teamPaths(value).map((path, index) => {
    const id = valueAt(value, [...path, 'id']);
    return [path.join('.'), typeof id === 'string' ? id : `agent${index + 1}`];
  }));
}

function asked(entry: unknown): string | undefined {
  const id = isMap(entry) ? entry['id'] : entry;
  return typeof id === 'string' ? id : undefined;
}

function notThere(name: string, others: readonly string[], path: Path): Finding {
  const suggestion = didYouMean(name, others) ?? (others.length === 0 ? undefined : `the others are ${others.map((id) => JSON.stringify(id)).join(', ')}`);
  return { severity: 'warning', path, at: 'value', message: `there is no other agent ${JSON.stringify(name)} in the team, so it is left out`, ...(suggestion === undefined ? {} : { suggestion }) };
}

/** Agents to ask that are nobody, or there twice. */
export function helperFindings(value: unknown): readonly Finding[] {
  const ids = idsOf(value);
  return agentPaths(value).flatMap((path) => {
    const list = valueAt(value, [...path, 'subagent_agents']);
    if (!Array.isArray(list)) return [];
    const own = ids.get(memberOf(path).join('.'));
    const others = [...ids.values()].filter((id) => id !== own);
    const names = list.map(asked);
    return names.flatMap((name, index): readonly Finding[] => {
      if (name === undefined) return [];
      const place = [...path, 'subagent_agents', index];
      if (names.indexOf(name) < index) return [{ severity: 'error', path: place, at: 'value', message: `${JSON.stringify(name)} is there twice` }];
      return isMap(list[index]) || others.includes(name) ? [] : [notThere(name, others, place)];
    });
  });
}
