import { afterEach, describe, expect, it } from '@jest/globals';
import { cleanUp } from '../support/massgen-process.js';
import { AGREED } from '../support/scripts.js';
import { closeTerminals, noTerminal, onTerminal, type TerminalRun } from '../support/terminal.js';

afterEach(async () => {
  await closeTerminals();
  await cleanUp();
});

const slow = { agents: [{ id: 'one', backend: { type: 'scripted', loop: true, script: [{ answer: 'Mine.' }, { delay: 1, vote: 'agent1' }] } }, { id: 'two', backend: { type: 'scripted', loop: true, script: [{ answer: 'Other.' }, { delay: 1, vote: 'agent1' }] } }] };
const FILES = { 'agreed.json': AGREED, 'slow.json': slow };
/** Runs a question silently, then the command under test, in one folder and one terminal. */
const after = (config: string): string => `node=$1; shift; massgen=$1; shift; "$node" "$massgen" run --config ${config}.json --display silent hi >answer.txt && "$node" "$massgen" "$@"`;

(noTerminal === undefined ? describe : describe.skip)('massgen logs on a terminal', () => {
  it.each(['replay', 'follow'])('%s shows the run in the view of the live run', async (command) => {
    const run = onTerminal(['logs', command], { files: FILES, env: { NO_COLOR: '1' }, through: after('agreed') });
    expect(await run.ended).toMatchObject({ code: 0, mode: 'cooked' });
    expect(run.output()).toMatch(/submits answer1\.1[\s\S]*★ winner \(unanimous\)[\s\S]*log: [\s\S]*The agreed answer\./u);
  });

  it('a replay is left with q, in the middle of a pause', async () => {
    const run = onTerminal(['logs', 'replay', '--speed', '0.01'], { files: FILES, env: { NO_COLOR: '1' }, through: after('slow') });
    await run.shows('submits answer1.1');
    await run.shows('? help');
    const begun = performance.now();
    run.send('q');
    expect(await run.ended).toMatchObject({ code: 0, mode: 'cooked' });
    expect(performance.now() - begun).toBeLessThan(18_000);
    expect(run.output()).not.toContain('★ winner');
  });

  it('show stays in the view until q, and is text where that is asked for', async () => {
    const [viewed, plain] = [['logs', 'show'], ['logs', 'show', '--display', 'plain']].map((args) => onTerminal(args, { files: FILES, env: { NO_COLOR: '1' }, through: after('agreed') })) as [TerminalRun, TerminalRun];
    await viewed.shows('q leave');
    viewed.send('v');
    await viewed.shows('two for one');
    viewed.send('q');
    expect(await viewed.ended).toMatchObject({ code: 0, mode: 'cooked' });
    expect(viewed.output()).toMatch(/★ winner \(unanimous\)[\s\S]*The agreed answer\./u);
    expect(await plain.ended).toMatchObject({ code: 0 });
    expect(plain.output()).toMatch(/status +completed/u);
    expect(plain.output()).not.toMatch(/q leave|\u001b/u);
  });

  it('a replay steers nothing', async () => {
    const run = onTerminal(['logs', 'replay', '--speed', '0.01'], { files: FILES, env: { NO_COLOR: '1' }, through: after('slow') });
    await run.shows('submits answer1.1');
    run.send('f');
    await run.shows('this run is over: there is nobody to tell');
    expect(run.output()).not.toContain('f answer now');
  });
});

(noTerminal === undefined ? describe : describe.skip)('massgen logs without a command on a terminal', () => {
  it('lets one choose a session and shows what was asked for', async () => {
    const run = onTerminal(['logs'], { files: FILES, env: { NO_COLOR: '1' }, through: after('agreed') });
    await run.shows('q leave');
    run.send('a');
    expect(await run.ended).toMatchObject({ code: 0, mode: 'cooked' });
    expect(run.output()).toContain('The agreed answer.');
  });

  it('prints the list where it is asked for in a form, and leaves with q', async () => {
    const [listed, left] = [onTerminal(['logs', '--limit', '5'], { files: FILES, env: { NO_COLOR: '1' }, through: after('agreed') }), onTerminal(['logs'], { files: FILES, env: { NO_COLOR: '1' }, through: after('agreed') })];
    expect(await listed.ended).toMatchObject({ code: 0 });
    expect(listed.output()).not.toContain('q leave');
    await left.shows('q leave');
    left.send('q');
    expect(await left.ended).toMatchObject({ code: 0, mode: 'cooked' });
  });
});
