import { createServer } from 'node:net';
import { afterAll, describe, expect, it } from '@jest/globals';
import { closeServers, listen } from '../support/backend-servers.js';
import { cleanUp, logTexts, massgen, startMassgen, type Outcome } from '../support/massgen-process.js';
import { breaksOff, isSilent, responds, says, soloAt, startProvider, type Manner } from '../support/provider.js';
import { until } from '../support/until.js';

afterAll(async () => {
  await cleanUp();
  await closeServers();
});

const KEY = 'sk-stand-in-Zx9_very/secret+1';
const setting = (url: string): { files: Record<string, object>; env: Record<string, string> } => ({ files: { 'team.json': soloAt(url) }, env: { STAND_IN_KEY: KEY } });
const ARGS = ['run', '--config', 'team.json', 'hi'];

const askAt = (url: string, ...more: readonly string[]): Promise<Outcome> => massgen([...ARGS, ...more], setting(url));
const ask = async (manner: Manner, ...more: readonly string[]): Promise<Outcome> => askAt((await startProvider(manner)).url, ...more);

/** The last line on stderr. */
const lastLine = ({ stderr }: Outcome): string => stderr.trimEnd().split('\n').at(-1) ?? '';

const error = (message: string): string => JSON.stringify({ error: { message } });

describe('a provider that', () => {
  it.concurrent.each<[name: string, manner: Manner, code: number, last: string, timeout?: string]>([
    ['sends a web page', responds(200, '<html>Log in</html>', { 'content-type': 'text/html' }), 2, 'the reply is not an event stream: <html>Log in</html>'],
    ['sends garbage in a stream', responds(200, 'data: {{{\n\n', { 'content-type': 'text/event-stream' }), 2, 'a frame of the reply is not JSON: {{{'],
    ['ends every reply early', breaksOff('half an answer', 'end'), 2, 'the reply ended before it was complete'],
    ['resets every connection', breaksOff('half an answer', 'reset'), 2, 'closed the connection before the end of its reply'],
    ['knows no such path', responds(404, 'not here'), 2, 'knows no model stand-in at http://127.0.0.1:PORT/v1 (404): not here; check model and base_url'],
    ['is down', responds(503, error('maintenance')), 2, 'is not available (503): maintenance'],
    ['asks to wait longer than there is time', responds(429, error('slow down'), { 'retry-after': '3600' }), 2, 'is overloaded or limits the rate (429): slow down'],
    ['never answers', isSilent, 3, 'no agent answered within', '3'],
  ])('%s costs the run, with one line that says so', async (_name, manner, code, last, timeout = '30') => {
    const outcome = await ask(manner, '--timeout', timeout);
    expect(outcome).toMatchObject({ code, stdout: '' });
    expect(lastLine(outcome).replaceAll(/:\d{4,5}\b/g, ':PORT')).toContain(last);
    expect(outcome.stderr).not.toMatch(/^ +at /m);
  });

  it.concurrent('is slow to finish gives what it had said when the time is up', async () => {
    const outcome = await ask(breaksOff('half an answer', 'silence'), '--timeout', '8');
    expect(outcome).toMatchObject({ code: 0, stdout: 'half an answer\n' });
    expect(outcome.stderr).toContain('an unfinished draft; the time limit was reached');
  });

  it.concurrent('limits the rate is asked again after the time it says', async () => {
    const provider = await startProvider((request, response, place) => {
      (place === 0 ? responds(429, error('slow down'), { 'retry-after': '1' }) : says('Now.'))(request, response, place);
    });
    const outcome = await askAt(provider.url);
    expect(outcome).toMatchObject({ code: 0, stdout: 'Now.\n' });
    expect(outcome.stderr).toMatch(/tries again in 1\.\d s \(attempt 1 failed: 127\.0\.0\.1:\d+ is overloaded or limits the rate \(429\): slow down\)/);
    expect(outcome.seconds).toBeGreaterThan(1);
    expect(provider.heard).toHaveLength(2);
  });

  it.concurrent('fails once costs a retry, not the answer', async () => {
    const provider = await startProvider((request, response, place) => {
      (place === 0 ? breaksOff('half', 'reset') : says('Whole.'))(request, response, place);
    });
    const outcome = await askAt(provider.url);
    expect(outcome).toMatchObject({ code: 0, stdout: 'Whole.\n' });
    expect(outcome.stderr).toContain('[solo] what it had written is withdrawn');
  });

  it.concurrent('is interrupted has its connection closed', async () => {
    let closed = false;
    const provider = await startProvider((request, response, place) => {
      response.on('close', () => {
        closed = true;
      });
      breaksOff('half an answer', 'silence')(request, response, place);
    });
    const { child, says: hears, ended } = startMassgen(ARGS, setting(provider.url));
    await hears('[solo] answers');
    await until(() => provider.heard.length > 0);
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 4 });
    await until(() => closed);
  });
});

