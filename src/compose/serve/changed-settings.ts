import type { Config } from '../../orchestrator/config/schema/root.js';

/** What is read anew while the server runs. */
const LIVE = new Set(['models']);

/** The keys of `serve` that say something else than when the server was started: they are as they were until it is started again. */
export function changedSettings(before: Config['serve'], now: Config['serve']): readonly string[] {
  const [old, fresh] = [before ?? {}, now ?? {}].map((serve) => new Map(Object.entries(serve)));
  const keys = [...new Set([...(old?.keys() ?? []), ...(fresh?.keys() ?? [])])];
  return keys.filter((key) => !LIVE.has(key) && JSON.stringify(old?.get(key)) !== JSON.stringify(fresh?.get(key))).map((key) => `serve.${key}`);
}
