import { describe, expect, it } from '@jest/globals';
import { checkConfig } from '../../../src/orchestrator/config/check.js';
import { interpolate } from '../../../src/orchestrator/config/interpolate.js';
import { formatIssue } from '../../../src/orchestrator/config/issue.js';
import { cpuMs } from '../../support/cpu-ms.js';

const check = (backend: object, env: Record<string, string> = {}, agent: object = {}, rest: object = {}) => checkConfig({ agents: [{ id: 'a', backend: { type: 'openai', ...backend }, ...agent }], ...rest }, env);

describe('the workspace of an agent, as ${cwd}', () => {
  it.each([
    [{ command: 'npx', args: ['x', '${cwd}'] }],
    [{ command: 'npx', env: { OUT: '${cwd}/out' }, cwd: '${cwd}' }],
    [{ command: 'npx x --root ${cwd}' }],
    [{ command: ['npx', '${cwd}'] }],
  ])('is known later in %j', (server) => {
    expect(check({ mcp_servers: { s: server } }).issues).toEqual([]);
    expect(check({ mcp_servers: [{ name: 's', ...server }] }).issues).toEqual([]);
  });

  it.each([
    [{ command: '${cwd}/bin/x' }],
    [{ command: ['${cwd}/bin/x', 'y'] }],
    [{ url: 'http://host/mcp', headers: { 'X-Folder': '${cwd}' } }],
  ])('is a variable as any other in %j', (server) => {
    expect(check({ mcp_servers: { s: server } }).issues.map(({ message }) => message)).toEqual(['the variable cwd is not set, so its text is left as it is']);
  });
});

describe('variables in text', () => {
  it.each([
    ['${A}', 'one'],
    ['x ${A} y ${B}', 'x one y two'],
    ['${A:-default}', 'one'],
    ['${NONE:-default}', 'default'],
    ['${EMPTY:-default}', 'default'],
    ['${EMPTY}', ''],
    ['${NONE:-}', ''],
    ['${NONE:-a b/c:d-e}', 'a b/c:d-e'],
    ['$A and $ {A}', '$A and $ {A}'],
    ['$${A}', '${A}'],
    ['${A', '${A'],
    ['${}', '${}'],
    ['${not a name}', '${not a name}'],
  ])('reads %s as %s', (text, expected) => {
    expect(interpolate(text, { A: 'one', B: 'two', EMPTY: '' }).text).toBe(expected);
  });

  it('does not read what a variable holds again', () => {
    expect(interpolate('${A}', { A: '${B}', B: 'no' }).text).toBe('${B}');
  });

  it('leaves what is unset and names it once', () => {
    expect(interpolate('${NO} ${NO} ${YES}', { YES: 'y' })).toEqual({ text: '${NO} ${NO} y', unset: ['NO'], refused: [], whole: false });
  });

  it('does not take inherited names for variables', () => {
    expect(interpolate('${constructor} ${toString}', {}).unset).toEqual(['constructor', 'toString']);
  });

  it('is quick about a text full of unclosed references', async () => {
    expect(await cpuMs(() => interpolate('${A:-'.repeat(200_000), { A: 'x' }))).toBeLessThan(2000);
  });
});

describe('variables in a configuration', () => {
  it('fills in a key', () => {
    expect(check({ api_key: '${OPENAI_API_KEY}' }, { OPENAI_API_KEY: 'k' }).config?.agents?.[0]?.backend.api_key).toBe('k');
  });

  it.each(['api_key', 'base_url'])('refuses an unset variable in %s, by name and place', (key) => {
    const { config, issues } = check({ [key]: '${MY_VARIABLE}' });
    expect(config).toBeUndefined();
    expect(formatIssue(issues[0]!)).toBe(
      `agents[0].backend.${key}: the variable MY_VARIABLE is not set; set MY_VARIABLE in the environment or in .env, or write "\${MY_VARIABLE:-default}"`,
    );
  });

  it('refuses an unset variable in any key that ends like them', () => {
    expect(check({ extra_body: { search_api_key: '${X}' } }).config).toBeUndefined();
    expect(check({ extra_headers: { CALLBACK_URL: 'https://${HOST_NAME}/x' } }).config).toBeUndefined();
  });

  it('refuses an unset variable in a list of keys, which would be a key that anybody can guess', () => {
    const { config, issues } = checkConfig({ agents: [{ id: 'a', backend: { type: 'openai', model: 'm' } }], serve: { api_keys: ['${MY_VARIABLE}'] } }, {});
    expect(config).toBeUndefined();
    expect(formatIssue(issues[0]!)).toContain('serve.api_keys[0]: the variable MY_VARIABLE is not set');
  });

  it('warns of an unset variable elsewhere and leaves the text', () => {
    const { config, issues } = check({}, {}, { system_message: 'Hello ${WHO}' });
    expect(config?.agents?.[0]?.system_message).toBe('Hello ${WHO}');
    expect(issues.map(({ severity, location }) => ({ severity, location }))).toEqual([{ severity: 'warning', location: 'agents[0].system_message' }]);
  });

  it('puts no secret into a prompt', () => {
    const { config, issues } = check({}, { OPENAI_API_KEY: 'verysecret', WHO: 'you' }, { system_message: '${WHO}: ${OPENAI_API_KEY}' }, { prompt: '${OPENAI_API_KEY}?' });
    expect(JSON.stringify(config)).not.toContain('verysecret');
    expect(config?.agents?.[0]?.system_message).toBe('you: ${OPENAI_API_KEY}');
    expect(issues.map((issue) => issue.message)).toEqual(Array(2).fill('the variable OPENAI_API_KEY looks like a secret and is not put into a prompt'));
  });

  it('reads a number or a switch out of a variable', () => {
    const { config, issues } = check({ temperature: '${T}', max_tokens: '${S:-7}', enable_web_search: '${W:-yes}' }, { T: '0.5' }, {}, { timeout_settings: { orchestrator_timeout_seconds: '${LIMIT:-1_000}' } });
    expect(issues).toEqual([]);
    expect(config?.agents?.[0]?.backend).toEqual({ type: 'openai', temperature: 0.5, max_tokens: 7, enable_web_search: true });
    expect(config?.timeout_settings.orchestrator_timeout_seconds).toBe(1000);
  });

  it('keeps a key of digits text', () => {
    expect(check({ api_key: '${K}' }, { K: '12345' }).config?.agents?.[0]?.backend.api_key).toBe('12345');
  });

  it('counts a key whose variable comes out empty as absent', () => {
    expect(check({ base_url: '${NONE:-}', api_key: '${EMPTY}' }, { EMPTY: '' }).config?.agents?.[0]?.backend).toEqual({ type: 'openai' });
  });

  it('reads the words of YAML 1.1 only where true or false is wanted', () => {
    const { config } = check({ enable_web_search: 'On', model: 'no' }, {}, {}, { orchestrator: { skip_voting: 'yes', disable_injection: 'off' } });
    expect(config?.orchestrator).toMatchObject({ skip_voting: true, disable_injection: false });
    expect(config?.agents?.[0]?.backend).toEqual({ type: 'openai', enable_web_search: true, model: 'no' });
  });
});
