import { valueAt, type Path } from './path.js';
import { isMap } from '../json-map.js';

/** Where the agents of the team stand, whether or not the rest of the configuration is right. */
export function teamPaths(value: unknown): readonly Path[] {
  const list = valueAt(value, ['agents']);
  const paths: readonly Path[] = Array.isArray(list) ? list.map((_agent, index) => ['agents', index]) : [['agent']];
  return paths.filter((path) => isMap(valueAt(value, path)));
}

/** Where those stand that are written below `at`, to be asked by the agent there, and those below them. */
function helperPaths(value: unknown, at: Path): readonly Path[] {
  const list = valueAt(value, [...at, 'subagent_agents']);
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: unknown, index): readonly Path[] => {
    const path = [...at, 'subagent_agents', index];
    return isMap(entry) ? [path, ...helperPaths(value, path)] : [];
  });
}

/** Where all agents stand that are written anywhere in a configuration. */
export const agentPaths = (value: unknown): readonly Path[] => teamPaths(value).flatMap((path) => [path, ...helperPaths(value, path)]);
