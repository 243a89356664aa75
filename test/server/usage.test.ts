import { afterEach, describe, expect, it } from '@jest/globals';
import { createRunFold } from '../../src/server/runs/fold-run.js';
import { closeServers } from '../support/backend-servers.js';
import { playRun } from '../support/engine-run.js';
import { fakeBackend, finish, toolCall, usage, vote } from '../support/fake-backend.js';
import { cleanUp } from '../support/massgen-process.js';
import { askMessage } from '../support/messages.js';
import { bodyOf, framesOf, serveHere, stopServers, type TestServer } from '../support/server.js';
import { aloneAt, startVendor } from '../support/vendor.js';

afterEach(async () => {
  await stopServers();
  await closeServers();
  await cleanUp();
});

const TEXT = 'A hundred words or so. '.repeat(20);
const agent = (id: string): object => ({ id, backend: { type: 'scripted', loop: true, script: [{ answer: TEXT, usage: { input: 10, output: 300 } }, { vote: 'agent1', usage: { input: 20, output: 30 } }, { text: 'Short.', usage: { input: 40, output: 5 } }] } });
// Two answers, two votes, and the presentation where there is one.
const TEAM = { agents: [agent('one'), agent('two')] };
const SUM = { prompt_tokens: 60, completion_tokens: 660, total_tokens: 720, cached_tokens: 0, reasoning_tokens: 0 };
const PRESENTED = { prompt_tokens: 100, completion_tokens: 665, total_tokens: 765, cached_tokens: 0, reasoning_tokens: 0 };

const streamed = async ({ chat }: TestServer, more: object): Promise<unknown> => (framesOf(await (await chat({ stream: true, stream_options: { include_usage: true }, ...more })).text()).at(-2)!.data as { usage: unknown }).usage;

describe('the usage of a reply', () => {
  it('is the sum over all agents where the caller sets no limit', async () => {
    const server = await serveHere({ config: TEAM });
    const expected = { prompt_tokens: 60, completion_tokens: 660, total_tokens: 720 };
    const body = await bodyOf(await server.chat());
    expect([body.usage, body.massgen_metadata.usage]).toMatchObject([expected, SUM]);
    expect(await streamed(server, {})).toMatchObject(expected);
    expect((await bodyOf(await server.post('/v1/responses', { input: 'Hello!' }))).usage).toMatchObject({ input_tokens: 60, output_tokens: 660, total_tokens: 720 });
    expect((await bodyOf(await server.post('/v1/completions', { prompt: 'Hello!' }))).usage).toMatchObject(expected);
  });

  it('is of the call that wrote it where the caller sets one, and the sum is beside it', async () => {
    const server = await serveHere({ config: TEAM });
    const expected = { prompt_tokens: 40, completion_tokens: 5, total_tokens: 45 };
    for (const limit of [{ max_tokens: 8 }, { max_completion_tokens: 8 }]) {
      const body = await bodyOf(await server.chat(limit));
      expect([body.usage, body.massgen_metadata.usage]).toMatchObject([expected, PRESENTED]);
      expect(await streamed(server, limit)).toMatchObject(expected);
    }
    const response = await bodyOf(await server.post('/v1/responses', { input: 'Hello!', max_output_tokens: 8 }));
    expect([response.usage, response.massgen_metadata.usage]).toMatchObject([{ input_tokens: 40, output_tokens: 5, total_tokens: 45 }, PRESENTED]);
    expect((await bodyOf(await server.post('/v1/completions', { prompt: 'Hello!', max_tokens: 8 }))).usage).toMatchObject(expected);
    const message = await bodyOf(await askMessage(server, { max_tokens: 8 }));
    expect([message.usage, message.massgen_metadata.usage]).toMatchObject([{ input_tokens: 40, output_tokens: 5 }, PRESENTED]);
  });

  it('is no more than the limit for an answer that stood already and is short enough', async () => {
    const wordy = (id: string): object => ({ id, backend: { type: 'scripted', loop: true, script: [{ answer: 'Lima.', usage: { input: 10, output: 300 } }, { vote: 'agent1' }] } });
    const server = await serveHere({ config: { agents: [wordy('one'), wordy('two')] } });
    expect((await bodyOf(await server.chat({ max_tokens: 8 }))).usage).toMatchObject({ prompt_tokens: 10, completion_tokens: 8, total_tokens: 18 });
    expect((await bodyOf(await askMessage(server, { max_tokens: 8 }))).usage).toMatchObject({ input_tokens: 10, output_tokens: 8 });
  });

  it('keeps what was cached of the call that wrote an answer which stood already', async () => {
    const replies = [[...toolCall('new_answer', { content: 'Lima.' }), usage(10, 300, { cachedInputTokens: 4, reasoningTokens: 20 }), finish('tool-calls')], vote('agent1')];
    const { events } = await playRun({ one: fakeBackend(...replies), two: fakeBackend(...replies) }, { settings: { strategy: 'auto' } });
    const take = createRunFold({ place: { sessionId: 's', configUsed: 'c', logDirectory: null, finalAnswerPath: null }, level: 'off', agentTools: false, notes: [], live: true });
    expect(events.flatMap((event) => take(event)).at(-1)).toMatchObject({ type: 'done', delivered: { inputTokens: 10, outputTokens: 300, cachedInputTokens: 4, reasoningTokens: 20 } });
  });

  it('is what the provider said of a single agent, also beyond the limit', async () => {
    const vendor = await startVendor(() => ({ text: 'More.', usage: { prompt_tokens: 7, completion_tokens: 9 } }));
    const { chat } = await serveHere({ config: aloneAt(vendor.url) });
    expect((await bodyOf(await chat({ max_tokens: 8 }))).usage).toMatchObject({ completion_tokens: 9, total_tokens: 16 });
  });
});

describe('log probabilities', () => {
  it('are refused rather than left out unsaid', async () => {
    const { chat } = await serveHere({ config: TEAM });
    const response = await chat({ logprobs: true });
    expect([response.status, (await bodyOf(response)).error]).toEqual([400, { message: 'logprobs are not served: ask without them', type: 'invalid_request_error', param: 'logprobs', code: 'unsupported_value' }]);
    expect((await chat({ logprobs: false })).status).toBe(200);
  });
});
