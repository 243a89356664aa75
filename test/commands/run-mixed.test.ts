import { LLMock } from '@copilotkit/aimock';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cleanUp, loggedEvents, massgen } from '../support/massgen-process.js';
import { closeTerminals, noTerminal, onTerminal } from '../support/terminal.js';

/** Four vendors, three dialects and a half: Responses (OpenAI, Grok), Messages, generateContent. */
const MODELS = { openai: 'gpt-5-mini', claude: 'claude-sonnet-4-5', gemini: 'gemini-2.5-flash', grok: 'grok-4' } as const;
const ANSWER = 'Gemini’s answer: 42.';

let mock: LLMock;

beforeEach(async () => {
  mock = new LLMock({ port: 0 });
  await mock.start();
  const hasSeen = (request: unknown): boolean => JSON.stringify(request).includes('answer: 42.');
  for (const [name, model] of Object.entries(MODELS)) {
    const content = name === 'gemini' ? ANSWER : `${name} gives an answer: 42.`;
    mock.on({ model, predicate: (request) => !hasSeen(request.messages) }, { toolCalls: [{ name: 'new_answer', arguments: JSON.stringify({ content }) }] });
  }
  // Places are given by the sorted ids: claude, gemini, grok, openai.
  mock.onMessage(/./, { toolCalls: [{ name: 'vote', arguments: JSON.stringify({ agent_id: 'agent2', reason: 'the best' }) }] });
});

afterEach(async () => {
  await closeTerminals();
  await cleanUp();
  await mock.stop();
});

const team = (): object => ({
  orchestrator: { skip_final_presentation: true },
  agents: Object.entries(MODELS).map(([type, model]) => ({ id: type, backend: { type, model, api_key: 'sk-mock', base_url: type === 'openai' || type === 'grok' ? `${mock.url}/v1` : mock.url, ...(type === 'openai' ? { api: 'responses' } : {}) } })),
});

const run = (...args: readonly string[]): ReturnType<typeof massgen> => massgen(['run', '--config', 'team.json', ...args, 'What is the answer?'], { files: { 'team.json': team() } });

describe('a team of OpenAI, Claude, Gemini and Grok comes to agree', () => {
  it('in plain lines', async () => {
    const { code, stdout, stderr, cwd } = await run('--display', 'plain');
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${ANSWER}\n` });
    for (const id of Object.keys(MODELS)) expect(stderr).toContain(`[${id}] votes for gemini (answer2.1): the best`);
    expect(stderr).toContain('winner: gemini (answer2.1); gemini 4 votes, unanimous');
    const asked = new Set(mock.getRequests().map(({ path }) => path.split('?')[0]));
    expect(asked).toEqual(new Set(['/v1/responses', '/v1/messages', '/v1beta/models/gemini-2.5-flash:streamGenerateContent']));
    expect(mock.getRequests()).toHaveLength(8);
    expect(loggedEvents(cwd).at(-1)).toMatchObject({ type: 'run-end', status: 'completed' });
  });

  it('in JSON events', async () => {
    const { code, stdout } = await run('--display', 'json');
    const events = stdout.trim().split('\n').map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    expect(code).toBe(0);
    expect(events.find(({ type }) => type === 'winner-select')).toMatchObject({ agent: 'gemini', unanimous: true });
    expect(events.filter(({ type }) => type === 'call-end').every(({ usageSource }) => usageSource === 'reported')).toBe(true);
  });

  it('in silence', async () => {
    expect(await run('--display', 'silent')).toMatchObject({ code: 0, stdout: `${ANSWER}\n`, stderr: '' });
  });

  it('for scripts', async () => {
    const { code, stdout } = await run('--automation');
    expect(code).toBe(0);
    expect(stdout).toContain('gemini');
  });

  (noTerminal === undefined ? it : it.skip)('live on a terminal', async () => {
    const { ended, output } = onTerminal(['run', '--config', 'team.json', 'What is the answer?'], { files: { 'team.json': team() } });
    expect(await ended).toMatchObject({ code: 0 });
    expect(output()).toMatch(/★ winner \(unanimous\)[\s\S]*Gemini’s answer: 42\./u);
  });
});
