import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, describe, expect, it } from '@jest/globals';
import Serve from '../../../src/commands/serve.js';
import { toServeOptions, type ServeFlagValues } from '../../../src/commands/base/serve-flags.js';
import { startLines } from '../../../src/commands/ui/serve-lines.js';
import { openapiDocument } from '../../../src/server/openapi.js';
import { cleanUp } from '../../support/massgen-process.js';
import { askMessage, messageBody, WEATHER } from '../../support/messages.js';
import { AGREED, looped } from '../../support/scripts.js';
import { bodyOf, serveHere, stopServers } from '../../support/server.js';

afterEach(async () => {
  await stopServers();
  await cleanUp();
});

const TEAM = looped(AGREED);

describe('a port of --anthropic-completions', () => {
  it('speaks Anthropic’s API and no other', async () => {
    const server = await serveHere({ config: TEAM, port: 0, anthropicPorts: [0, 0] });
    expect(server.urls).toHaveLength(3);
    const [main = '', ...others] = server.urls;
    for (const url of others) {
      const models = await bodyOf(await fetch(`${url}/v1/models`));
      expect(models).toMatchObject({ data: [{ type: 'model', id: 'massgen' }, { type: 'model', id: 'one' }, { type: 'model', id: 'two' }], has_more: false, first_id: 'massgen', last_id: 'two' });
      expect(models).not.toHaveProperty('object');
      expect(await bodyOf(await fetch(`${url}/v1/models/one`))).toMatchObject({ type: 'model', id: 'one' });
      const chat = await fetch(`${url}/v1/chat/completions`, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } });
      expect([chat.status, (await bodyOf(chat)).error.type]).toEqual([404, 'not_found_error']);
      expect((await fetch(`${url}/health`)).status).toBe(200);
      const message = await fetch(`${url}/v1/messages`, { method: 'POST', body: JSON.stringify(messageBody()), headers: { 'content-type': 'application/json' } });
      expect((await bodyOf(message)).content).toEqual([{ type: 'text', text: 'The agreed answer.' }]);
    }
    expect(await bodyOf(await fetch(`${main}/v1/models`))).toMatchObject({ object: 'list', data: [{ object: 'model', id: 'massgen' }, {}, {}] });
    expect((await server.chat()).status).toBe(200);
  });

  it('is the only one unless another is asked for, with places of its own', async () => {
    const plan = async (options: object): Promise<unknown> => (await serveHere({ config: TEAM, completionPorts: undefined as never, ...options })).server.plan.listeners.map(({ only, concurrency }) => [only, concurrency]);
    expect(await plan({ port: undefined, anthropicPorts: [0], anthropicConcurrency: 2, concurrency: 7 })).toEqual([['messages', 2]]);
    expect(await plan({ port: 0, completionPorts: [0], anthropicPorts: [0], concurrency: 7 })).toEqual([[undefined, 7], [undefined, 7], ['messages', 7]]);
  });

  it('is a flag that may be repeated', () => {
    expect(toServeOptions({ 'anthropic-completions': [8083, 8084], 'anthropic-completions-concurrency': 3 } satisfies ServeFlagValues, undefined)).toEqual({ anthropicPorts: [8083, 8084], anthropicConcurrency: 3 });
    expect(Serve.flags['anthropic-completions'].multiple).toBe(true);
  });

  it('is named when the server starts', () => {
    expect(startLines([{ url: 'http://localhost:8083', host: '0.0.0.0', only: 'messages' }], ['massgen'], undefined)[0]).toBe('massgen: listening on http://localhost:8083 (0.0.0.0), Anthropic API at http://localhost:8083/v1/messages');
  });
});

describe('the OpenAPI description', () => {
  const { components } = openapiDocument('1') as { readonly components: { readonly schemas: Readonly<Record<string, object>> } };
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ $id: 'all', components });
  const faults = (name: string, value: unknown): unknown => {
    const validate = ajv.compile({ $ref: `all#/components/schemas/${name}` });
    return validate(value) ? [] : validate.errors;
  };

  it('describes requests and replies as they are', async () => {
    const server = await serveHere({ config: TEAM, strictModels: true });
    const asked = messageBody({ thinking: { type: 'enabled', budget_tokens: 1024 }, max_tokens: 2000, tools: [WEATHER] });
    expect(faults('MessagesRequest', asked)).toEqual([]);
    expect(faults('MessagesRequest', {})).not.toEqual([]);
    expect(faults('Message', await bodyOf(await askMessage(server, asked)))).toEqual([]);
    expect(faults('MessageError', await bodyOf(await askMessage(server, { model: 'nobody' })))).toEqual([]);
    expect(faults('AnthropicModelPage', await bodyOf(await server.get('/v1/models', { headers: { 'anthropic-version': '2023-06-01' } })))).toEqual([]);
  });
});
