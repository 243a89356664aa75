import { describe, expect, it } from '@jest/globals';
import { isSecretName, maskConfig, maskLine, referencedSecrets, secretValues, writtenSecrets } from '../../../src/orchestrator/config/mask.js';

describe('masking a configuration', () => {
  it.each(['api_key', 'apiKey', 'API-KEY', 'x-api-key', 'OPENAI_API_KEY', 'token', 'GITHUB_TOKEN', 'client_secret', 'password', 'Authorization', 'AWS_SECRET_ACCESS_KEY', 'credentials', 'OPENAI_API_KEY_2', 'GROQ_API_KEY3', 'GITHUB_PAT', 'SMTP_PASS', 'api_keys', 'MASSGEN_API_KEYS', 'passwords'])('knows %s for the name of a secret', (name) => {
    expect(isSecretName(name)).toBe(true);
  });

  it.each(['max_tokens', 'max_output_tokens', 'tokens', 'model', 'keyboard', 'author', 'tokenizer', 'monkey', 'base_url', 'command_line_docker_credentials', 'PATH', 'compass'])('knows that %s is none', (name) => {
    expect(isSecretName(name)).toBe(false);
  });

  it('hides what secret keys hold and keeps the rest', () => {
    const given = { agents: [{ id: 'a', backend: { type: 'openai', api_key: 'abc', max_tokens: 500, extra_headers: { Authorization: 'Bearer abc', Accept: 'x' }, token: 12345 } }] };
    const copy = structuredClone(given);
    expect(maskConfig(given)).toEqual({
      agents: [{ id: 'a', backend: { type: 'openai', api_key: '***', max_tokens: 500, extra_headers: { Authorization: '***', Accept: 'x' }, token: '***' } }],
    });
    expect(given).toEqual(copy);
  });

  it('keeps the names of variables, not their defaults', () => {
    expect(maskConfig({ api_key: '${OPENAI_API_KEY}', token: 'Bearer ${TOKEN}', password: '${P:-hunter2}', model: '${MODEL:-m}' })).toEqual({
      api_key: '${OPENAI_API_KEY}',
      token: '${TOKEN}',
      password: '${P}',
      model: '${MODEL:-m}',
    });
  });

  it('hides secrets below a secret key', () => {
    expect(maskConfig({ credentials: { user: 'me', list: ['a', null, true] } })).toEqual({ credentials: { user: '***', list: ['***', null, true] } });
  });

  const schema = { type: 'object', properties: { sort_keys: { type: 'array', items: { enum: ['created_at', 'updated_at'] }, description: 'What to sort by.' } }, $defs: { Token: { type: 'string' } } };

  it('keeps what a JSON Schema says of a property, whatever the name', () => {
    const config = { custom_tools: [{ name: 'rows', parameters: schema }] };
    expect(maskConfig(config)).toEqual(config);
    expect(writtenSecrets(config)).toEqual([]);
  });

  it('hides texts below properties, and the secrets in a schema', () => {
    const config = { properties: { api_key: 'written-1', keys: ['written-2'], login: { default: { password: 'written-3' } } } };
    expect(maskConfig(config)).toEqual({ properties: { api_key: '***', keys: ['***'], login: { default: { password: '***' } } } });
    expect(writtenSecrets(config)).toEqual(['written-1', 'written-2', 'written-3']);
  });

  it('hides the values of secret variables wherever they stand', () => {
    const secrets = secretValues({ OPENAI_API_KEY: 'value-of-the-key', SHORT_TOKEN: 'abc', EMPTY_KEY: '', MODEL: 'gpt' });
    expect(maskConfig({ model: 'gpt', note: 'abc', other: 'abcd', url: 'https://h/?x=value-of-the-key&y' }, secrets)).toEqual({ model: 'gpt', note: '***', other: 'abcd', url: 'https://h/?x=***&y' });
  });

  it('hides what looks like a key or a password in any text', () => {
    expect(maskConfig(['sk-abcdefghijklmnopqrst', 'http://user:pass@host/x', 'http://h/v1?api_key=abc&b=1', 'AIzaSyA1234567890123456789012345', 'risk-assessment', 'task-force-of-the-century'])).toEqual([
      '***',
      'http://user:***@host/x',
      'http://h/v1?api_key=***&b=1',
      '***',
      'risk-assessment',
      'task-force-of-the-century',
    ]);
  });

  it('keeps a key called __proto__ an ordinary key', () => {
    const masked = maskConfig(JSON.parse('{"__proto__": {"api_key": "x"}}')) as object;
    expect(JSON.stringify(masked)).toBe('{"__proto__":{"api_key":"***"}}');
    expect(Object.getPrototypeOf(masked)).toBe(Object.prototype);
  });

  it.each([
    ['    api_key: abc', '    api_key: ***'],
    ['  - "token": abc', '  - "token": ***'],
    ['backend: { type: x, api_key: abc }', 'backend: { type: x, api_key: *** }'],
    ['model: gpt', 'model: gpt'],
  ])('shows the line %s as %s', (line, expected) => {
    expect(maskLine(line)).toBe(expected);
  });
});

describe('the secrets of a configuration', () => {
  const server = { env: { NOTION_TOKEN: '${NOTION_ONE}', ROOM: '${ROOM}' }, headers: { Authorization: 'Bearer ${ISSUES:-none}' } };

  it('are what the variables hold that secret keys name, whatever their own names are', () => {
    expect(referencedSecrets({ mcp_servers: { notes: server } }, { NOTION_ONE: 'ntn-1234567890', ROOM: 'the-blue-one', ISSUES: 'abc-def-ghi', OTHER: 'x' })).toEqual(['ntn-1234567890', 'abc-def-ghi']);
  });

  const env = { ONE: 'one-12345', TWO: 'two-12345', THREE: 'three-12345', FOUR: 'four-12345', TOP: '/home/alice', HERE: './a.json' };

  it('are those of variables that stand alone in a header or a list', () => {
    const config = { env: { A_KEY: 'Digest ${ONE}', COOKIE: 'sid=${TWO:-none}; x=1' }, api_keys: '${THREE},${FOUR}' };
    expect(new Set(referencedSecrets(config, env))).toEqual(new Set(['one-12345', 'two-12345', 'three-12345', 'four-12345']));
  });

  it.each([
    ['part of a path', { GOOGLE_APPLICATION_CREDENTIALS: '${TOP}/key.json', KEY: '${ONE}/key.json' }],
    ['part of a pair', { Authorization: 'Basic ${ONE}:${TWO}' }],
    ['escaped', { token: '$${THREE}' }],
    ['a path', { credentials: '${TOP}', key: '${HERE}' }],
  ])('are none in a variable that is %s', (_what, config) => {
    expect(referencedSecrets(config, env)).toEqual([]);
  });

  it('are none where the variable is not set', () => {
    expect(referencedSecrets({ api_key: '${NONE} ${toString}' }, {})).toEqual([]);
  });

  it('are a written header with and without the word before it', () => {
    expect(writtenSecrets({ headers: { Authorization: 'Bearer abc-def-ghi' } })).toEqual(['Bearer abc-def-ghi', 'abc-def-ghi']);
  });
});