describe('an address where', () => {
  it.concurrent('nobody listens is named with the remedy', async () => {
    const server = createServer();
    const port = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    const outcome = await askAt(`http://127.0.0.1:${String(port)}/v1`);
    expect(outcome.code).toBe(2);
    expect(lastLine(outcome)).toContain(`cannot reach 127.0.0.1:${String(port)} at 127.0.0.1:${String(port)} (ECONNREFUSED); is the server running? check base_url`);
  });

  it.concurrent('no host is, is named with the remedy', async () => {
    const outcome = await askAt('http://no-such-host.invalid/v1');
    expect(outcome.code).toBe(2);
    expect(lastLine(outcome)).toMatch(/cannot reach no-such-host\.invalid .*\((ENOTFOUND|EAI_AGAIN)\); check base_url and the network/);
  });

  it.concurrent('something else than HTTP is spoken, is named with the remedy', async () => {
    const port = await listen(createServer((socket) => socket.on('error', () => undefined).end('220 mail.example ESMTP\r\n')));
    const outcome = await askAt(`http://127.0.0.1:${String(port)}/v1`);
    expect(outcome.code).toBe(2);
    expect(lastLine(outcome)).toMatch(/does not answer in HTTP|closed the connection/);
  });
});

describe('a key', () => {
  it.concurrent.each([400, 401, 403, 404, 429, 500])('is not shown or logged when a provider repeats it with status %d', async (status) => {
    const provider = await startProvider((request, response) => {
      response.writeHead(status, { 'content-type': 'application/json', 'retry-after': '60' });
      response.end(JSON.stringify({ error: { message: `${String(request.headers.authorization)} is not welcome`, headers: request.headers } }));
    });
    const outcome = await askAt(provider.url, '--timeout', '30');
    expect(provider.heard[0]?.authorization).toBe(`Bearer ${KEY}`);
    expect(outcome.code).toBe(2);
    const everything = [outcome.stdout, outcome.stderr, ...logTexts(outcome.cwd)].join('\n');
    expect(everything).toContain('[key] is not welcome');
    expect(everything).not.toContain('Zx9');
  });

  it.concurrent('written into the configuration is not logged with it', async () => {
    const { url } = await startProvider(says('Fine.'));
    const config = { agent: { id: 'solo', backend: { type: 'chatcompletion', model: 'm', base_url: url, api_key: KEY, extra_headers: { 'x-api-key': `${KEY}-header` } } } };
    const outcome = await massgen(ARGS, { files: { 'team.json': config } });
    expect(outcome).toMatchObject({ code: 0, stdout: 'Fine.\n' });
    expect(logTexts(outcome.cwd)).toEqual([expect.stringContaining('"api_key":"***"')]);
    expect([outcome.stderr, ...logTexts(outcome.cwd)].join('')).not.toContain('Zx9');
  });
});

it.concurrent('an error message with terminal escapes is shown without them', async () => {
  const { stderr } = await ask(responds(400, error('\u001b]0;owned\u0007\u001b[2Jbad \u009b31mrequest'), { 'content-type': 'application/json' }));
  expect(stderr).toContain('bad ');
  expect(stderr).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
});
