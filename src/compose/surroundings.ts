import { CATALOG } from '../backends/catalog.js';
import type { Environment } from '../backends/resolve.js';
import type { BackendRow } from '../backends/spec.js';
import { canTalk, modelNames } from '../backends/wires/model-names.js';
import type { AvailableBackend } from '../orchestrator/config/quick.js';

/** A local server that is up answers at once, on a machine that is busy a little later; a slower one is not worth the wait at every start. */
const PROBE_MS = 1500;

/** Providers whose key is set and which have a default model, in the catalog's order. */
export function providersWithKey(env: Environment): readonly AvailableBackend[] {
  const isSet = (name: string): boolean => (env[name] ?? '') !== '';
  return CATALOG.flatMap((row) => (row.local !== true && row.program !== true && row.defaultModel !== undefined && row.keyEnvs.some(isSet) ? [{ backend: row.id, model: row.defaultModel }] : []));
}

async function firstModel(baseUrl: string): Promise<string | undefined> {
  try {
    const response = await fetch(`${baseUrl}/models`, { signal: AbortSignal.timeout(PROBE_MS), redirect: 'error' });
    return response.ok ? modelNames(await response.json()).find(canTalk) : undefined;
  } catch {
    return undefined;
  }
}

/** Model servers that answer on this machine, each with its first model that can talk. Asks loopback addresses only. */
export async function localServers(rows: readonly BackendRow[] = CATALOG): Promise<readonly AvailableBackend[]> {
  const local = rows.filter((row) => row.local === true && row.looksAround !== true);
  const found = await Promise.all(local.map(async (row) => ({ row, model: row.baseUrl === undefined ? undefined : await firstModel(row.baseUrl.replace('localhost', '127.0.0.1')) })));
  return found.flatMap(({ row, model }) => (model === undefined ? [] : [{ backend: row.id, model }]));
}

const PREFIXES: readonly (readonly [RegExp, string])[] = [
  [/^(gpt-|chatgpt-|o\d|codex-)/u, 'openai'],
  [/^claude-/u, 'claude'],
  [/^gemini-/u, 'gemini'],
  [/^grok-/u, 'grok'],
  [/^glm-/u, 'zai'],
  [/^moonshot-|^kimi-/u, 'moonshot'],
];

/** The backend that a model's name points to; undefined when it could be anyone's. */
export const backendOfModel = (model: string): string | undefined => PREFIXES.find(([prefix]) => prefix.test(model.toLowerCase()))?.[1];
