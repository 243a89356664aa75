import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Expense } from '../../../../src/orchestrator/protocol.js';
import type { Tool, Toolbox, ToolContext, ToolOutcome, ToolResult } from '../../../../src/orchestrator/tools/contract.js';
import { legalName } from '../../../../src/orchestrator/tools/toolbox/legal-name.js';
import { openToolbox } from '../../../../src/orchestrator/tools/toolbox/toolbox.js';
import { tool, toolboxOf, toolboxSettings, toolContext, toolSource } from '../../../support/tools.js';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const names = (box: Toolbox): readonly string[] => box.tools().map(({ name }) => name);
const call = (box: Toolbox, name: string, given: unknown = {}, context = toolContext()): Promise<ToolResult> => box.call({ id: '1', name, argumentsText: typeof given === 'string' ? given : JSON.stringify(given) }, context);

describe('the names of a toolbox', () => {
  it('are those of its tools where vendors take them, and go back to them where not', async () => {
    const long = `mcp__server__${'x'.repeat(80)}`;
    const box = await toolboxOf([tool('read_file'), tool('mcp__a.b__get thing'), tool(long), tool('1st'), tool('früh')]);
    expect(names(box)[0]).toBe('read_file');
    for (const name of names(box)) expect(name).toMatch(/^[A-Za-z_][A-Za-z0-9_-]{0,63}$/u);
    expect(new Set(names(box)).size).toBe(5);
    for (const name of names(box)) expect(await call(box, name, { n: 1 })).toEqual({ status: 'ok', text: '{"n":1}' });
  });

  it('are other than those of coordination', () => {
    for (const name of ['new_answer', 'vote', 'submit', 'restart_orchestration']) expect(legalName(name)).not.toBe(name);
  });

  it('are unique: of two tools of one name the first is there, and the agent is told', async () => {
    const box = await toolboxOf([tool('go', () => ({ text: 'first' })), tool('go', () => ({ text: 'second' }))]);
    expect(names(box)).toEqual(['go']);
    expect(await call(box, 'go')).toMatchObject({ text: 'first' });
    expect(box.notes()).toEqual(['Two of your tools are called go: only the first is there.']);
  });

  it('are understood as people write them, and what is none is said so', async () => {
    const box = await toolboxOf([tool('mcp__a.b__c'), tool('read_file', undefined, { aliases: ['file_read'] })]);
    expect(await call(box, 'mcp__a.b__c')).toMatchObject({ status: 'ok' });
    expect(await call(box, 'file_read')).toMatchObject({ status: 'ok' });
    expect(await call(box, 'nothing')).toMatchObject({ status: 'failed', text: expect.stringContaining('There is no tool nothing. You have: ') });
  });
});

describe('the filters of a toolbox', () => {
  const all = [tool('read_file'), tool('write_file', undefined, { aliases: ['file_write'] }), tool('mcp__git__push', undefined, { aliases: ['push'] }), tool('mcp__git__log', undefined, { aliases: ['log'] })];

  it.each([
    ['the only ones by name', { allowed: [['read_file']] }, ['read_file']],
    ['by bare name and glob', { allowed: [['log', '*_file']] }, ['read_file', 'write_file', 'mcp__git__log']],
    ['every list', { allowed: [['*_file', 'log'], ['log']] }, ['mcp__git__log']],
    ['none of an empty list', { allowed: [[]] }, []],
    ['all but what is denied', { denied: ['mcp__git__*'] }, ['read_file', 'write_file']],
    ['nothing that is denied though it is allowed', { allowed: [['*']], denied: ['file_write', 'mcp__git'] }, ['read_file']],
  ])('let in %s', async (_what, change, expected) => {
    expect(names(await toolboxOf(all, change))).toEqual(expected);
  });

  it('are said to leave nothing where a list means none of what there is', async () => {
    const notes = (await toolboxOf(all, { allowed: [['raed_file', 'mcp__none__*']] })).notes();
    expect(notes).toEqual([expect.stringMatching(/^Of the tools that there are \(4\) none is among the allowed ones \(raed_file, mcp__none__\*\)/)]);
    expect((await toolboxOf(all, { allowed: [[]] })).notes()).toEqual([]);
  });

  it('hold for the call, too', async () => {
    const box = await toolboxOf(all, { denied: ['write_file'] });
    expect(await call(box, 'write_file')).toMatchObject({ status: 'failed' });
  });
});

