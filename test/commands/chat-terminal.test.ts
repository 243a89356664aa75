import { afterEach, describe, expect, it } from '@jest/globals';
import { ask, CHAT_FILES, isRestored, ready, readyAfter, startChat } from '../support/chat.js';
import { cleanUp } from '../support/massgen-process.js';
import { BOMB, closeTerminals, noTerminal, onTerminal } from '../support/terminal.js';

afterEach(async () => {
  await closeTerminals();
  await cleanUp();
});

/** Wants to know before it writes. */
const ASKING = { agents: [{ id: 'solo', tool_approval: 'ask', backend: { type: 'scripted', cwd: 'here', loop: true, script: [{ tool: { name: 'write_file', arguments: { path: 'f.txt', content: 'x' } } }, { text: 'It is written.' }] } }] };

const terminal = noTerminal === undefined ? describe : describe.skip;

terminal('massgen chat and the terminal it is on', () => {
  it('Ctrl-C stops the agents, keeps the best answer and comes back to the prompt; the agents are told next time', async () => {
    const run = startChat('talk');
    await ready(run);
    run.send('hi\r');
    await run.shows('word word');
    const from = run.output().length;
    run.send('\u0003');
    await run.shows('interrupted; this is the best answer so far', from);
    await ready(run, from);
    expect(run.output().slice(from)).toContain('The first answer.');
    run.send('/context\r');
    await run.shows('This turn was interrupted');
    run.send('\u0003\u0003');
    expect(await run.ended).toMatchObject({ code: 0, mode: 'cooked' });
  });

  it('leaves at once on a second Ctrl-C while the agents work, the terminal restored', async () => {
    const run = startChat('talk');
    await ready(run);
    run.send('hi\r');
    await run.shows('word word');
    run.send('\u0003\u0003');
    expect(await run.ended).toMatchObject({ code: 4, mode: 'cooked' });
    expect(isRestored(run.output())).toBe(true);
  });

  it('takes messages and commands while the agents work', async () => {
    const run = startChat('talk');
    await ready(run);
    run.send('hi\r');
    await run.shows('word word');
    run.send('\rthink of oil\r');
    await run.shows('message to all agents: think of oil');
    run.send('/votes\r');
    await run.shows('no votes yet');
    run.send('/save\r');
    await run.shows('/save has to wait until the agents are done');
    const from = run.output().length;
    run.send('/cancel\r');
    await readyAfter(run, 'interrupted; this is the best answer so far', from);
    run.send('\u0004');
    expect(await run.ended).toMatchObject({ code: 0 });
  });

  it.each(['SIGTERM', 'SIGHUP'] as const)('%s leaves, at the prompt and while the agents work, the terminal restored', async (signal) => {
    const [idle, busy] = [startChat('talk'), startChat('talk')];
    await Promise.all([ready(idle), ready(busy)]);
    busy.send('hi\r');
    await busy.shows('word word');
    for (const run of [idle, busy]) run.signal(signal);
    for (const run of [idle, busy]) {
      expect(await run.ended).toMatchObject({ code: 4, mode: 'cooked' });
      expect(isRestored(run.output())).toBe(true);
    }
    expect(busy.output()).toContain('The first answer.');
  });

  it('gives the terminal back on Ctrl-Z and takes it again on fg', async () => {
    const run = startChat('counts');
    await ready(run);
    run.send('half a que\u001a');
    expect(await run.stopped()).toBe('cooked');
    const from = run.output().length;
    run.signal('SIGCONT');
    await run.shows('half a que▏', from);
    await ask(run, 'stion', 'answer to <half a question>');
    run.send('\u0004');
    expect(await run.ended).toMatchObject({ code: 0, mode: 'cooked' });
  });

  it('restores the terminal when something in the program breaks', async () => {
    const run = startChat('counts', [], { files: { ...CHAT_FILES, ...BOMB.files }, env: BOMB.env });
    await ready(run);
    run.signal('SIGUSR2');
    expect(await run.ended).toMatchObject({ code: 2, mode: 'cooked' });
    expect(run.output()).toContain('unexpected error: boom');
    expect(isRestored(run.output())).toBe(true);
  });

  it('follows a resize, and clears nothing of what scrolled away', async () => {
    const run = startChat('counts', [], { columns: 200, rows: 50 });
    await ready(run);
    run.send(`long ${'word '.repeat(20)}stop`);
    await run.shows('word stop▏');
    const from = run.output().length;
    run.resize(40, 12);
    await run.shows(/> long(?: word){6}\r?\n/u, from);
    run.send('\r');
    await run.shows('answer to <long', from);
    await run.shows('1 exchange', from);
    run.send('\u0004');
    await run.ended;
    expect(run.output()).not.toMatch(/\u001b\[[23]J|\u001bc|\u001b\[\?1049h/u);
  });

  it('writes nothing that a terminal would obey, whoever said it', async () => {
    const run = startChat('hostile');
    await ready(run);
    await ask(run, '\u001b[200~\u001b]0;typed\u0007what \u009b2J is\u001b[2J it\u001b[201~', /a\s+b\s+c\s+d/u);
    await ask(run, '/context', 'you: what');
    await ask(run, '/inspect', 'question');
    run.send('\u0004');
    await run.ended;
    expect(run.output()).not.toMatch(/\u001b\]0;|\u001b\[2J|\u001b\[200~|\u009b|\u001bP|\u0007/u);
  });

  it.each([
    ['--accessible', ['--accessible'], {}],
    ['TERM=dumb', [], { TERM: 'dumb' }],
    ['a CI', [], { CI: 'true' }],
  ] as const)('is plain lines that nobody redraws: %s', async (_name, args, env) => {
    const run = startChat('counts', args, { env });
    await run.shows('\n> ');
    run.send('"""one\n');
    await run.shows('\n. ');
    run.send('two"""\n');
    await run.shows('answer to <one\r\ntwo>');
    run.send('/status\n');
    await run.shows('last turn: completed');
    run.send('\u0003');
    await run.shows('once more to leave');
    run.send('/quit\n');
    expect(await run.ended).toMatchObject({ code: 0, mode: 'cooked' });
    expect(run.output()).not.toMatch(/\u001b/u);
  });

  it.each([
    ['Ctrl-C', {}, '\u0003', 'stopping on SIGINT'],
    ['the end of its time', { timeout_settings: { orchestrator_timeout_seconds: 6 } }, '', 'the time limit is reached'],
  ] as const)('goes on in plain lines when a question is left unanswered: %s', async (_name, settings, keys, told) => {
    const run = startChat('asking', ['--accessible'], { files: { 'asking.json': { ...ASKING, ...settings } } });
    await run.shows('\n> ');
    run.send('hi\n');
    await run.shows('[y/N]');
    const from = run.output().length;
    run.send(keys);
    await run.shows(told, from);
    await run.shows('\n> ', from);
    // The next line is no answer to the question that nobody asks any more.
    run.send('/status\n');
    await run.shows('last turn: ', from);
    run.send('/quit\n');
    expect(await run.ended).toMatchObject({ code: 0, mode: 'cooked' });
  });

  it('stands behind massgen alone, and is not in the way of a CI', async () => {
    const [talk, ci] = [onTerminal([], { files: CHAT_FILES, columns: 110, env: { MASSGEN_CONFIG: 'counts.json' } }), onTerminal([], { files: CHAT_FILES, env: { CI: 'true' } })];
    await ready(talk);
    talk.send('\u0004');
    expect(await talk.ended).toMatchObject({ code: 0 });
    expect(await ci.ended).toMatchObject({ code: 0 });
    expect(ci.output()).toContain('COMMANDS');
  });
});
