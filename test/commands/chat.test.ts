import { readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ask, CHAT_FILES, isRestored, ready, sessionsOf, startChat, turnsOf } from '../support/chat.js';
import { cleanUp } from '../support/massgen-process.js';
import { closeTerminals, noTerminal, onTerminal } from '../support/terminal.js';

afterEach(async () => {
  await closeTerminals();
  await cleanUp();
});

const terminal = noTerminal === undefined ? describe : describe.skip;

terminal('massgen chat on a terminal', () => {
  it('asks question after question in one session, each with all that was said before, and says at the end how to go on', async () => {
    const run = startChat('counts');
    await ready(run);
    await ask(run, 'first', 'answer to <first>');
    await ask(run, 'second', 'answer to <second>');
    run.send('/quit\r');
    expect(await run.ended).toMatchObject({ code: 0, mode: 'cooked' });
    expect(isRestored(run.output())).toBe(true);
    expect(sessionsOf(run)).toHaveLength(1);
    expect(turnsOf(run).map(({ task, history }) => [task, history.map(({ text }) => text)])).toEqual([['first', []], ['second', ['first', 'answer to <first>']]]);
    expect(run.output()).toContain(`massgen: to go on: massgen chat --continue (later: --session-id ${sessionsOf(run)[0] ?? ''})`);
  });

  it('goes on with a session that was left', async () => {
    const run = onTerminal(['chat', '--continue'], { files: CHAT_FILES, columns: 110, env: { NO_COLOR: '1' }, through: 'node=$1; massgen=$2; "$node" "$massgen" run --config counts.json --display silent before >out.txt && "$@"' });
    await run.shows('after 1 earlier turn');
    await ready(run);
    await ask(run, 'and now', 'answer to <and now>');
    run.send('\u0004');
    expect(await run.ended).toMatchObject({ code: 0 });
    expect(turnsOf(run).map(({ history }) => history.length)).toEqual([0, 2]);
  });

  it('asks the first question at once when it is given', async () => {
    const run = startChat('counts', ['Why so?']);
    await run.shows('answer to <Why so?>');
    await ready(run);
    run.send('\u0004');
    expect(await run.ended).toMatchObject({ code: 0 });
  });

  it('has a command for what a person wants to look up', async () => {
    const run = startChat('agreed');
    await ready(run);
    expect(await ask(run, '/votes', 'nothing has been asked')).toContain('nothing has been asked in this conversation yet');
    await ask(run, 'hi', 'The agreed answer.');
    expect(await ask(run, '/votes', 'two for one')).toMatch(/one {2}█+ 2 votes {2}★ winner \(unanimous\)/u);
    expect(await ask(run, '/answers', 'answer2.1')).toMatch(/The agreed answer\. +│ Another answer\./u);
    expect(await ask(run, '/cost', 'reasoning')).toMatch(/agent +model +calls/u);
    expect(await ask(run, '/timeline', 'submits')).toContain('one submits answer1.1');
    expect(await ask(run, '/events 2', 'completed in')).not.toContain('submits');
    expect(await ask(run, '/status', 'last turn')).toMatch(/last turn: completed, one won[\s\S]*cost so far: \$0\.00 for 1 turn/u);
    expect(await ask(run, '/context', 'you: hi')).toContain('answer: The agreed answer.');
    expect(await ask(run, '/inspect 1', 'question   hi')).toContain('status     completed');
    expect(await ask(run, '/metrics', 'Tokens')).toMatch(/Tokens/u);
    expect(await ask(run, '/files', 'events.jsonl')).toContain('answer.txt');
    expect(await ask(run, '/agents', 'agent1 to the others')).toContain('two: scripted');
    expect(await ask(run, '/config', 'configuration: agreed.json')).toContain('time limit');
    expect(await ask(run, '/history hi', 'hi')).not.toContain('/votes');
    expect(await ask(run, '/help', '/cancel')).toContain('/timeline [TURN]');
    expect(await ask(run, '/help save', 'Markdown')).not.toContain('/cancel');
    run.send('\u0004');
    await run.ended;
  });

  it('saves the conversation, and begins another', async () => {
    const run = startChat('counts');
    await ready(run);
    await ask(run, 'first', 'answer to <first>');
    await ask(run, '/save talk.md', 'wrote');
    expect(readFileSync(path.join(run.cwd, 'talk.md'), 'utf8')).toBe('> first\n\nanswer to <first>\n');
    expect(await ask(run, '/save talk.md', 'exists already')).toContain('name another file');
    await ask(run, '/clear', 'a new conversation');
    await ask(run, 'second', 'answer to <second>');
    run.send('\u0004');
    await run.ended;
    expect(sessionsOf(run)).toHaveLength(2);
    expect(turnsOf(run, 1)[0]?.history).toEqual([]);
  });

  it('changes the model, and edits the configuration', async () => {
    const run = startChat('counts', [], { env: { EDITOR: `sed -i s/answer/reply/` } });
    await ready(run);
    expect(await ask(run, '/model other', 'solo: scripted other')).toContain('solo: scripted other');
    expect(await ask(run, '/model nobody other', 'there is no agent')).toContain('there is no agent "nobody"');
    await ask(run, '/config edit', 'read counts.json again');
    await ask(run, 'now', 'reply to <now>');
    run.send('\u0004');
    expect(await run.ended).toMatchObject({ code: 0, mode: 'cooked' });
  });

  it('says what a command may have been meant that it does not know, and asks what begins with two slashes', async () => {
    const run = startChat('counts');
    await ready(run);
    expect(await ask(run, '/votse', 'did you mean')).toContain('there is no command /votse; did you mean "/votes"?');
    await ask(run, '//votse', 'answer to </votse>');
    run.send('\u0004');
    await run.ended;
    expect(turnsOf(run)).toHaveLength(1);
  });

  it('completes commands and paths, and lets the agents read the files that a question names', async () => {
    const run = startChat('counts');
    await ready(run);
    run.send('/vo\t');
    await run.shows('> /votes');
    run.send('\u0003');
    const from = run.output().length;
    run.send('read @not\t');
    await run.shows('> read @notes.txt', from);
    await ask(run, '', 'answer to <read /');
    run.send('\u0004');
    await run.ended;
    const [turn] = turnsOf(run);
    expect(turn?.task).toBe(`read ${path.join(realpathSync(run.cwd), 'notes.txt')}`);
    expect(JSON.stringify(turn)).toContain('"permission":"read"');
  });

  it('takes several lines, pasted or between three quotes', async () => {
    const run = startChat('counts');
    await ready(run);
    run.send('"""one\r');
    await run.shows('  ▏');
    await ask(run, 'two"""', 'answer to <one');
    run.send('\u001b[200~three\rfour\u001b[201~');
    await run.shows('four▏');
    await ask(run, '', 'answer to <three');
    run.send('\u0004');
    await run.ended;
    expect(turnsOf(run).map(({ task }) => task)).toEqual(['one\ntwo', 'three\nfour']);
  });

  it('keeps what was asked for the next time, for nobody else to read, and finds it again', async () => {
    const run = startChat('counts');
    await ready(run);
    await ask(run, 'an old question', 'answer to');
    run.send('\u0012old');
    await run.shows('search: old▏');
    const from = run.output().length;
    run.send('\r');
    await run.shows('answer to <an old question>', from);
    await ready(run, from);
    run.send('\u0004');
    await run.ended;
    expect(readFileSync(path.join(run.cwd, '../home/.config/massgen/chat_history'), 'utf8')).toBe('"an old question"\n');
    expect(statSync(path.join(run.cwd, '../home/.config/massgen/chat_history')).mode & 0o777).toBe(0o600);
  });
});
