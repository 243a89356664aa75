import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { closeServers } from '../support/backend-servers.js';
import { cleanUp } from '../support/massgen-process.js';
import { breaksOff, responds, says, soloAt, startProvider } from '../support/provider.js';
import { AGREED, ECHO, looped, REFUSED } from '../support/scripts.js';
import { bodyOf, framesOf, joined, serveHere, stopServers } from '../support/server.js';

afterEach(async () => {
  await stopServers();
  await closeServers();
  await cleanUp();
});

const TEAM = looped(AGREED);

describe('a chat completion of a team', () => {
  it('is the documented one', async () => {
    const { chat, cwd } = await serveHere({ config: TEAM });
    const response = await chat({ model: 'massgen' });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    const body = await bodyOf(response);
    expect(body).toEqual({
      id: expect.stringMatching(/^chatcmpl-req_[0-9a-f]{32}$/),
      object: 'chat.completion',
      created: expect.any(Number),
      model: 'massgen',
      choices: [{ index: 0, message: { role: 'assistant', content: 'The agreed answer.', reasoning_content: expect.stringContaining('[orchestrator] Winner: one with 2 of 2 votes') }, finish_reason: 'stop' }],
      usage: { prompt_tokens: expect.any(Number), completion_tokens: expect.any(Number), total_tokens: expect.any(Number), prompt_tokens_details: { cached_tokens: 0 }, completion_tokens_details: { reasoning_tokens: 0 } },
      massgen_metadata: expect.objectContaining({
        session_id: expect.stringMatching(/^api_session_\d{8}_\d{6}_[0-9a-f]{32}$/),
        config_used: 'object',
        log_directory: expect.stringMatching(/^\.massgen\/massgen_logs\/log_\d{8}_\d{6}_\d{6}$/),
        selected_agent: 'one',
        vote_results: expect.objectContaining({ vote_counts: { one: 2 }, winner: 'one', is_tie: false }),
        answers: [
          { label: 'answer1.1', agent_id: 'one', content: 'The agreed answer.' },
          { label: 'answer2.1', agent_id: 'two', content: 'Another answer.' },
        ],
        agent_mapping: { agent1: 'one', agent2: 'two' },
      }),
    });
    expect(body.massgen_metadata.final_answer_path).toBe(`${body.massgen_metadata.log_directory as string}/turn_1/final`);
    expect(readFileSync(path.join(cwd, body.massgen_metadata.final_answer_path, 'one/answer.txt'), 'utf8')).toBe('The agreed answer.');
    expect(existsSync(path.join(cwd, body.massgen_metadata.log_directory, 'turn_1/events.jsonl'))).toBe(true);
    expect(response.headers.get('x-massgen-session')).toBe(body.massgen_metadata.session_id);
  });

  it('counts the tokens of every call once', async () => {
    const usage = { input: 10, output: 3 };
    const agent = (id: string): object => ({ id, backend: { type: 'scripted', loop: true, script: [{ answer: 'Same.', usage }, { vote: 'agent1', usage }] } });
    const { chat } = await serveHere({ config: { agents: [agent('one'), agent('two')] } });
    const reply = await bodyOf(await chat());
    const { usage: streamed } = framesOf(await (await chat({ stream: true, stream_options: { include_usage: true } })).text()).at(-2)!.data;
    expect(reply.usage).toMatchObject({ prompt_tokens: 40, completion_tokens: 12, total_tokens: 52 });
    expect(streamed).toMatchObject({ prompt_tokens: 40, completion_tokens: 12, total_tokens: 52 });
  });

  it('streams role, what happens, the answer, the finish, the usage, the end', async () => {
    const { chat } = await serveHere({ config: TEAM });
    const response = await chat({ stream: true, stream_options: { include_usage: true } });
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const frames = framesOf(await response.text());
    expect(frames[0]!.data).toMatchObject({ object: 'chat.completion.chunk', model: 'massgen', choices: [{ index: 0, delta: { role: 'assistant' }, finish_reason: null }], usage: null });
    expect(frames.at(-1)!.data).toBe('[DONE]');
    expect(frames.at(-2)!.data).toMatchObject({ choices: [], usage: { total_tokens: expect.any(Number) } });
    expect(frames.at(-3)!.data).toMatchObject({ choices: [{ delta: {}, finish_reason: 'stop' }], massgen_metadata: { selected_agent: 'one', answers: [{ label: 'answer1.1' }, { label: 'answer2.1' }] } });
    const chunks = frames.slice(0, -1).map(({ data }) => data as { id: string; created: number; model: string; choices: [{ delta: object }] });
    expect(new Set(chunks.map(({ id, created, model }) => `${id} ${String(created)} ${model}`)).size).toBe(1);
    expect(joined(frames)).toMatchObject({ content: 'The agreed answer.', roles: ['assistant'], done: true });
    const kinds = chunks.slice(1, -2).map(({ choices }) => Object.keys(choices[0].delta)[0]);
    expect(kinds.lastIndexOf('reasoning_content')).toBeLessThan(kinds.indexOf('content'));
  });

  it('leaves out the usage chunk unless it is asked for', async () => {
    const { chat } = await serveHere({ config: TEAM });
    const frames = framesOf(await (await chat({ stream: true })).text());
    expect(frames.every(({ data }) => data === '[DONE]' || data.usage === undefined)).toBe(true);
  });

  it('tells as much of how it came about as is wanted', async () => {
    const { chat } = await serveHere({ config: TEAM });
    const reasoning = async (level: string): Promise<string> => joined(framesOf(await (await chat({ stream: true, massgen: { reasoning: level } })).text())).reasoning;
    expect(await reasoning('off')).toBe('');
    expect(await reasoning('summary')).not.toContain('Another answer.');
    const full = await reasoning('full');
    expect(full).toMatch(/\[two\] Another answer\./);
    expect(full).toContain('[two] Vote: one (answer1.1)');
    expect((await bodyOf(await chat({ massgen: { reasoning: 'off' } }))).choices[0].message).toEqual({ role: 'assistant', content: 'The agreed answer.' });
    expect((await bodyOf(await chat({ reasoning_effort: 'none' }))).choices[0].message).not.toHaveProperty('reasoning_content');
    expect((await bodyOf(await chat({ reasoning_effort: 'none', massgen: { reasoning: 'summary' } }))).choices[0].message.reasoning_content).toContain('Winner: one');
    expect((await bodyOf(await chat({ massgen: { reasoning: 'loud' } }))).error).toMatchObject({ param: 'massgen.reasoning', type: 'invalid_request_error' });
  });

  it('is an error when no agent answered, never a 200', async () => {
    const { chat } = await serveHere({ config: REFUSED });
    const response = await chat();
    expect(response.status).toBe(502);
    expect(await bodyOf(response)).toEqual({ error: { message: expect.stringContaining('no agent answered'), type: 'server_error', param: null, code: 'agents_failed' } });
    const frames = framesOf(await (await chat({ stream: true })).text());
    expect(frames.at(-1)!.data).toEqual({ error: { message: expect.stringContaining('no agent answered'), type: 'server_error', param: null, code: 'agents_failed' } });
  });

  it('is a 504 when the time is over before there is an answer', async () => {
    const silent = { type: 'scripted', loop: true, script: [{ fault: 'silence' }] };
    const config = { agents: ['one', 'two'].map((id) => ({ id, backend: silent })), timeout_settings: { orchestrator_timeout_seconds: 0.3 } };
    const { chat } = await serveHere({ config });
    const response = await chat();
    expect([response.status, (await bodyOf(response)).error.code]).toEqual([504, 'run_timeout']);
  });

  it('is a 500 with its code when a key is missing', async () => {
    const { chat, server } = await serveHere({ config: { agents: [{ id: 'one', backend: { type: 'openai', model: 'gpt-4o' } }] } });
    expect(server.isRunning()).toBe(true);
    const response = await chat();
    expect(response.status).toBe(500);
    expect((await bodyOf(response)).error).toMatchObject({ code: 'key_missing', message: expect.stringContaining('OPENAI_API_KEY') });
  });
});

