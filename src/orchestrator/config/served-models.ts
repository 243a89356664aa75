import type { Finding } from './issue.js';
import { didYouMean } from './nearest.js';
import { valueAt, type Path } from './path.js';
import { isMap } from '../json-map.js';

const RESERVED = /^massgen$|^massgen\/|^(?:massgen|openfang|agentpool):/u;

function idsOf(value: unknown): readonly string[] {
  const list = valueAt(value, ['agents']);
  return (Array.isArray(list) ? (list as readonly unknown[]) : [valueAt(value, ['agent'])]).map((agent) => valueAt(agent, ['id'])).filter((id) => typeof id === 'string');
}

function nameFindings(name: string, ids: readonly string[], path: Path): readonly Finding[] {
  const refuse = (message: string): readonly Finding[] => [{ severity: 'error', path, at: 'key', message }];
  if (name.trim() === '' || name !== name.trim() || /[\u0000-\u001f]/u.test(name)) return refuse('is no name of a model');
  if (RESERVED.test(name)) return refuse('means something already; choose a name that does not begin like that');
  return ids.includes(name) ? refuse('is the id of an agent here, which is a model of that name; choose another') : [];
}

function memberFindings(members: readonly unknown[], ids: readonly string[], path: Path): readonly Finding[] {
  if (members.length === 0) return [{ severity: 'error', path, at: 'value', message: 'is a team of nobody; list ids of agents' }];
  return members.flatMap((id, index): readonly Finding[] => {
    const refuse = (message: string): readonly Finding[] => [{ severity: 'error', path: [...path, index], at: 'value', message }];
    if (typeof id !== 'string' || !ids.includes(id)) return refuse(`there is no agent ${JSON.stringify(id)} here; ${(typeof id === 'string' ? didYouMean(id, ids) : undefined) ?? `agents are ${ids.join(', ')}`}`);
    return members.indexOf(id) === index ? [] : refuse('is in the list already');
  });
}

/** What is wrong with `serve.models`; whether files are there is not looked at. */
export function servedModelFindings(value: unknown): readonly Finding[] {
  const models = valueAt(value, ['serve', 'models']);
  if (!isMap(models)) return [];
  const ids = idsOf(value);
  return Object.entries(models).flatMap(([name, model]): readonly Finding[] => {
    const path: Path = ['serve', 'models', name];
    const named = nameFindings(name, ids, path);
    if (Array.isArray(model)) return [...named, ...memberFindings(model, ids, path)];
    if (typeof model === 'string' && model.trim() !== '') return named;
    return [...named, { severity: 'error', path, at: 'value', message: 'must be a configuration (a path or @examples/NAME) or a list of ids of agents' }];
  });
}
