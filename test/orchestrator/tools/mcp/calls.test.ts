import { afterEach, describe, expect, it } from '@jest/globals';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import type { RequestHow } from '../../../../src/orchestrator/tools/mcp/calls.js';
import { faultOf, isLasting, ServerSaid } from '../../../../src/orchestrator/tools/mcp/fault.js';
import { watchTransport } from '../../../../src/orchestrator/tools/mcp/watch-transport.js';

type Sent = JSONRPCMessage & { readonly id: number; readonly method: string; readonly params: Readonly<Record<string, unknown>> };

/** A server that says what the test makes it say. */
async function stage() {
  const sent: Sent[] = [];
  const inner: Transport = {
    start: () => Promise.resolve(),
    send: (message) => {
      sent.push(message as Sent);
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
  const watched = watchTransport(inner, () => undefined);
  const heard: JSONRPCMessage[] = [];
  watched.transport.onmessage = (message) => void heard.push(message);
  await watched.transport.start();
  const say = (message: object): void => inner.onmessage?.({ jsonrpc: '2.0', ...message } as JSONRPCMessage);
  return { ...watched, sent, heard, say, hangUp: () => inner.onclose?.() };
}

const leaving: AbortController[] = [];
afterEach(() => {
  for (const each of leaving.splice(0)) each.abort();
});
function how(more: Partial<RequestHow> = {}): RequestHow {
  const controller = new AbortController();
  leaving.push(controller);
  return { signal: controller.signal, ...more };
}

const outcome = (request: Promise<unknown>): Promise<unknown> => request.catch((error: unknown) => error);

describe('a request to a server', () => {
  it('resolves to the result as it came', async () => {
    const { request, sent, say, heard } = await stage();
    const asked = request('tools/call', { name: 'act', arguments: {} }, how());
    expect(sent).toEqual([{ jsonrpc: '2.0', id: expect.any(Number), method: 'tools/call', params: { name: 'act', arguments: {} } }]);
    say({ id: sent[0]!.id, result: { content: 'anything', more: [1] } });
    expect(await asked).toEqual({ content: 'anything', more: [1] });
    expect(heard).toEqual([]);
  });

  it('is answered where the server makes a text of its number', async () => {
    const { request, sent, say } = await stage();
    const asked = request('ping', {}, how());
    say({ id: String(sent[0]!.id), result: {} });
    expect(await asked).toEqual({});
  });

  it.each([
    [{ error: { code: -32_602, message: 'no such tool' } }, 'no such tool'],
    [{ error: { code: 'x', message: 5 } }, ''],
    [{ error: 'no' }, 'neither a result nor an error'],
    [{ result: 'no object' }, 'neither a result nor an error'],
    [{}, 'neither a result nor an error'],
  ])('fails with what the server says, whatever it is: %j', async (answer, message) => {
    const { request, sent, say } = await stage();
    const asked = outcome(request('tools/call', {}, how()));
    say({ id: sent[0]!.id, ...answer });
    const error = await asked;
    expect(error).toMatchObject({ message: expect.stringContaining(message) });
    expect(faultOf(error, true)).toBe('answered');
  });

  it('that is aborted is told to the server once, and its late answer and words of progress are nobody’s', async () => {
    const { request, sent, say, heard } = await stage();
    const controller = new AbortController();
    const asked = outcome(request('tools/call', {}, how({ signal: controller.signal, onProgress: () => undefined })));
    controller.abort(new Error('the turn is over'));
    expect(await asked).toMatchObject({ message: 'the turn is over' });
    const { id } = sent[0]!;
    expect(sent.slice(1)).toMatchObject([{ method: 'notifications/cancelled', params: { requestId: id, reason: 'Error: the turn is over' } }]);
    say({ method: 'notifications/progress', params: { progressToken: id, progress: 1 } });
    say({ id, result: {} });
    expect(heard).toEqual([]);
  });

  it('that is aborted before is not sent', async () => {
    const { request, sent } = await stage();
    await expect(request('tools/call', {}, how({ signal: AbortSignal.abort(new Error('too late')) }))).rejects.toThrow('too late');
    expect(sent).toEqual([]);
  });

  it('leaves nothing that listens to a signal of others', async () => {
    const { request, sent, say } = await stage();
    const controller = new AbortController();
    const asked = request('tools/list', {}, how({ signal: controller.signal }));
    say({ id: sent[0]!.id, result: {} });
    await asked;
    controller.abort();
    expect(sent).toHaveLength(1);
  });

  it('is given up after its time, and the server told', async () => {
    const { request, sent } = await stage();
    expect(faultOf(await outcome(request('tools/call', {}, how({ timeoutMs: 20 }))), true)).toBe('slow');
    expect(sent[1]).toMatchObject({ method: 'notifications/cancelled' });
  });

  it('asks for words of progress where somebody listens, and tells them', async () => {
    const { request, sent, say } = await stage();
    const words: string[] = [];
    void outcome(request('tools/call', { name: 'act' }, how({ onProgress: (word) => words.push(word) })));
    expect(sent[0]!.params).toEqual({ name: 'act', _meta: { progressToken: sent[0]!.id } });
    for (const params of [{ progress: 1, total: 3, message: 'on it' }, { progress: 2 }, { progress: 'x', total: {}, message: 5 }]) say({ method: 'notifications/progress', params: { ...params, progressToken: sent[0]!.id } });
    say({ method: 'notifications/progress', params: null });
    expect(words).toEqual(['1/3 on it', '2', '']);
  });

  it('fails when the connection ends, and so does any after it', async () => {
    const { request, hangUp } = await stage();
    const asked = outcome(request('tools/call', {}, how()));
    hangUp();
    expect(await asked).toMatchObject({ message: 'Connection closed' });
    expect(faultOf(await asked, false)).toBe('gone');
    await expect(request('tools/call', {}, how())).rejects.toThrow('Not connected');
  });

  it('can be failed from here, alone or with all others', async () => {
    const { request, sent, fail } = await stage();
    const all = [1, 2, 3].map(() => outcome(request('tools/call', {}, how())));
    fail('cut off', sent[1]!.id);
    expect(await all[1]).toMatchObject({ message: 'cut off' });
    fail('all cut off');
    expect(await Promise.all(all)).toMatchObject([{ message: 'all cut off' }, { message: 'cut off' }, { message: 'all cut off' }]);
  });
});

describe('a failure that lasts', () => {
  it('is one of HTTP, not an answer with the same number', () => {
    expect([401, 403].map((code) => isLasting(new ServerSaid(code, 'not yet')))).toEqual([false, false]);
    expect([401, 403].map((code) => isLasting(Object.assign(new Error('refused'), { code })))).toEqual([true, true]);
  });
});

describe('what a server says besides', () => {
  it('goes to the client: its answers, requests and notifications', async () => {
    const { transport, say, heard } = await stage();
    await transport.send({ jsonrpc: '2.0', id: 0, method: 'initialize', params: {} });
    say({ id: 0, result: { serverInfo: {} } });
    say({ id: 7, method: 'roots/list' });
    say({ method: 'notifications/tools/list_changed' });
    expect(heard).toMatchObject([{ id: 0 }, { id: 7 }, { method: 'notifications/tools/list_changed' }]);
  });
});
