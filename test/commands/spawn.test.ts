import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { cleanUp, massgen, parseLines, start, temporaryFolder, BINARY, type Outcome } from '../support/massgen-process.js';
import { ECHO, saying } from '../support/scripts.js';

afterAll(cleanUp);

/** A folder with a home of its own in which several commands run, one after the other or at once. */
interface Place {
  readonly folder: string;
  readonly run: (...args: readonly string[]) => Promise<Outcome>;
}

function place(files: Readonly<Record<string, object>> = {}, env: Readonly<Record<string, string>> = {}): Place {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(folder, name), JSON.stringify(content));
  const setting = { through: 'cd "$PLACE" && exec "$@"', env: { ...env, PLACE: folder, HOME: path.join(folder, 'home') } };
  return { folder, run: (...args) => start([process.execPath, BINARY, ...args], setting).ended };
}

const agentsIn = (folder: string): readonly string[] => (existsSync(path.join(folder, '.massgen/agents')) ? readdirSync(path.join(folder, '.massgen/agents')) : []);
const jsonOf = ({ stdout }: Outcome): Record<string, unknown> => JSON.parse(stdout) as Record<string, unknown>;

describe('massgen spawn', () => {
  it.concurrent('makes an agent from a template, which stays and can be listed, shown and removed', async () => {
    const { folder, run } = place();
    const made = await run('spawn', 'coder');
    expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(/^spawned coder\n {2}id {7}[0-9a-f-]{36}\n {2}file {5}\.massgen\/agents\/coder\.yaml\n {2}backend {2}none yet: set an API key/u) });
    expect(made.stderr).toContain('try: massgen run --agent coder "Your question"');
    expect(agentsIn(folder)).toEqual(['coder.yaml']);
    const { agents, broken } = jsonOf(await run('spawn', '--list', '--json')) as { agents: Record<string, unknown>[]; broken: unknown[] };
    expect(broken).toEqual([]);
    expect(agents).toEqual([expect.objectContaining({ name: 'coder', profile: 'coder', scope: 'project', tools: 'coding', backend: null, created: expect.any(Number) })]);
    expect(await run('config', 'validate', '.massgen/agents/coder.yaml')).toMatchObject({ code: 0, stdout: expect.stringMatching(/: valid\n$/u) });
    const shown = await run('spawn', '--show', 'openfang:coder');
    expect(shown.stdout).toMatch(/^name {5}coder\n[^]*tools {4}coding\n\nYou are a senior software engineer\./u);
    expect(await run('spawn', '--remove', String(agents[0]?.['id']))).toMatchObject({ code: 0, stdout: 'removed coder (.massgen/agents/coder.yaml)\n' });
    expect(agentsIn(folder)).toEqual([]);
    expect(await run('spawn', '--list')).toMatchObject({ code: 0, stderr: 'massgen: there are no agents here; "massgen spawn coder" makes one\n' });
    expect(await run('spawn', '--remove', 'coder')).toMatchObject({ code: 1, stdout: '' });
  });

  it.concurrent('takes a name and a profile, a model, tools and the user’s folder', async () => {
    const { folder, run } = place();
    expect(await run('spawn', '--name', 'python-expert', '--profile', 'coder', '--model', 'gpt-5-mini', '--json')).toMatchObject({ code: 0 });
    expect(await run('spawn', 'researcher', '--name', 'scout', '--tools', 'web_search, web_fetch', '--global')).toMatchObject({ code: 0 });
    expect(readFileSync(path.join(folder, 'home/.config/massgen/agents/scout.yaml'), 'utf8')).toContain('tools:\n    - web_search\n    - web_fetch\n');
    const { stdout } = await run('spawn', '--list');
    expect(stdout).toMatch(/^NAME +PROFILE +BACKEND +ID +CREATED +WHERE\npython-expert +coder +openai gpt-5-mini +[0-9a-f-]{36} +\d{4}-\d\d-\d\d \d\d:\d\d +project\nscout +researcher +- +[0-9a-f-]{36} .* user\n$/u);
  });

  it.concurrent('refuses what cannot be in one line, with exit code 1 and nothing left behind', async () => {
    const { folder, run } = place();
    const refused = await Promise.all([
      run('spawn'),
      run('spawn', 'codr'),
      run('spawn', 'coder', '--name', '../../evil'),
      run('spawn', 'coder', '--name', 'massgen'),
      run('spawn', 'coder', '--template', 'writer'),
      run('spawn', '--list', '--name', 'x'),
      run('spawn', 'coder', '--tools', ''),
      run('spawn', 'coder', '--tools', ' , '),
    ]);
    for (const { code, stdout, stderr } of refused) expect({ code, stdout, isOneLine: /^massgen: .*\n$/u.test(stderr) }).toEqual({ code: 1, stdout: '', isOneLine: true });
    expect(readdirSync(folder)).toEqual([]);
    await run('spawn', 'coder');
    const before = readFileSync(path.join(folder, '.massgen/agents/coder.yaml'), 'utf8');
    expect(await run('spawn', 'coder', '--system-message', 'Another.')).toMatchObject({ code: 1, stderr: expect.stringContaining('there is already an agent "coder"') });
    expect(readFileSync(path.join(folder, '.massgen/agents/coder.yaml'), 'utf8')).toBe(before);
    expect(agentsIn(folder)).toEqual(['coder.yaml']);
  });

  it.concurrent('names broken files and lists the others', async () => {
    const { folder, run } = place();
    await run('spawn', 'coder');
    writeFileSync(path.join(folder, '.massgen/agents/bad.yaml'), 'agent:\n  id: bad\n  backend: { type: opneai }\n');
    const listed = await run('spawn', '--list');
    expect(listed.stdout).toMatch(/^NAME[^]*\ncoder +coder[^]*\nbad +- +broken/u);
    expect(listed).toMatchObject({ code: 0, stderr: expect.stringMatching(/^massgen: bad is broken: .*bad\.yaml:3:20 agent\.backend\.type: unknown backend "opneai"; did you mean "openai"\?/u) });
    expect(await run('run', '--agent', 'bad', 'hi')).toMatchObject({ code: 1, stderr: expect.stringContaining('did you mean "openai"?') });
  });

  it.concurrent('says whose agent of the name is left when one is removed', async () => {
    const { run } = place();
    for (const scope of [[], ['--global']]) await run('spawn', 'coder', ...scope);
    expect(await run('spawn', '--remove', 'coder', '--global')).toMatchObject({ code: 0, stderr: expect.stringMatching(/^massgen: coder is still the project’s: .*coder\.yaml\n$/u) });
    await run('spawn', 'coder', '--global');
    expect(await run('spawn', '--remove', 'coder')).toMatchObject({ code: 0, stderr: expect.stringMatching(/^massgen: coder is now the user’s: .*coder\.yaml\n$/u) });
  });

  it.concurrent('lists the templates and sets of tools', async () => {
    const { run } = place();
    const { stdout } = await run('spawn', '--profiles');
    expect(stdout).toMatch(/^Templates:\n {2}analyst [^]*\n {2}security-auditor [^]*\nSets of tools:\n {2}minimal [^]*\n {2}full /u);
    expect(jsonOf(await run('spawn', '--profiles', '--json'))).toMatchObject({ templates: expect.arrayContaining([expect.objectContaining({ name: 'coder', tools: 'coding' })]), tools: expect.arrayContaining([expect.objectContaining({ name: 'full', tools: ['*'] })]) });
  });
});

