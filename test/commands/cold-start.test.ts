import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BINARY, cleanUp, start } from '../support/massgen-process.js';

/** Writes down, when the process first connects to somebody, which of Node's own modules and which scripts it has loaded. */
const WITNESS = `
  const channel = require('node:diagnostics_channel');
  channel.subscribe('net.client.socket', function first() {
    channel.unsubscribe('net.client.socket', first);
    require('node:v8').takeCoverage();
    require('node:fs').writeFileSync('builtins.json', JSON.stringify(process.moduleLoadList));
  });
`;

interface Coverage {
  readonly result: readonly { readonly url: string }[];
}

let provider: Server;

beforeAll(async () => {
  provider = createServer((_request, response) => response.writeHead(401).end('{"error":{"message":"no"}}'));
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
});

afterAll(async () => {
  provider.close();
  await cleanUp();
});

/** What `massgen run` has loaded when it makes its first connection. */
async function loadedByRun(type: string): Promise<{ builtins: readonly string[]; scripts: readonly string[] }> {
  const { port } = provider.address() as AddressInfo;
  const backend = { type, model: 'm', base_url: `http://127.0.0.1:${String(port)}/v1`, api_key: 'sk-mock' };
  const files = { 'witness.cjs': WITNESS, 'team.json': { agents: ['a', 'b'].map((id) => ({ id, backend })) } };
  const { cwd } = await start([process.execPath, '--require', './witness.cjs', BINARY, 'run', '--config', 'team.json', 'Why so?'], { files, env: { NODE_V8_COVERAGE: 'coverage' } }).ended;
  const folder = path.join(cwd, 'coverage');
  const [first = ''] = readdirSync(folder).sort((one, other) => Number(/-(\d+)\.json$/.exec(one)?.[1]) - Number(/-(\d+)\.json$/.exec(other)?.[1]));
  const { result } = JSON.parse(readFileSync(path.join(folder, first), 'utf8')) as Coverage;
  return {
    builtins: JSON.parse(readFileSync(path.join(cwd, 'builtins.json'), 'utf8')) as string[],
    scripts: result.map(({ url }) => url).filter((url) => url.startsWith('file:') && !url.endsWith('witness.cjs')),
  };
}

describe('massgen run, up to its first request', () => {
  it.each(['chatcompletion', 'claude'])('leaves Node’s own fetch asleep (%s)', async (type) => {
    const { builtins } = await loadedByRun(type);
    expect(builtins).toContain('NativeModule net');
    expect(builtins.filter((name) => name.includes('undici'))).toEqual([]);
  });

  it('opens few files, and none of a package', async () => {
    const { scripts } = await loadedByRun('chatcompletion');
    expect(scripts.length).toBeGreaterThan(5);
    expect(scripts.length).toBeLessThanOrEqual(40);
    expect(scripts.filter((url) => url.includes('/node_modules/'))).toEqual([]);
    // One sign beyond Latin-1, and V8 keeps two bytes for each of a file.
    expect(scripts.filter((url) => /[^\u0000-\u00ff]/u.test(readFileSync(fileURLToPath(url), 'utf8')))).toEqual([]);
  });
});

const { Headers: Own } = (await import(fileURLToPath(new URL('../../scripts/sdk-headers.js', import.meta.url)))) as { Headers: typeof Headers };

describe('the headers of the bundled SDKs', () => {
  it('are what Node’s are', () => {
    for (const Each of [Headers, Own]) {
      const headers = new Each({ 'X-Two': 'a' });
      headers.append('x-two', ' b ');
      headers.set('Authorization', 'Bearer key');
      headers.append('accept', '*/*');
      headers.delete('ACCEPT');
      expect([...headers]).toEqual([['authorization', 'Bearer key'], ['x-two', 'a, b']]);
      expect([headers.get('AUTHORIZATION'), headers.get('accept'), headers.has('X-TWO'), headers.has('accept')]).toEqual(['Bearer key', null, true, false]);
      expect(new Headers([...headers.entries()]).get('x-two')).toBe('a, b');
      for (const bad of ['line\nbreak', 'смысл']) expect(() => headers.set('x-key', bad)).toThrow();
      expect(() => headers.append('no name', 'x')).toThrow();
    }
  });

  it('know Node’s as headers, and nothing else', () => {
    expect([new Headers(), new Own()].map((each) => each instanceof Own)).toEqual([true, true]);
    expect([{}, [], new Map(), undefined, null, 'text'].map((each) => each instanceof Own)).toEqual([false, false, false, false, false, false]);
  });
});
