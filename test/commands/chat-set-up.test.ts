import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ready, startChat } from '../support/chat.js';
import { cleanUp } from '../support/massgen-process.js';
import { closeTerminals, noTerminal, THROUGH_SHELL } from '../support/terminal.js';

afterEach(async () => {
  await closeTerminals();
  await cleanUp();
});

const terminal = noTerminal === undefined ? describe : describe.skip;

terminal('the first conversation of all', () => {
  it('offers to set things up, takes the key unseen and goes on with the new team', async () => {
    const run = startChat(null);
    await run.shows('Set up massgen now?');
    run.send('\r');
    await run.shows('Number [1]: ');
    run.send('grok\r');
    await run.shows('XAI_API_KEY of Grok');
    run.send('\u001b[200~xai-secret-12345\u001b[201~\r');
    await run.shows('For which folders?');
    run.send('1\r');
    await run.shows('Which team?');
    run.send('2\r');
    await ready(run);
    run.send('/agents\r');
    await run.shows('agent_a: grok');
    run.send('\u0004');
    expect(await run.ended).toMatchObject({ code: 0, mode: 'cooked' });
    const folder = path.join(run.cwd, '../home/.config/massgen');
    expect(readFileSync(path.join(folder, '.env'), 'utf8')).toBe('XAI_API_KEY=xai-secret-12345\n');
    expect(statSync(path.join(folder, '.env')).mode & 0o777).toBe(0o600);
    expect(readFileSync(path.join(folder, 'config.yaml'), 'utf8')).toContain('type: grok');
    expect(run.output()).not.toContain('xai-secret');
  });

  it('keeps other lines of a .env, warns before it is committed, and takes an example as the team', async () => {
    const run = startChat(null, [], { files: { '.env': 'OTHER=1\nOPENAI_API_KEY=\n' }, through: 'mkdir .git && "$@"' });
    await run.shows('Set up massgen now?');
    run.send('y');
    await run.shows('Number [1]: ');
    run.send('1\r');
    await run.shows('OPENAI_API_KEY of OpenAI');
    // Whoever reads the complaint may paste the key at once, and even before it is there.
    run.send('short\rsk-secret-1234');
    await run.shows('that is no key');
    run.send('5\r');
    await run.shows('For which folders?');
    run.send('2\r');
    await run.shows('Which team?');
    run.send('3\r');
    await ready(run);
    run.send('\u0004');
    await run.ended;
    expect(run.output()).toContain('.env is not in .gitignore');
    expect(readFileSync(path.join(run.cwd, '.env'), 'utf8')).toBe('OTHER=1\nOPENAI_API_KEY=sk-secret-12345\n');
    expect(existsSync(path.join(run.cwd, '.massgen/config.yaml'))).toBe(true);
    expect(run.output()).not.toContain('sk-secret');
  });

  it('goes on after Ctrl-Z and fg, at each of its questions', async () => {
    const run = startChat(null, [], { through: THROUGH_SHELL });
    const suspend = async (question: string): Promise<void> => {
      await run.shows(question);
      const from = run.output().length;
      run.send('\u001a');
      await run.shows('in the shell: icanon', from);
      await run.shows(question, from);
    };
    await suspend('Set up massgen now?');
    run.send('\r');
    await suspend('Number [1]: ');
    run.send('grok\r');
    await suspend('XAI_API_KEY of Grok');
    run.send('xai-secret-12345\r');
    await run.shows('For which folders?');
    run.send('\u0004');
    expect(await run.ended).toMatchObject({ mode: 'cooked' });
    expect(run.output()).not.toContain('xai-secret');
  });

  it('shows no key after Ctrl-Z where there is no shell to go back to', async () => {
    const run = startChat(null);
    await run.shows('Set up massgen now?');
    run.send('\r');
    await run.shows('Number [1]: ');
    run.send('grok\r');
    await run.shows('XAI_API_KEY of Grok');
    run.send('\u001a');
    // By the second complaint Ctrl-Z has had all its effects.
    for (let complaints = 0; complaints < 2; complaints += 1) {
      const from = run.output().length;
      run.send('short\r');
      await run.shows(/that is no key[\s\S]*XAI_API_KEY of Grok/u, from);
    }
    run.send('xai-secret-12345\r');
    await run.shows('For which folders?');
    run.send('\u0004');
    expect(await run.ended).toMatchObject({ mode: 'cooked' });
    expect(run.output()).not.toContain('xai-secret');
  });

  it('is skipped with one key, for good once something was asked', async () => {
    const run = startChat(null, [], { through: 'node=$1; massgen=$2; "$@"; "$node" "$massgen"' });
    await run.shows('Set up massgen now?');
    run.send('n');
    await ready(run);
    const from = run.output().length;
    await run.shows('offline demo');
    run.send('/status\r');
    await run.shows('nothing has been asked', from);
    run.send('\u0004');
    const second = run.output().length;
    await run.shows('massgen: ask anything', second);
    await ready(run, second);
    run.send('\u0004');
    expect(await run.ended).toMatchObject({ code: 0 });
    expect(run.output().slice(second)).not.toContain('Set up massgen');
  });

  it('is left with Ctrl-C, and then nothing is written', async () => {
    const run = startChat(null);
    await run.shows('Set up massgen now?');
    run.send('\r');
    await run.shows('Number [1]: ');
    run.send('1\r');
    await run.shows('OPENAI_API_KEY of OpenAI');
    run.send('sk-half\u0003');
    expect(await run.ended).toMatchObject({ code: 4, mode: 'cooked' });
    expect(existsSync(path.join(run.cwd, '../home/.config'))).toBe(false);
  });

  it.each([
    ['a configuration', ['chat', '--config', 'counts.json'], {}],
    ['a key', ['chat'], { OPENAI_API_KEY: 'sk-test-1234567' }],
    ['a CI', ['chat'], { CI: 'true' }],
    ['a run', ['run', '--display', 'plain', 'hi'], {}],
  ] as const)('is not offered where there is %s', async (_name, args, env) => {
    const run = startChat(null, args, { env });
    if (args[0] === 'chat') {
      await run.shows(/Ctrl-D leave/u);
      run.send('\u0004');
    }
    await run.ended;
    expect(run.output()).not.toContain('Set up massgen');
  });
});