describe('many spawns at once', () => {
  it('lose none of ten names, and give one name to one of six', async () => {
    const { folder, run } = place();
    const names = Array.from({ length: 10 }, (_unused, index) => `agent-${String(index)}`);
    const outcomes = await Promise.all([...names.map((name) => run('spawn', 'coder', '--name', name)), ...Array.from({ length: 6 }, () => run('spawn', 'writer'))]);
    expect(outcomes.slice(0, 10).map(({ code }) => code)).toEqual(names.map(() => 0));
    const contested = outcomes.slice(10);
    expect(contested.map(({ code }) => code).sort()).toEqual([0, 1, 1, 1, 1, 1]);
    for (const { code, stderr } of contested) if (code === 1) expect(stderr).toContain('there is already an agent "writer"');
    expect(agentsIn(folder)).toEqual([...names, 'writer'].map((name) => `${name}.yaml`));
    const { agents } = jsonOf(await run('spawn', '--list', '--json')) as { agents: { name: string; id: string }[] };
    expect(new Set(agents.map(({ id }) => id)).size).toBe(11);
  });
});

describe('massgen run --agent', () => {
  it.concurrent('asks one agent, by each of its names, with the usual backend of the configuration', async () => {
    const { folder, run } = place({ 'team.json': ECHO }, { MASSGEN_CONFIG: 'team.json' });
    const { id } = jsonOf(await run('spawn', 'coder', '--json'));
    const asked = await Promise.all(['coder', 'massgen:coder', 'openfang:coder', String(id), '.massgen/agents/coder.yaml'].map((name) => run('run', '--agent', name, 'Why so?', '--display', 'silent')));
    for (const outcome of asked) expect(outcome).toMatchObject({ code: 0, stdout: '<Why so?>\n' });
    const [session = ''] = readdirSync(path.join(folder, '.massgen/massgen_logs'));
    const [, begun] = parseLines(readFileSync(path.join(folder, '.massgen/massgen_logs', session, 'turn_1/events.jsonl'), 'utf8'));
    expect(begun).toMatchObject({ type: 'run-start', agents: [{ id: 'coder', systemMessage: expect.stringMatching(/^You are a senior software engineer\./u) }] });
  });

  it.concurrent('asks several as a team, also files, with the model that flags say', async () => {
    const { run } = place({ 'solo.json': saying('Hi.') });
    await run('spawn', 'coder');
    const planned = await run('run', '--agent', 'coder', '--agent', './solo.json', '--model', 'gpt-5-mini', 'hi', '--dry-run', '--display', 'json');
    expect(planned).toMatchObject({ code: 1, stderr: expect.stringContaining('OPENAI_API_KEY') });
    const keyed = place({}, { OPENAI_API_KEY: 'k' });
    await keyed.run('spawn', 'coder');
    await keyed.run('spawn', 'reviewer');
    const team = await keyed.run('run', '--agent', 'coder', '--agent', 'reviewer', '--model', 'gpt-5-mini', 'hi', '--dry-run', '--display', 'json');
    expect(team.code).toBe(0);
    expect(jsonOf(team)).toMatchObject({ agents: [{ id: 'coder', backend: 'openai', model: 'gpt-5-mini' }, { id: 'reviewer', backend: 'openai', model: 'gpt-5-mini' }] });
  });

  it.concurrent('says what is missing', async () => {
    const { run } = place({ 'team.json': ECHO });
    await run('spawn', 'coder');
    const [open, nobody, both] = await Promise.all([run('run', '--agent', 'coder', 'hi'), run('run', '--agent', 'writer', 'hi'), run('run', '--agent', 'coder', '--config', 'team.json', 'hi')]);
    expect(open).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('coder names no backend, and there is no configuration and no API key to take one from; set a key such as OPENAI_API_KEY') });
    expect(nobody).toMatchObject({ code: 1, stderr: 'massgen: there is no agent "writer"; "massgen spawn writer" makes one\n' });
    expect(both).toMatchObject({ code: 1, stderr: expect.stringContaining('leave out --config') });
  });

  it.concurrent('is offered by --help, and spawn has examples', async () => {
    const [run, spawn] = await Promise.all([massgen(['run', '--help']), massgen(['spawn', '--help'])]);
    expect(run.stdout).toMatch(/--agent=AGENT\.\.\./u);
    for (const example of ['spawn coder', '--name python-expert --profile coder', '--template agents/custom/my-agent.toml', '--list', '--remove python-expert']) expect(spawn.stdout).toContain(example);
  });
});