describe('a chat completion of one agent', () => {
  it('is under its bare name, with a UUID', async () => {
    const { chat } = await serveHere({ config: looped(ECHO) });
    for (const model of ['solo', 'massgen:solo', 'openfang:solo', 'agentpool:solo']) {
      const reply = await bodyOf(await chat({ model }));
      expect(reply.model).toBe('solo');
      expect(reply.id).toMatch(/^chatcmpl-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }
  });

  it('passes tokens straight through as they come', async () => {
    let send: (text: string | null) => void = () => undefined;
    const begun = new Promise<void>((resolve) => {
      void startProvider((_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        send = (text) => {
          if (text === null) response.end(`data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n`);
          else response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: text } }] })}\n\n`);
        };
        resolve();
      }).then(({ url }) => {
        address = url;
        ready();
      });
    });
    let address = '';
    let ready = (): void => undefined;
    await new Promise<void>((resolve) => {
      ready = resolve;
    });
    const { chat } = await serveHere({ config: soloAt(address) as never, env: { STAND_IN_KEY: 'k' } });
    const asked = chat({ model: 'solo', stream: true });
    await begun;
    send('One ');
    const reader = (await asked).body!.getReader();
    const decoder = new TextDecoder();
    const next = async (): Promise<string> => decoder.decode((await reader.read()).value);
    expect(joined(framesOf(await next())).content).toBe('One ');
    send('two');
    expect(joined(framesOf(await next())).content).toBe('two');
    send(null);
    expect(framesOf(await next()).at(-1)!.data).toBe('[DONE]');
  });

  it('answers with the text of its provider', async () => {
    const { url, heard } = await startProvider(says('Hello! How can I help you today?'));
    const { chat } = await serveHere({ config: soloAt(url) as never, env: { STAND_IN_KEY: 'k' } });
    const body = await bodyOf(await chat({ model: 'solo' }));
    expect(body.choices).toEqual([{ index: 0, message: { role: 'assistant', content: 'Hello! How can I help you today?' }, finish_reason: 'stop' }]);
    expect(heard).toHaveLength(1);
  });

  it('fails with a status while nothing has been sent, and with a frame after', async () => {
    const refusing = await startProvider(responds(400, '{"error":{"message":"no such model"}}', { 'content-type': 'application/json' }));
    const breaking = await startProvider(breaksOff('Half of', 'end'));
    const one = await serveHere({ config: soloAt(refusing.url) as never, env: { STAND_IN_KEY: 'k' } });
    const before = await one.chat({ model: 'solo', stream: true });
    expect([before.status, before.headers.get('content-type')]).toEqual([502, 'application/json; charset=utf-8']);
    expect((await bodyOf(before)).error.message).toContain('no such model');
    const other = await serveHere({ config: soloAt(breaking.url) as never, env: { STAND_IN_KEY: 'k' } });
    const after = await other.chat({ model: 'solo', stream: true });
    expect(after.status).toBe(200);
    const frames = framesOf(await after.text());
    expect(joined(frames.slice(0, -1)).content).toBe('Half of');
    expect(frames.at(-1)!.data).toEqual({ error: { message: expect.stringContaining('broke off'), type: 'server_error', param: null, code: 'backend_reset' } });
  });

  it('keeps conversations of different clients apart', async () => {
    const { chat } = await serveHere({ config: looped(ECHO), concurrency: 20 });
    const questions = Array.from({ length: 20 }, (_unused, index) => `question ${String(index)}`);
    const answers = await Promise.all(questions.map(async (content) => (await bodyOf(await chat({ model: 'solo', messages: [{ role: 'user', content }] }))).choices[0].message.content as string));
    expect(answers).toEqual(questions.map((question) => `<${question}>`));
  });
});
