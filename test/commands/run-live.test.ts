import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { cleanUp, loggedEvents, massgen } from '../support/massgen-process.js';
import { AGREED, STUCK } from '../support/scripts.js';
import { until } from '../support/until.js';
import { BOMB, closeTerminals, noTerminal, onTerminal, THROUGH_SHELL, type TerminalRun } from '../support/terminal.js';

afterEach(async () => {
  await closeTerminals();
  await cleanUp();
});

const slow = (answer: string): object => ({ pace: 0.05, answer });
/** Talks for half a minute. */
const TALKATIVE = { agents: [{ id: 'one', backend: { type: 'scripted', loop: true, script: [slow('word '.repeat(600)), { vote: 'agent1' }] } }, { id: 'two', backend: { type: 'scripted', loop: true, script: [{ answer: 'Another answer.' }, { vote: 'agent1' }] } }] };
const HOSTILE = { agents: [{ id: 'solo', backend: { type: 'scripted', script: [{ pace: 0.01, text: 'a \u001b]0;owned\u0007 b \u001b[2J c \u001b[200~ d \u009b31m e \u001bP1q\u001b\\ f' }] } }] };
/** Asks before the view is there. */
const ASKING = { agents: [{ id: 'solo', tool_approval: 'ask', backend: { type: 'scripted', cwd: 'here', script: [{ tool: { name: 'write_file', arguments: { path: 'f.txt', content: 'x' } } }, { text: 'It is written.' }] } }] };
const FILES = { 'asking.json': ASKING, 'agreed.json': AGREED, 'stuck.json': STUCK, 'talk.json': TALKATIVE, 'hostile.json': HOSTILE };

const start = (config: string, args: readonly string[] = [], setting: Parameters<typeof onTerminal>[1] = {}): TerminalRun => onTerminal(['run', '--config', `${config}.json`, ...args, 'hi'], { files: FILES, ...setting });

