import { createConfig, lintFromString } from '@redocly/openapi-core';
import { afterEach, describe, expect, it } from '@jest/globals';
import { cleanUp } from '../support/massgen-process.js';
import { ECHO, looped } from '../support/scripts.js';
import { bodyOf, serveHere, stopServers } from '../support/server.js';

afterEach(async () => {
  await stopServers();
  await cleanUp();
});

describe('the OpenAPI description', () => {
  it.each([
    ['every API', { port: 0 }],
    ['Anthropic’s alone', { port: undefined as never, anthropicPorts: [0] }],
  ])('of a port that speaks %s has nothing that Redocly’s linter would object to, by its recommended rules, errors and warnings', async (_which, ports) => {
    const { get } = await serveHere({ config: looped(ECHO), ...ports });
    const source = await (await get('/openapi.json')).text();
    const problems = await lintFromString({ source, absoluteRef: '/openapi.json', config: await createConfig({ extends: ['recommended-strict'] }) });
    expect(problems.map(({ ruleId, message, location: [place] }) => `${ruleId}: ${message} at ${place?.pointer ?? ''}`)).toEqual([]);
  });

  it('has examples that are answered', async () => {
    const { get, post } = await serveHere({ config: looped(ECHO) });
    const { paths } = (await bodyOf(await get('/openapi.json'))) as { paths: Record<string, { post?: { requestBody?: { content: Record<string, { example: unknown }> } } }> };
    const examples = Object.entries(paths).flatMap(([path, { post: operation }]) => (operation?.requestBody === undefined ? [] : [[path, operation.requestBody.content['application/json']?.example] as const]));
    expect(examples).toHaveLength(5);
    for (const [path, example] of examples) expect([path, (await post(path, example)).status]).toEqual([path, 200]);
  });

  it.each([
    ['every API', { port: 0 }],
    ['Anthropic’s alone', { port: undefined as never, anthropicPorts: [0] }],
  ])('of a port that speaks %s names every route that answers, and none that does not', async (_which, ports) => {
    const { get } = await serveHere({ config: looped(ECHO), ...ports });
    const { paths } = (await bodyOf(await get('/openapi.json'))) as { paths: Record<string, Record<string, object>> };
    for (const [path, item] of Object.entries(paths)) {
      for (const method of ['get', 'post', 'delete'].filter((each) => each in item)) {
        const response = await get(path.replace('{id}', 'nobody').replace('{response_id}', 'nobody'), { method: method.toUpperCase(), ...(method === 'post' ? { body: '{}', headers: { 'content-type': 'application/json' } } : {}) });
        const text = await response.text();
        expect([path, method, response.status, text.includes('massgen serves')]).not.toEqual([path, method, 405, expect.anything()]);
        if (response.status === 404) expect(text).toMatch(/nobody|No agent/u);
      }
    }
  });
});