describe('the arguments of a call', () => {
  const strict: Tool = tool('add', undefined, { parameters: { type: 'object', properties: { n: { type: 'number' } }, required: ['n'], additionalProperties: false } });

  it.each([
    ['no JSON', '{"n":', 'The arguments are not JSON'],
    ['no object', '[1]', 'The arguments must be a JSON object.'],
    ['another type', '{"n":"1"}', 'arguments/n must be number'],
    ['something missing', '{}', "must have required property 'n'"],
    ['something more', '{"n":1,"m":2}', 'must NOT have additional properties'],
  ])('are refused before the tool runs: %s', async (_what, given, message) => {
    expect(await call(await toolboxOf([strict]), 'add', given)).toMatchObject({ status: 'failed', text: expect.stringContaining(message) });
  });

  it('may be none at all', async () => {
    expect(await call(await toolboxOf([tool('go')]), 'go', '')).toMatchObject({ status: 'ok', text: '{}' });
  });

  it('may have a tuple, as newer schemas write it', async () => {
    const pair = { type: 'object', properties: { at: { type: 'array', prefixItems: [{ type: 'string' }, { type: 'number' }], items: false } } };
    const box = await toolboxOf([tool('pair', undefined, { parameters: pair })]);
    expect(await call(box, 'pair', { at: ['x', 1] })).toMatchObject({ status: 'ok' });
    expect(await call(box, 'pair', { at: [1, 1] })).toMatchObject({ status: 'failed', text: expect.stringContaining('arguments/at/0 must be string') });
    expect(await call(box, 'pair', { at: ['x', 1, 2] })).toMatchObject({ status: 'failed', text: expect.stringContaining('must NOT have more than 2 items') });
  });

  it('pass where the schema is none that can be compiled, or would take for ever', async () => {
    const broken = tool('broken', undefined, { parameters: { type: 'object', properties: { a: { $ref: 'https://example.com/x' } } } });
    const slow = tool('slow', undefined, { parameters: { type: 'object', properties: { a: { type: 'string', pattern: '^(a+)+$' } } } });
    const box = await toolboxOf([broken, slow]);
    expect(await call(box, 'broken', { a: 1 })).toMatchObject({ status: 'ok' });
    expect(await call(box, 'slow', { a: `${'a'.repeat(40)}!` })).toMatchObject({ status: 'ok' });
  });
});

