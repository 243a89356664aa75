import { describe, expect, it } from '@jest/globals';
import { splitCommand } from '../../../../src/orchestrator/tools/split-command.js';
import { readMcpSettings } from '../../../../src/orchestrator/tools/mcp/settings.js';

const read = (servers: unknown) => readMcpSettings({ mcp_servers: servers });
const one = (entry: object) => read({ s: entry })[0];

describe('the servers of a backend', () => {
  it('are a list with names, or a map', () => {
    const entry = { type: 'stdio', command: 'npx', args: ['-y', 'x'], env: { A: 1 }, cwd: 'here', timeout: 5 };
    expect(read([{ name: 's', ...entry }])).toEqual(read({ s: entry }));
    expect(one(entry)).toEqual({ name: 's', transport: 'stdio', command: 'npx', args: ['-y', 'x'], env: { A: '1' }, cwd: 'here', connectMs: 5000, denied: [], roots: true });
    expect(read(undefined)).toEqual([]);
  });

  it.each([
    [{ command: 'npx' }, 'stdio'],
    [{ url: 'http://localhost:1/mcp' }, 'http-or-sse'],
    [{ type: 'streamable-http', url: 'http://10.0.0.1/mcp' }, 'http'],
    [{ type: 'streamable_http', url: 'https://h/' }, 'http'],
    [{ type: 'http', url: 'https://h/' }, 'http'],
    [{ type: 'sse', url: 'https://h/' }, 'sse'],
  ])('%j is reached over %s', (entry, transport) => {
    expect(one(entry)).toMatchObject({ transport });
  });

  it('may have a command as one line, as words, or with arguments beside it', () => {
    for (const entry of [{ command: 'npx -y "a b" c\\ d' }, { command: ['npx', '-y', 'a b', 'c d'] }, { command: 'npx', args: ['-y', 'a b', 'c d'] }]) expect(one(entry)).toMatchObject({ command: 'npx', args: ['-y', 'a b', 'c d'] });
  });

  it('can be switched off', () => {
    expect(read({ a: { command: 'x', enabled: false }, b: { command: 'x', disabled: true }, c: { command: 'x' } }).map(({ name }) => name)).toEqual(['c']);
  });

  it('have lists of their own', () => {
    expect(one({ command: 'x', allowed_tools: ['a'], exclude_tools: ['b'], disallowed_tools: ['c'] })).toMatchObject({ allowed: ['a'], denied: ['b', 'c'] });
  });

  it('over HTTP have headers and a time for calls', () => {
    expect(one({ url: 'http://h', headers: { 'X-A': 'b' }, http_read_timeout: 7 })).toMatchObject({ headers: { 'X-A': 'b' }, callMs: 7000 });
    expect(one({ url: 'http://h', http_read_timeout: 7, tool_timeout: 3 })).toMatchObject({ callMs: 3000 });
  });

  it('may be signed in to and may ask the model only as it is written', () => {
    expect(one({ url: 'http://h' })).toMatchObject({ oauth: {} });
    expect(one({ url: 'http://h', oauth: { client_id: 'a', client_secret: 'b', scope: 'c d' } })).toMatchObject({ oauth: { clientId: 'a', clientSecret: 'b', scope: 'c d' } });
    for (const more of [{ oauth: false }, { headers: { Authorization: 'Bearer x' } }]) expect(one({ url: 'http://h', ...more })).not.toHaveProperty('oauth');
    for (const sampling of [undefined, null, false]) expect(one({ command: 'x', sampling })).not.toHaveProperty('sampling');
    expect(one({ command: 'x', sampling: true })).toMatchObject({ sampling: { maxTokens: 4096, maxRequests: 10 } });
    expect(one({ command: 'x', sampling: { max_tokens: 5 } })).toMatchObject({ sampling: { maxTokens: 5, maxRequests: 10 } });
  });

  it.each([
    [{}, 's has neither a command to start it nor a url where it is'],
    [{ type: 'stdio', url: 'http://h' }, 's is of type stdio and has no command'],
    [{ command: 'x', url: 'http://h' }, 's has a command and a url; say type: stdio or type: streamable-http'],
    [{ command: '' }, 's has an empty command'],
    [{ command: 'npx x | tee log' }, 's has | in its command, but no shell reads it'],
    [{ command: 'npx x > log' }, 's has > in its command'],
    [{ command: 'a;b', args: [] }, 's has ; in its command'],
    [{ command: 'x', args: ['a\0b'] }, 's has a NUL character in its command'],
    [{ command: 'x', args: Array.from({ length: 300 }, () => 'a') }, 's has a command of more than 200 arguments'],
    [{ command: 'x', env: { 'A B': '1' } }, 's has "A B" in its env, which is no name of a variable'],
    [{ command: '/usr/bin/perl', security: { allowed_executables: ['node', 'npx'] } }, 's would start perl, which its security.allowed_executables does not name'],
    [{ url: 'localhost' }, 's has no valid url: "localhost"'],
    [{ url: 'ftp://h' }, 's has a url that is neither http nor https: ftp:'],
    [{ url: 'http://user:pass@h' }, 's has a user name or password in its url; write headers'],
    [{ type: 'pipe', command: 'x' }, 's has type: "pipe"; write stdio, streamable-http or sse'],
    [{ command: 'x', timeout: 0 }, 's has timeout: 0; write seconds, more than 0'],
    [{ url: 'http://h', oauth: 'yes' }, 's has oauth: "yes"; write false, or a map of client_id, client_secret and scope'],
    [{ url: 'http://h', oauth: { client_id: 5 } }, 's has oauth: {client_id: …}; write texts'],
    [{ url: 'http://h', oauth: { id: 'x' } }, 's has oauth: {id: …}; write texts'],
    [{ url: 'http://h', oauth: { client_secret: 'x' } }, 's has oauth: client_secret without client_id'],
    [{ command: 'x', sampling: 'yes' }, 's has sampling: "yes"; write true, or a map of max_tokens and max_requests'],
    [{ command: 'x', sampling: { max_tokens: 0 } }, 's has sampling: {"max_tokens":0}; write true'],
    [{ command: 'x', sampling: { most: 5 } }, 's has sampling: {"most":5}; write true'],
  ])('that cannot be are refused: %j', (entry, message) => {
    expect(() => one(entry)).toThrow(`mcp_servers: ${message}`);
  });

  it.each([
    [[{ command: 'x' }], 'entry 1 has no name'],
    [[{ name: 'a b', command: 'x' }], '"a b" is no name of a server'],
    [[{ name: 'a', command: 'x' }, { name: 'a', command: 'x' }], 'a is there twice'],
    [{ a: 'npx' }, 'a is no map of keys'],
  ])('need names: %j', (servers, message) => {
    expect(() => read(servers)).toThrow(message);
  });

  it.each([
    ['a  b', ['a', 'b']],
    [`'a b'c "d 'e'"`, ['a bc', `d 'e'`]],
    ['a "" b', ['a', '', 'b']],
    ['"open', ['"open']],
    ['', []],
  ])('a command line %j is %j', (line, words) => {
    expect(splitCommand(line)).toEqual(words);
  });
});
