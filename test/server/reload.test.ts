import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { cleanUp, temporaryFolder } from '../support/massgen-process.js';
import { bodyOf, serveHere, stopServers, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

afterEach(async () => {
  await stopServers();
  await cleanUp();
});

const saying = (text: string): object => ({ id: 'solo', backend: { type: 'scripted', loop: true, script: [{ text }] } });

interface Reloading extends TestServer {
  readonly write: (file: string, content: object) => void;
  /** Resolves when the model says this. */
  readonly says: (model: string, text: string) => Promise<void>;
  /** Resolves when this was the last thing to be reported. */
  readonly reported: (last: string | RegExp) => Promise<void>;
}

/** A write may be seen in two steps, and be read twice: tests wait for what comes of it in the end. */
async function reloading(config: object): Promise<Reloading> {
  const cwd = temporaryFolder();
  mkdirSync(cwd, { recursive: true });
  const write = (file: string, content: object): void => {
    writeFileSync(path.join(cwd, file), JSON.stringify(content));
  };
  write('team.yaml', config);
  const server = await serveHere({ cwd, config: 'team.yaml', reload: true });
  return {
    ...server,
    write,
    says: (model, text) => until(async () => (await bodyOf(await server.chat({ model }))).choices[0].message.content === text),
    reported: (last) => until(() => {
      const report = server.reports.at(-1) ?? '';
      return typeof last === 'string' ? report === last : last.test(report);
    }),
  };
}

describe('a configuration that is read again', () => {
  it('may name files that it did not name before, which are looked at from then on', async () => {
    const { write, says } = await reloading({ agent: saying('team') });
    write('other.yaml', { agent: saying('old') });
    write('team.yaml', { agent: saying('team'), serve: { models: { other: 'other.yaml' } } });
    await says('other', 'old');
    write('other.yaml', { agent: saying('new') });
    await says('other', 'new');
  });

  it('may say another thing of the server itself, which it learns when it is started anew, and says so', async () => {
    const { write, get, reported } = await reloading({ agent: saying('a'), serve: { reasoning: 'off' } });
    write('team.yaml', { agent: saying('b'), serve: { reasoning: 'full', api_key: 'a-secret' } });
    await reported('the configuration was read again; of serve.reasoning, serve.api_key the server learns only when it is started anew');
    expect((await get('/v1/models')).status).toBe(200);
    write('team.yaml', { agent: saying('c'), serve: { reasoning: 'off' } });
    await reported('the configuration was read again');
  });

  it('warns as it does at the start, once', async () => {
    const { write, reported, says, reports } = await reloading({ agent: saying('a') });
    const strange = (text: string): object => ({ agent: { favourite_colour: 'red', ...saying(text) } });
    write('team.yaml', strange('b'));
    await reported(/team\.yaml.*favourite_colour/u);
    write('team.yaml', strange('c'));
    await says('massgen', 'c');
    expect(reports.filter((report) => report.includes('favourite_colour'))).toHaveLength(1);
  });
});