describe('what a tool answers', () => {
  it('is failed where it says so, and where it throws', async () => {
    const box = await toolboxOf([tool('says', () => ({ text: 'no such file', failed: true })), tool('throws', () => Promise.reject(new Error('broken')))]);
    expect(await call(box, 'says')).toEqual({ status: 'failed', text: 'no such file' });
    expect(await call(box, 'throws')).toEqual({ status: 'failed', text: 'broken' });
  });

  it.each([['a text', 'broken', 'broken'], ['what is like an error', { message: 'broken' }, 'broken'], ['nothing', undefined, 'it failed without a reason'], ['anything', { code: 5 }, 'it failed without a reason']])('is failed where it throws %s', async (_what, thrown, text) => {
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- modules of the user's do
    const box = await toolboxOf([tool('throws', () => Promise.reject(thrown))]);
    expect(await call(box, 'throws')).toEqual({ status: 'failed', text });
  });

  it('is freed of what no terminal and no vendor takes', async () => {
    const box = await toolboxOf([tool('go', () => ({ text: 'a\u0000b\u001b[31mred\ud800' }))]);
    expect(await call(box, 'go')).toEqual({ status: 'ok', text: 'abred\ufffd' });
  });

  it('goes to a file when it is long, with its head and tail shown', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'toolbox-'));
    folders.push(folder);
    const text = `BEGIN${'x'.repeat(5000)}END`;
    const box = await toolboxOf([tool('go', () => ({ text }))], { resultLimit: 400, resultFolder: path.join(folder, 'a') });
    const result = await call(box, 'go');
    expect(result.text.length).toBeLessThan(700);
    expect(result.text).toMatch(/^BEGIN[\s\S]*END$/u);
    const [file] = readdirSync(path.join(folder, 'a'));
    expect(result.text).toContain(`the whole result is in ${path.join(folder, 'a', file!)}`);
    expect(readFileSync(path.join(folder, 'a', file!), 'utf8')).toBe(text);
  });

  it('is told and kept without secrets, also where it fails or says how far it is', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'toolbox-'));
    folders.push(folder);
    const told: string[] = [];
    const mask = (text: string): string => text.replaceAll('s3cret', '***');
    const tools = [tool('says', () => ({ text: 's3cret!' })), tool('throws', () => Promise.reject(new Error('s3cret?'))), tool('long', (_args, { progress }) => (progress('at s3cret'), { text: `s3cret${'x'.repeat(500)}` }))];
    const box = await toolboxOf(tools, { mask, resultLimit: 100, resultFolder: folder });
    expect([(await call(box, 'says')).text, (await call(box, 'throws')).text]).toEqual(['***!', '***?']);
    const { text } = await call(box, 'long', {}, toolContext({ progress: (message) => void told.push(message) }));
    expect([text.slice(0, 5), ...told]).toEqual(['***xx', 'at ***']);
    expect(readFileSync(path.join(folder, readdirSync(folder)[0]!), 'utf8')).toBe(`***${'x'.repeat(500)}`);
  });

  it('is cut where there is no folder', async () => {
    const box = await toolboxOf([tool('go', () => ({ text: 'x'.repeat(5000) }))], { resultLimit: 400 });
    expect((await call(box, 'go')).text).toContain('4600 of 5000 characters are left out here: ask for less');
  });
});

