import type { Schema } from './schema/types.js';

/** Whether a key has no effect yet where it stands, beside its backend's `type`: some wait for most backends and work with one. */
export function waits(schema: Schema | undefined, beside: object | undefined): boolean {
  if (schema?.['x-status'] !== 'planned') return false;
  const type = beside !== undefined && 'type' in beside ? beside.type : undefined;
  return !(schema['x-works-with'] ?? []).some((name) => name === type);
}
