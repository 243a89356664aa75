import { afterAll, describe, expect, it } from '@jest/globals';
import { cleanUp, massgen, type Outcome, type Setting } from '../support/massgen-process.js';
import { ECHO, MUTE } from '../support/scripts.js';

afterAll(cleanUp);

const ask = (args: readonly string[], setting: Setting = {}): Promise<Outcome> => massgen(['run', ...args], { ...setting, files: { 'echo.json': ECHO, ...setting.files } });

/** Exit code 1, nothing on stdout, one line on stderr. */
const expectRefusal = ({ code, stdout, stderr }: Outcome, line: string): void => {
  expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: '', stderr: `massgen: ${line}\n` });
};

/** The same for a file: the line names its place, and may be followed by the line of the file in question. */
const expectFileRefusal = ({ code, stdout, stderr, cwd }: Outcome, ...parts: readonly string[]): void => {
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  const [line, ...excerpt] = stderr.trimEnd().split('\n');
  for (const part of [`massgen: ${cwd}/`, ...parts]) expect(line).toContain(part);
  expect(excerpt.every((each) => /^ +(\d+ \||\^)/.test(each)) && excerpt.length <= 2).toBe(true);
};

it.concurrent('massgen says that its folder is gone where it is', async () => {
  const through = 'mkdir gone; cd gone; rmdir ../gone; "$@"';
  const outcomes = await Promise.all([ask(['--config', '/nowhere.yaml', 'hi'], { through }), massgen(['backends'], { through }), massgen(['logs', 'list'], { through })]);
  for (const outcome of outcomes) expectRefusal(outcome, 'the current folder is gone; change to one that exists');
});

const yaml = (text: string | Buffer): Setting => ({ files: { 'team.yaml': text } });
const TEAM = ['--config', 'team.yaml', 'hi'];
const scripted = '{type: scripted, script: [{text: yes}]}';

describe('massgen run refuses a command line with', () => {
  it.concurrent.each<[name: string, args: readonly string[], line: string]>([
    ['an unknown flag', ['--confg', 'x', 'hi'], 'there is no flag --confg; did you mean --config? see massgen run --help'],
    ['a flag like no other', ['--zzzzzz', 'hi'], 'there is no flag --zzzzzz; see massgen run --help'],
    ['a flag without its value', ['--config'], 'Flag --config expects a value; see massgen run --help'],
    ['words without quotes', ['what', 'is', 'this'], 'unexpected arguments is this; put a text of several words in quotes'],
    ['a number of agents that is none', ['--agents', 'many', 'hi'], '--agents: expected an integer but received: many; see massgen run --help'],
    ['no agents', ['--agents', '0', 'hi'], '--agents: expected an integer greater than or equal to 1 but received: 0; see massgen run --help'],
    ['an unknown display', ['--display', 'fancy', 'hi'], 'Expected --display=fancy to be one of: auto, live, plain, json, silent; see massgen run --help'],
    ['a time limit of 0', ['--timeout', '0', 'hi'], '--timeout must be a number above 0, not "0"'],
    ['a time limit in words', ['--timeout', 'soon', 'hi'], '--timeout must be a number above 0, not "soon"'],
    ['a time limit of years', ['--timeout', '1e12', 'hi'], 'the timeout must be more than 0 and at most 2147483 seconds, not 1000000000000'],
    ['a negative cost limit', ['--max-cost', '-1', 'hi'], '--max-cost must be a number above 0, not "-1"'],
    ['a configuration and a model', ['--config', 'echo.json', '--model', 'x', 'hi'], 'a configuration already names its agents; leave out --backend, --model, --base-url and --agents, or leave out --config'],
    ['a cost limit for a model without a price', ['--base-url', 'http://127.0.0.1:1/v1', '--model', 'x', '--max-cost', '1', 'hi'], 'a cost limit needs a price for x (agent agent_a, backend chatcompletion); set backend.price: {input, output} in US dollars per million tokens, or limit tokens instead'],
    ['a provider without its key', ['--backend', 'groq', 'hi'], 'set GROQ_API_KEY to use groq (agent agent_a)'],
    ['a folder for the answer', ['--config', 'echo.json', '--output-file', '.', 'hi'], 'cannot write the answer to .: illegal operation on a directory; name another --output-file'],
    ['an answer file in no folder', ['--config', 'echo.json', '--output-file', 'no/answer.md', 'hi'], 'cannot write the answer to no/answer.md: no such file or directory; name another --output-file'],
  ])('%s', async (_name, args, line) => {
    expectRefusal(await ask(args), line);
  });

  it.concurrent('a model that could be anybody’s', async () => {
    const { code, stderr } = await ask(['--model', 'x', 'hi']);
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringMatching(/^massgen: it is not clear whose model "x" is; add --backend \(one of openai, .*\)\n$/) });
  });

  it.concurrent.each<[name: string, args: readonly string[], parts: readonly string[]]>([
    ['an unknown backend, once for all agents', ['--backend', 'opneai', '--agents', '3', 'hi'], ['unknown backend "opneai"', 'did you mean "openai"?']],
    ['no URL as an address', ['--base-url', 'localhost:1', '--model', 'x', 'hi'], ['base_url', 'must be a URL that starts with http:// or https://']],
    ['a model without an address', ['--backend', 'chatcompletion', '--model', 'x', 'hi'], ['base_url', 'chatcompletion']],
    ['an example that is not there', ['--config', '@examples/basic', 'hi'], ['there is no example "basic"', 'did you mean @examples/basic_multi']],
  ])('%s', async (_name, args, parts) => {
    const { code, stdout, stderr } = await ask(args);
    expect({ code, stdout, lines: stderr.split('\n').length }).toEqual({ code: 1, stdout: '', lines: 2 });
    for (const part of parts) expect(stderr).toContain(part);
  });

  it.concurrent('a backend whose program is not installed, before anything is logged', async () => {
    const { code, stdout, stderr } = await ask(['--backend', 'claude_code', '--model', 'x', 'hi']);
    expect({ code, stdout, stderr }).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^massgen: agent agent_a: claude_code needs .*npm install -g @anthropic-ai\/claude-agent-sdk.*\n$/) });
  });
});

