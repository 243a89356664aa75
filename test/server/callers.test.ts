import { afterEach, describe, expect, it } from '@jest/globals';
import { closeServers } from '../support/backend-servers.js';
import { cleanUp } from '../support/massgen-process.js';
import { ECHO, looped } from '../support/scripts.js';
import { serveHere, stopServers } from '../support/server.js';

afterEach(async () => {
  await stopServers();
  await closeServers();
  await cleanUp();
});

const PROXIES = [
  'Forwarded', 'Via', 'CDN-Loop', 'X-Forwarded', 'X-Forwarded-For', 'X-Forwarded-Host', 'X-Forwarded-Proto', 'X-Forwarded-Port', 'X-Forwarded-Server', 'X-Forwarded-Prefix',
  'X-Original-Forwarded-For', 'X-Original-Host', 'X-Real-IP', 'X-Client-IP', 'X-Cluster-Client-IP', 'X-Remote-Addr', 'X-ProxyUser-Ip', 'True-Client-IP', 'Fastly-Client-IP', 'Fly-Client-IP',
  'CF-Connecting-IP', 'CF-Ray', 'DO-Connecting-IP', 'X-Azure-ClientIP', 'X-Envoy-External-Address', 'X-AppEngine-User-IP', 'X-ARR-LOG-ID',
];
/** What programs on this machine send of themselves. */
const OWN = ['X-Request-Id', 'X-Stainless-Lang', 'Anthropic-Beta', 'OpenAI-Organization', 'Traceparent', 'X-Amzn-Trace-Id', 'Origin', 'X-Zip', 'Viability'];

describe('a caller without a key', () => {
  it('is nobody of this machine when a proxy passed its request on, whichever way it says so', async () => {
    const { get } = await serveHere({ config: looped(ECHO) });
    const refused = async (names: readonly string[]): Promise<readonly string[]> => {
      const statuses = await Promise.all(names.map(async (name) => (await get('/v1/sessions', { headers: { [name]: '203.0.113.9' } })).status));
      return names.filter((_name, index) => statuses[index] === 404);
    };
    expect(await refused(PROXIES)).toEqual(PROXIES);
    expect(await refused(OWN)).toEqual([]);
  });
});

describe('a limit of requests', () => {
  it('is for each key, whatever ports it uses', async () => {
    const { urls } = await serveHere({ config: looped(ECHO), port: 0, completionPorts: [0], anthropicPorts: [0], apiKey: ['k', 'other'], rateLimit: 2 });
    expect(urls).toHaveLength(3);
    const ask = async (key: string): Promise<readonly number[]> => {
      const statuses: number[] = [];
      for (const url of urls) statuses.push((await fetch(`${url}/v1/models`, { headers: { 'x-api-key': key } })).status);
      return statuses;
    };
    expect(await ask('k')).toEqual([200, 200, 429]);
    expect(await ask('other')).toEqual([200, 200, 429]);
  });
});
