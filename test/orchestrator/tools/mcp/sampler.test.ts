import { describe, expect, it } from '@jest/globals';
import type { Expense } from '../../../../src/orchestrator/protocol.js';
import type { ToolContext } from '../../../../src/orchestrator/tools/contract.js';
import { createSampler, type Sample, type SampleRequest } from '../../../../src/orchestrator/tools/mcp/sampler.js';

const expense = (tokens: number, costMicros: number | null = tokens): Expense => ({ usage: { inputTokens: tokens, outputTokens: 1 }, costMicros });
const said = (change: Partial<Sample> = {}): Sample => ({ text: 'Said.', reason: 'stop', model: 'm', spent: expense(100), ...change });
const WANTED = { messages: [{ role: 'user', content: { type: 'text', text: 'Well?' } }], maxTokens: 50 };

/** A call of a tool whose server asks the model meanwhile. */
function calling(change: Partial<ToolContext> = {}, replies: readonly Partial<Sample>[] = [{}], limits = { maxTokens: 1000, maxRequests: 3 }) {
  const asked: SampleRequest[] = [];
  const spent: Expense[] = [];
  const sampler = createSampler(limits, (request) => Promise.resolve(said(replies[(asked.push(request) - 1) % replies.length])));
  const context: ToolContext = { agent: 'a', callId: 'c', signal: new AbortController().signal, delivering: false, progress: () => undefined, spent: (total) => void spent.push(total), ...change };
  const ask = (...params: readonly unknown[]): Promise<unknown> => sampler.during(context, async () => {
    let last: unknown;
    for (const each of params) last = await sampler.answer(each, new AbortController().signal);
    return last;
  });
  return { asked, spent, sampler, ask, context };
}

describe('what a server asks the model', () => {
  it('is a conversation of its own, without more than it may have', async () => {
    const { ask, asked } = calling();
    const params = { ...WANTED, systemPrompt: 'Be brief\u001b[2J.', temperature: 0.5, stopSequences: ['END', 5], maxTokens: 9_999_999, messages: [...WANTED.messages, { role: 'assistant', content: { type: 'text', text: 'Hm.' } }, { role: 'user', content: { type: 'image', data: 'AAAA', mimeType: 'image/png' } }] };
    expect(await ask(params)).toEqual({ role: 'assistant', model: 'm', content: { type: 'text', text: 'Said.' }, stopReason: 'endTurn' });
    expect(asked).toEqual([
      {
        messages: [
          { role: 'system', text: 'Be brief.' },
          { role: 'user', content: 'Well?' },
          { role: 'assistant', text: 'Hm.', toolCalls: [], items: [] },
          { role: 'user', content: [{ type: 'image', mediaType: 'image/png', base64: 'AAAA' }] },
        ],
        sampling: { max_tokens: 1000, temperature: 0.5, stop: ['END'] },
      },
    ]);
  });

  it('is paid by the call that runs, also where it fails', async () => {
    const { ask, spent } = calling({}, [{ spent: expense(100) }, { error: 'the key was refused', spent: expense(7) }]);
    await expect(ask(WANTED, WANTED)).rejects.toThrow('the key was refused');
    expect(spent.at(-1)).toEqual({ usage: { inputTokens: 107, outputTokens: 2 }, costMicros: 107 });
  });

  it('has no price where one of its parts has none', async () => {
    const { ask, spent } = calling({}, [{}, { spent: expense(5, null) }]);
    await ask(WANTED, WANTED);
    expect(spent.at(-1)?.costMicros).toBeNull();
  });

  it.each([
    ['more often than it may', {}, [WANTED, WANTED, WANTED, WANTED], 'a call may ask the model 3 times'],
    ['further than the tokens go', { left: { tokens: 101, costMicros: null } }, [WANTED, WANTED], 'the budget is used up'],
    ['further than the money goes', { left: { tokens: null, costMicros: 100 } }, [WANTED, WANTED], 'the budget is used up'],
    ['with no messages', {}, [{ messages: [] }], 'write 1 to 100 messages'],
    ['with too many messages', {}, [{ messages: Array(101).fill(WANTED.messages[0]) }], 'write 1 to 100 messages'],
    ['with something that is no message', {}, [{ messages: ['hello'] }], 'each message is an object'],
    ['with too much text', {}, [{ messages: [{ role: 'user', content: { type: 'text', text: 'x'.repeat(400_001) } }] }], 'more than 400000 characters'],
    ['with nothing', {}, [null], 'write 1 to 100 messages'],
  ])('is refused %s', async (_how, change, params, message) => {
    await expect(calling(change).ask(...params)).rejects.toThrow(message);
  });

  it('is refused while none of the tools is called', async () => {
    const { sampler, ask } = calling();
    await expect(sampler.answer(WANTED, new AbortController().signal)).rejects.toThrow('only while one of your tools is called');
    await ask(WANTED);
    await expect(sampler.answer(WANTED, new AbortController().signal)).rejects.toThrow('only while one of your tools is called');
  });

  it('is broken off with its call, which waits for what it had cost', async () => {
    const stop = new AbortController();
    const spent: Expense[] = [];
    const sampler = createSampler({ maxTokens: 10, maxRequests: 1 }, (_request, signal) => new Promise((resolve) => signal.addEventListener('abort', () => setTimeout(() => resolve(said({ error: 'it was broken off' })), 10))));
    const context: ToolContext = { agent: 'a', callId: 'c', signal: stop.signal, delivering: false, progress: () => undefined, spent: (total) => void spent.push(total) };
    const call = sampler.during(context, () => {
      sampler.answer(WANTED, new AbortController().signal).catch(() => undefined);
      stop.abort();
      return Promise.reject(new Error('the turn is over'));
    });
    await expect(call).rejects.toThrow('the turn is over');
    expect(spent.map(({ usage }) => usage.inputTokens)).toEqual([0, 100]);
  });
});