describe('massgen run refuses a configuration that', () => {
  it.concurrent.each<[name: string, setting: Setting, parts: readonly string[]]>([
    ['is empty', yaml(''), ['team.yaml:1:1', 'the file is empty', 'list the team under "agents"']],
    ['is binary', yaml(Buffer.from([0, 1, 2, 255])), ['team.yaml', 'is not a text file']],
    ['is larger than a megabyte', yaml('# x\n'.repeat(300_000)), ['team.yaml', 'is larger than 1 MB']],
    ['is prose', yaml('hello there'), ['team.yaml:1:1', 'must be a map of keys, not the text "hello there"']],
    ['is not YAML', yaml('agents: [\n - id: {'), ['team.yaml:2:']],
    ['has no agents', yaml('agents: []'), ['team.yaml:1:9', 'agents: the list is empty']],
    ['has two agents of one name', yaml(`agents:\n  - {id: a, backend: ${scripted}}\n  - {id: a, backend: ${scripted}}\n`), ['team.yaml:3:10', 'another agent already has the id "a"', 'give each agent an id of its own']],
    ['names a variable that is not set as its key', yaml('agent: {id: a, backend: {type: openai, api_key: "${MY_KEY}"}}'), ['team.yaml:1:49', 'api_key', 'the variable MY_KEY is not set', 'set MY_KEY in the environment or in .env']],
  ])('%s', async (_name, setting, parts) => {
    expectFileRefusal(await ask(TEAM, setting), ...parts);
  });

  it.concurrent('needs a key that is not set', async () => {
    expectRefusal(await ask(TEAM, yaml('agent: {id: a, backend: {type: openai}}')), 'set OPENAI_API_KEY to use openai (agent a)');
  });

  it.concurrent('is not there, or a folder', async () => {
    const [missing, folder] = await Promise.all([ask(TEAM), ask(['--config', '.', 'hi'])]);
    expect(missing).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^massgen: there is no configuration "team\.yaml"; looked for .*\n$/) });
    expect(folder).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^massgen: .* is a folder; name a file in it\n$/) });
  });
});

describe('massgen run', () => {
  it.concurrent('shows a stack with --debug only', async () => {
    const [quiet, loud, byVariable] = await Promise.all([ask(TEAM), ask([...TEAM, '--debug']), ask(TEAM, { env: { MASSGEN_DEBUG: '1' } })]);
    expect(quiet.stderr).not.toMatch(/^ +at /m);
    expect(loud.stderr).toMatch(/^ +at /m);
    expect(byVariable.stderr).toMatch(/^ +at /m);
    expect(loud.code).toBe(1);
  });

  it.concurrent('warns of unknown keys with the nearest name and goes on', async () => {
    const { code, stdout, stderr } = await ask(TEAM, yaml(`agents:\n  - id: a\n    backend: {type: scripted, script: [{text: yes}], modle: x}\norchestrater: {}\n`));
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'yes\n' });
    expect(stderr).toMatch(/^massgen: .*team\.yaml:3:\d+ .*unknown key "modle"; did you mean "model"\?.*\n/);
    expect(stderr).toMatch(/^massgen: .*team\.yaml:4:1 .*unknown key "orchestrater"; did you mean "orchestrator"\?.*\n/m);
  });

  it.concurrent('plans without a call or a prompt with --dry-run', async () => {
    const [named, open] = await Promise.all([ask(['--config', 'mute.json', '--dry-run', '--timeout', '9', '--max-tokens-total', '1000', 'hi'], { files: { 'mute.json': MUTE } }), ask(['--config', 'echo.json', '--dry-run'], { stdin: 'open' })]);
    expect(named).toMatchObject({ code: 0, stderr: '' });
    expect(named.stdout).toMatch(/^configuration: mute\.json\nagent solo \(agent1\): scripted scripted\nprompt: hi\n/);
    expect(named.stdout).toMatch(/\ntime limit: 9 s;.*\nbudget: 1000 tokens, cost unlimited\n[\s\S]*\ndry run: nothing was called\n$/);
    expect(open).toMatchObject({ code: 0, stdout: expect.stringContaining('\nprompt: none yet\n') });
  });

  it.concurrent('refuses in a dry run what it would refuse in a run', async () => {
    expectRefusal(await ask(['--backend', 'groq', '--dry-run', 'hi']), 'set GROQ_API_KEY to use groq (agent agent_a)');
  });

  it.concurrent('shows a plan as JSON where events would be', async () => {
    const { code, stdout } = await ask(['--config', 'echo.json', '--dry-run', '--display', 'json', 'hi']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ type: 'plan', source: 'echo.json', prompt: 'hi', agents: [{ id: 'solo' }] });
  });

  it.concurrent('explains itself with -h', async () => {
    const { code, stdout, stderr } = await ask(['-h']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const flag of ['--config', '--backend', '--model', '--base-url', '--system-message', '--agents', '--display', '--output-file', '--max-cost', '--max-tokens-total', '--timeout', '--dry-run', '--prompt-file']) expect(stdout).toContain(flag);
    expect(stdout).toContain('Exit codes: 0 answered');
  });
});