describe('the limits of a call', () => {
  it('end it when its time is over, and its tool is told', async () => {
    const reasons: unknown[] = [];
    const box = await toolboxOf([tool('hang', (_args, { signal }) => new Promise(() => signal.addEventListener('abort', () => reasons.push((signal.reason as Error).name))), { timeoutMs: 30 })]);
    expect(await call(box, 'hang')).toEqual({ status: 'timeout', text: 'No result after 0.03 s: it was given up.' });
    expect(reasons).toEqual(['TimeoutError']);
  });

  it('count anew from each word of progress', async () => {
    const works = tool(
      'works',
      async (_args, { progress }) => {
        for (let step = 0; step < 10; step += 1) {
          await sleep(40);
          progress('on');
        }
        return { text: 'done' };
      },
      { timeoutMs: 200 },
    );
    expect(await call(await toolboxOf([works]), 'works')).toEqual({ status: 'ok', text: 'done' });
  });

  it('end it at once when it is aborted, whether or not the tool obeys', async () => {
    const stop = new AbortController();
    const box = await toolboxOf([tool('deaf', () => new Promise(() => undefined))]);
    const result = call(box, 'deaf', {}, toolContext({ signal: stop.signal }));
    stop.abort();
    expect(await result).toMatchObject({ status: 'aborted' });
    expect(await call(box, 'deaf', {}, toolContext({ signal: stop.signal }))).toMatchObject({ status: 'aborted' });
  });

  describe.each(['aborted', 'timeout'] as const)('with a tool that spends (%s)', (status) => {
    const expense = (inputTokens: number): Expense => ({ usage: { inputTokens, outputTokens: 1 }, costMicros: inputTokens });
    const broken = async (run: (context: ToolContext) => Promise<ToolOutcome>): Promise<ToolResult> => {
      const stop = new AbortController();
      const begin = (_args: unknown, context: ToolContext): Promise<ToolOutcome> => {
        if (status === 'aborted') setImmediate(() => stop.abort());
        return run(context);
      };
      const box = await toolboxOf([tool('ask', begin, { timeoutMs: status === 'timeout' ? 30 : 60_000 })]);
      return call(box, 'ask', {}, toolContext({ signal: stop.signal }));
    };

    it('hear its last word of what it had spent', async () => {
      const result = await broken(async ({ signal, spent }) => {
        spent(expense(10));
        if (!signal.aborted) await once(signal, 'abort');
        await sleep(20);
        spent(expense(25));
        return { text: 'too late' };
      });
      expect(result).toMatchObject({ status, spent: expense(25) });
      expect(result.text).not.toContain('too late');
    });

    it('hear it also where it fails, and do not wait for one that goes on and on', async () => {
      const failing = async ({ signal, spent }: ToolContext): Promise<ToolOutcome> => {
        spent(expense(10));
        if (!signal.aborted) await once(signal, 'abort');
        throw new Error('broken off');
      };
      expect(await broken(failing)).toMatchObject({ status, spent: expense(10) });
      const deaf = ({ spent }: ToolContext): Promise<ToolOutcome> => {
        spent(expense(10));
        return new Promise(() => undefined);
      };
      expect(await broken(deaf)).toMatchObject({ status, spent: expense(10) });
    });
  });

  it('count what a tool spent, however it ends', async () => {
    const total: Expense = { usage: { inputTokens: 3, outputTokens: 4 }, costMicros: null };
    const fails = (_args: unknown, { spent }: ToolContext): never => {
      spent(total);
      throw new Error('no');
    };
    expect(await call(await toolboxOf([tool('fails', fails)]), 'fails')).toEqual({ status: 'failed', text: 'no', spent: total });
  });

  it('notice an agent that makes the same call again and again', async () => {
    let runs = 0;
    const box = await toolboxOf([tool('look', () => ({ text: `same${(runs += 1) && ''}` })), tool('write', () => ({ text: 'ok' }), { effects: 'workspace' })]);
    const texts: ToolResult[] = [];
    for (let turn = 0; turn < 6; turn += 1) texts.push(await call(box, 'look', { at: 1 }));
    expect(texts[1]?.text).toBe('same');
    expect(texts[2]?.text).toContain('You have made this same call 3 times');
    expect(texts[5]).toMatchObject({ status: 'refused', text: expect.stringContaining('Do something else') });
    expect(runs).toBe(5);
    await call(box, 'write');
    expect(await call(box, 'look', { at: 1 })).toEqual({ status: 'ok', text: 'same' });
  });
});

describe('the rules of a toolbox', () => {
  it('are asked before a tool runs, with what it would get', async () => {
    const ran: string[] = [];
    const box = await toolboxOf([tool('go', () => ({ text: String(ran.push('go')) }))], { rules: [() => null, ({ name }, { n }) => (n === 1 ? `${name} is not for now` : null)] });
    expect(await call(box, 'go', { n: 1 })).toEqual({ status: 'refused', text: 'go is not for now' });
    expect(await call(box, 'go', { n: 2 })).toMatchObject({ status: 'ok' });
    expect(ran).toEqual(['go']);
  });

  it('refuse where they fail themselves', async () => {
    const box = await toolboxOf([tool('go')], { rules: [() => Promise.reject(new Error('no hook'))] });
    expect(await call(box, 'go')).toMatchObject({ status: 'refused', text: expect.stringContaining('no hook') });
  });
});

describe('the sources of a toolbox', () => {
  it('are listened to, closed, and missed when they cannot be opened', async () => {
    const source = toolSource([tool('one')], ['a note']);
    const box = await openToolbox([() => Promise.resolve(source), () => Promise.reject(new Error('no such program'))], toolboxSettings(), new AbortController().signal);
    expect(box.notes()).toEqual(['Some of your tools are not there: no such program', 'a note']);
    let changes = 0;
    box.onChange(() => (changes += 1));
    source.change([tool('one'), tool('two')]);
    expect([changes, names(box)]).toEqual([1, ['one', 'two']]);
    await box.close();
    expect(source.isClosed()).toBe(true);
  });
});