const ESCAPE = /\u001b/u;
const COLOUR = /\u001b\[(?!\?)[\d;]+m/u;
/** The cursor is shown again after it was last hidden, and pastes are no longer marked. */
const isRestored = (output: string): boolean => output.lastIndexOf('\u001b[?25h') > output.lastIndexOf('\u001b[?25l') && output.lastIndexOf('\u001b[?2004l') > output.lastIndexOf('\u001b[?2004h');

const terminal = noTerminal === undefined ? describe : describe.skip;

terminal('massgen run on a terminal', () => {
  it('shows the run live, its summary and the answer, and leaves the terminal as it was', async () => {
    const { ended, output } = start('agreed', [], { env: { NO_COLOR: '1' } });
    expect(await ended).toMatchObject({ code: 0, mode: 'cooked' });
    expect(output()).toMatch(/two votes for one[\s\S]*★ winner \(unanimous\)[\s\S]*winner: one[\s\S]*log: [\s\S]*The agreed answer\./u);
    expect(isRestored(output())).toBe(true);
  });

  it('does not look for Ink’s debugger because DEV is set', async () => {
    const { ended, output } = start('agreed', [], { env: { NO_COLOR: '1', DEV: 'true' } });
    expect(await ended).toMatchObject({ code: 0, mode: 'cooked' });
    expect(output()).toContain('★ winner (unanimous)');
  });

  it('draws on the terminal and writes the answer alone when stdout goes elsewhere', async () => {
    const { ended, output, cwd } = start('agreed', [], { through: '"$@" > answer.md' });
    await ended;
    expect(readFileSync(path.join(cwd, 'answer.md'), 'utf8')).toBe('The agreed answer.\n');
    expect(output()).toContain('★ winner');
  });

  it.each([
    ['TERM=dumb', { TERM: 'dumb' }, []],
    ['in a CI', { CI: 'true' }, []],
    ['--accessible', {}, ['--accessible']],
    ['MASSGEN_ACCESSIBLE', { MASSGEN_ACCESSIBLE: '1' }, []],
    ['--display plain', {}, ['--display', 'plain']],
  ] as const)('writes plain lines that stay: %s', async (_name, env, args) => {
    const { ended, output } = start('agreed', args, { env });
    expect(await ended).toMatchObject({ code: 0 });
    expect(output()).toContain('votes for one');
    expect(output().replaceAll(new RegExp(COLOUR, 'gu'), '')).not.toMatch(ESCAPE);
  });

  it('uses colours unless NO_COLOR says no', async () => {
    const [coloured, plain] = [start('agreed'), start('agreed', [], { env: { NO_COLOR: '1' } })];
    await Promise.all([coloured.ended, plain.ended]);
    expect(coloured.output()).toMatch(COLOUR);
    expect(plain.output()).not.toMatch(COLOUR);
    expect(plain.output()).toContain('★ winner');
  });

  it.each([
    ['q', (run: TerminalRun) => run.send('q')],
    ['Ctrl-C', (run: TerminalRun) => run.send('\u0003')],
    ['SIGINT', (run: TerminalRun) => run.signal('SIGINT')],
    ['SIGTERM', (run: TerminalRun) => run.signal('SIGTERM')],
    ['SIGHUP', (run: TerminalRun) => run.signal('SIGHUP')],
  ])('%s stops the run, keeps the best answer and restores the terminal', async (_name, stop) => {
    const run = start('stuck');
    await run.shows('submits answer1.1');
    stop(run);
    expect(await run.ended).toMatchObject({ code: 4, mode: 'cooked' });
    expect(run.output()).toMatch(/once more to leave at once[\s\S]*The first answer\./u);
    expect(isRestored(run.output())).toBe(true);
  });

  it('leaves at once on a second Ctrl-C, the terminal restored', async () => {
    const run = start('talk');
    await run.shows('word word');
    run.send('\u0003\u0003');
    expect(await run.ended).toMatchObject({ code: 4, mode: 'cooked' });
    expect(isRestored(run.output())).toBe(true);
  });

  it('restores the terminal when something in the program breaks', async () => {
    const run = start('talk', [], { files: { ...FILES, ...BOMB.files }, env: BOMB.env });
    await run.shows('word word');
    run.signal('SIGUSR2');
    expect(await run.ended).toMatchObject({ code: 2, mode: 'cooked' });
    expect(run.output()).toContain('unexpected error: boom');
    expect(isRestored(run.output())).toBe(true);
  });

  it('gives the terminal back on Ctrl-Z and takes it again on fg', async () => {
    const run = start('talk');
    await run.shows('word word');
    run.send('\u001a');
    expect(await run.stopped()).toBe('cooked');
    const before = run.output().length;
    expect(isRestored(run.output())).toBe(true);
    run.signal('SIGCONT');
    await run.shows('massgen answering', before);
    run.send('q');
    expect(await run.ended).toMatchObject({ code: 4, mode: 'cooked' });
    expect(run.output().slice(before)).toContain('massgen answering');
  });

  it('wipes nothing away on fg that the shell has written meanwhile', async () => {
    const run = start('talk');
    await run.shows('word word');
    run.send('\u001a');
    await run.stopped();
    const from = run.output().length;
    run.signal('SIGCONT');
    await run.shows('massgen answering', from);
    const again = run.output().slice(from);
    expect(again.slice(0, again.indexOf('massgen answering'))).not.toMatch(/\u001b\[\d*[AK]/u);
    run.send('q');
    await run.ended;
  });

  it('follows a resize, and clears nothing of what scrolled away', async () => {
    const run = start('talk', [], { columns: 200, rows: 50, env: { NO_COLOR: '1' } });
    await run.shows('word word');
    run.resize(40, 12);
    await run.shows(new RegExp(`${'─'.repeat(40)}\r?\n`, 'u'));
    run.resize(90, 40);
    await run.shows(new RegExp(`[^─]${'─'.repeat(90)}\r?\n`, 'u'));
    run.send('q');
    await run.ended;
    expect(run.output()).not.toMatch(/\u001b\[[23]J|\u001bc|\u001b\[\?1049h/u);
  });

  it('sends a message to all agents and ends the discussion, both in the log', async () => {
    const run = start('talk');
    await run.shows('word word');
    run.send('\r');
    await run.shows('Enter sends');
    run.send('\u001b[200~think of\u001b]0;x\u0007 oil\u001b[201~\r');
    await run.shows('message to all agents: think of');
    run.send('f');
    expect(await run.ended).toMatchObject({ code: 0 });
    const events = loggedEvents(run.cwd);
    expect(events.find(({ type }) => type === 'message-add')).toMatchObject({ text: 'think of oil' });
    expect(events.some(({ type }) => type === 'answer-request')).toBe(true);
    expect(run.output()).toContain('Another answer.');
  });

  it('stops the agent that is shown, and the others go on', async () => {
    const run = start('talk');
    await run.shows('word word');
    run.send('1x');
    expect(await run.ended).toMatchObject({ code: 0 });
    expect(loggedEvents(run.cwd).find(({ type }) => type === 'agent-fail')).toMatchObject({ agent: 'one', error: { code: 'agent-stopped' } });
    expect(run.output()).toContain('stopped by user');
  });

  it('takes an answer to what was asked before the view was there', async () => {
    const { ended, output, send, cwd } = start('asking', [], { env: { NO_COLOR: '1' } });
    await until(() => output().includes('y: yes   n: no'));
    send('y');
    expect(await ended).toMatchObject({ code: 0, mode: 'cooked' });
    expect(loggedEvents(cwd)).toContainEqual(expect.objectContaining({ type: 'tool-end', status: 'ok' }));
  });

  it.each([
    ['the prompt', ['run', '--config', 'agreed.json'], 'What should the agents answer?', 'hi\r', 'The agreed answer.'],
    ['an approval', ['run', '--config', 'asking.json', '--display', 'plain', 'hi'], '[y/N]', 'y\r', 'It is written.'],
  ] as const)('goes on after Ctrl-Z and fg where it asks on the bare terminal: %s', async (_name, args, question, reply, answer) => {
    const { ended, output, send, shows } = onTerminal(args, { files: FILES, through: THROUGH_SHELL });
    await shows(question);
    send('\u001a');
    await shows('in the shell: icanon');
    // The line is drawn again, at its beginning.
    await shows('\u001b[1G', output().indexOf('in the shell'));
    send(reply);
    expect(await ended).toMatchObject({ code: 0, mode: 'cooked' });
    expect(output()).toContain(answer);
  });

  it('lets nothing come between a question in plain lines and its answer', async () => {
    const two = { id: 'two', backend: { type: 'scripted', loop: true, script: [{ delay: 0.5, text: 'Beside the question.' }] } };
    const { ended, output, send, shows, cwd } = onTerminal(['run', '--config', 'both.json', '--display', 'plain', 'hi'], { files: { 'both.json': { agents: [ASKING.agents[0], two] } }, env: { NO_COLOR: '1' } });
    await shows('[y/N]');
    await until(() => loggedEvents(cwd).some(({ type, agent }) => type === 'call-end' && agent === 'two'));
    expect(output().slice(output().indexOf('May it?'))).not.toContain('two');
    const from = output().length;
    send('y\r');
    await shows('[two] | Beside the question.', from);
    send('\u0003');
    expect(await ended).toMatchObject({ mode: 'cooked' });
  });

  it('lets no agent write to the terminal', async () => {
    const { ended, output } = start('hostile');
    await ended;
    expect(output()).not.toMatch(/\u001b\]0;|\u001b\[2J|\u001b\[200~|\u009b|\u001bP|\u0007/u);
    expect(output()).toMatch(/a\s+b\s+c\s+d/u);
  });
});

describe('massgen run that nobody watches', () => {
  it.each(['auto', 'plain', 'json', 'silent'])('loads nothing of the live view: --display %s', async (display) => {
    const hook = `data:text/javascript,import{register}from"node:module";register("data:text/javascript,import{appendFileSync}from'node:fs';export async function load(u,c,n){appendFileSync('loaded.txt',u+'\\n');return n(u,c)}")`;
    const { cwd, code } = await massgen(['run', '--config', 'agreed.json', '--display', display, 'hi'], { files: FILES, env: { NODE_OPTIONS: `--import=${encodeURI(hook).replaceAll('%7B', '{').replaceAll('%7D', '}')}` } });
    const loaded = readFileSync(path.join(cwd, 'loaded.txt'), 'utf8');
    expect(code).toBe(0);
    expect(loaded).toContain('dist/commands/run.js');
    expect(loaded).not.toMatch(/show-live|react|node_modules\/ink|markdown/u);
  });

  it('refuses a live view where there is no terminal', async () => {
    const { code, stderr } = await massgen(['run', '--config', 'agreed.json', '--display', 'live', 'hi'], { files: FILES });
    expect({ code, stderr }).toEqual({ code: 1, stderr: 'massgen: --display live cannot be: standard error is no terminal; use --display plain\n' });
  });
});
