import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { isMap } from '../orchestrator/json-map.js';
import type { KeptSignIn, SignIns } from '../orchestrator/tools/mcp/sign-in.js';
import { writePrivate } from './write-private.js';

/** A file for each server, which says whose it is. */
function fileOf(folder: string, url: string): string {
  const host = new URL(url).host.replace(/[^A-Za-z0-9.-]+/gu, '_');
  return path.join(folder, `${host}-${createHash('sha256').update(url).digest('hex').slice(0, 12)}.json`);
}

async function read(file: string): Promise<KeptSignIn> {
  try {
    const kept: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (!isMap(kept)) return {};
    const { client, tokens } = kept;
    return { ...(isMap(client) && typeof client['client_id'] === 'string' ? { client: client as KeptSignIn['client'] & object } : {}), ...(isMap(tokens) && typeof tokens['access_token'] === 'string' ? { tokens: tokens as KeptSignIn['tokens'] & object } : {}) };
  } catch {
    return {};
  }
}

/** Where the user's sign-ins at MCP servers are kept: one file a server in this folder, which only the user may read. Nothing of them is in a log. */
export function openSignIns(folder: string, openDesk?: SignIns['openDesk']): SignIns {
  const turns = new Map<string, Promise<unknown>>();
  const queued = <Value>(key: string, work: () => Promise<Value>): Promise<Value> => {
    const next = (turns.get(key) ?? Promise.resolve()).then(work);
    turns.set(key, next.catch(() => undefined));
    return next;
  };
  return {
    read: (url) => read(fileOf(folder, url)),
    change: (url, change) => {
      const file = fileOf(folder, url);
      return queued(file, async () => writePrivate(file, JSON.stringify({ server: url, ...change(await read(file)) }, null, 2)));
    },
    ...(openDesk === undefined ? {} : { openDesk }),
    inTurn: (url, work) => queued(url, work),
  };
}
