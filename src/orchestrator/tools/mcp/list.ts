import { MAX_LISTED, MAX_PAGES } from './limits.js';
import type { RequestHow } from './calls.js';
import type { McpSession } from './session.js';

export interface Listed {
  readonly items: readonly unknown[];
  /** Why there may be more of them than these. */
  readonly cut?: string;
}

/** All pages of a list, as far as anybody would read them: hostile items, a limited number. */
export async function listAll(session: Pick<McpSession, 'request'>, method: string, key: string, how: RequestHow): Promise<Listed> {
  const items: unknown[] = [];
  const seen = new Set<string>();
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const result = await session.request(method, cursor === undefined ? {} : { cursor }, how);
    const found = result[key];
    if (Array.isArray(found)) items.push(...(found as readonly unknown[]).slice(0, MAX_LISTED + 1));
    if (items.length > MAX_LISTED) return { items: items.slice(0, MAX_LISTED), cut: `only its first ${MAX_LISTED} ${key} are taken` };
    const { nextCursor: next } = result;
    if (typeof next !== 'string') return { items };
    if (seen.has(next)) return { items, cut: `its list of ${key} goes in circles` };
    seen.add(next);
    cursor = next;
  }
  return { items, cut: `its list of ${key} has no end` };
}
