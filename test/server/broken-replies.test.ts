import { afterEach, describe, expect, it } from '@jest/globals';
import { closeServers, serve } from '../support/backend-servers.js';
import { cleanUp, loggedEvents } from '../support/massgen-process.js';
import { bodyOf, framesOf, serveHere, stopServers } from '../support/server.js';
import { aloneAt, pairAt } from '../support/vendor.js';

afterEach(async () => {
  await stopServers();
  await closeServers();
  await cleanUp();
});

const MB = 1024 * 1024;
const frame = (text: string, of = 'content'): string => `data: ${JSON.stringify({ choices: [{ index: 0, delta: { [of]: text } }] })}\n\n`;

/** A provider that writes without an end, and how often it was asked. */
async function endless(of = 'content'): Promise<{ readonly url: string; readonly asked: () => number }> {
  let asked = 0;
  const piece = frame('x'.repeat(64 * 1024), of);
  const origin = await serve((_request, response) => {
    asked += 1;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const more = (): void => {
      while (!response.destroyed) {
        if (response.write(piece)) continue;
        response.once('drain', more);
        return;
      }
    };
    more();
  });
  return { url: `${origin}/v1`, asked: () => asked };
}

describe('a stream that breaks off after a part of it was sent', () => {
  it('has failed, for the log and the list of sessions too, with its reason', async () => {
    const origin = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(frame('Half of'));
      setTimeout(() => response.destroy(), 50);
    });
    const { chat, get, cwd } = await serveHere({ config: aloneAt(`${origin}/v1`) });
    const frames = framesOf(await (await chat({ model: 'solo', stream: true })).text());
    expect(frames.at(-1)!.data).toMatchObject({ error: { code: 'backend_reset', message: expect.stringContaining('broke off') } });
    expect(loggedEvents(cwd).at(-1)).toMatchObject({ type: 'run-end', status: 'failed', error: { code: 'backend-reset', message: expect.stringContaining('after a part of it had been sent') } });
    expect((await bodyOf(await get('/v1/sessions'))).data).toMatchObject([{ status: 'failed' }]);
  });
});

describe('a reply without an end', () => {
  it.each([
    ['whole', false],
    ['streamed', true],
  ])('is given up when it is larger than any model writes, %s, and is asked for once', async (_name, stream) => {
    const { url, asked } = await endless();
    const { chat, cwd } = await serveHere({ config: aloneAt(url) });
    const response = await chat({ model: 'solo', stream });
    const text = await response.text();
    if (stream) expect(text).toContain('"error":{"message":"the answer broke off after a part of it had been sent (chatcompletion (stand-in) sent a reply of more than 16 million characters)"');
    else expect([response.status, JSON.parse(text)]).toEqual([502, { error: { message: 'chatcompletion (stand-in) sent a reply of more than 16 million characters', type: 'server_error', param: null, code: 'reply_too_large' } }]);
    expect(text.length).toBeLessThan(32 * MB);
    expect(asked()).toBe(1);
    expect(loggedEvents(cwd).at(-1)).toMatchObject({ type: 'run-end', status: 'failed' });
  });

  it('is given up by every agent of a team', async () => {
    const { url, asked } = await endless();
    const { chat } = await serveHere({ config: pairAt(url) });
    const response = await chat();
    expect([response.status, (await bodyOf(response)).error]).toEqual([502, expect.objectContaining({ code: 'agents_failed', message: expect.stringContaining('more than 16 million characters') })]);
    expect(asked()).toBe(2);
  });

  it.each([true, false])('is given up when it is all thought, streamed: %s', async (stream) => {
    const { url, asked } = await endless('reasoning_content');
    const { chat, cwd } = await serveHere({ config: aloneAt(url) });
    const text = await (await chat({ model: 'solo', stream })).text();
    expect(loggedEvents(cwd).at(-1)).toMatchObject({ type: 'run-end', status: 'failed', error: { code: 'reply-too-large' } });
    expect([text.slice(-300).includes('"code":"reply_too_large"'), text.length < 48 * MB, asked()]).toEqual([true, true, 1]);
  });

  it('is not read on when it comes as one JSON of more than 64 MB', async () => {
    let written = 0;
    const origin = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const more = (): void => {
        while (!response.destroyed && written < 200 * MB) {
          written += MB;
          if (!response.write('x'.repeat(MB))) {
            response.once('drain', more);
            return;
          }
        }
        response.end();
      };
      response.write('{"choices":[{"message":{"content":"');
      more();
    });
    const { chat } = await serveHere({ config: aloneAt(`${origin}/v1`) });
    const response = await chat({ model: 'solo' });
    expect([response.status, (await bodyOf(response)).error]).toEqual([502, expect.objectContaining({ code: 'reply_too_large', message: expect.stringContaining('64 MB') })]);
    expect(written).toBeLessThan(120 * MB);
  });
});
