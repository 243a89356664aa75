import { describe, expect, it } from '@jest/globals';
import type { BackendRequest, Message } from '../../../src/backends/contract.js';
import { createBackend } from '../../../src/backends/create.js';
import type { BackendConfig } from '../../../src/backends/spec.js';
import { NEW_ANSWER, collect, requestOf } from '../../support/backend-collect.js';
import { recording, replay, type SentRequest } from '../../support/backend-replay.js';

/** What really goes out, through the SDK and all. */
async function sent(request: Partial<BackendRequest> = {}, config: Partial<BackendConfig> = {}, env: Record<string, string> = { GEMINI_API_KEY: 'AIza-own' }): Promise<SentRequest> {
  const replayed = replay({ body: recording('gemini-generate/text.sse') });
  const events = await collect(createBackend({ type: 'gemini', model: 'gemini-2.5-flash', ...config }, { env, fetch: replayed.fetch }), requestOf(request));
  const first = replayed.sent[0];
  if (first === undefined) throw new Error(JSON.stringify(events.at(-1)));
  return first;
}

const body = async (request: Partial<BackendRequest> = {}, config: Partial<BackendConfig> = {}): Promise<Record<string, unknown>> => (await sent(request, config)).body;

describe('a Gemini request', () => {
  it('has the system text apart, and holds nothing that was not asked for', async () => {
    expect(await body({ tools: [] })).toEqual({
      contents: [{ role: 'user', parts: [{ text: 'What is the answer?' }] }],
      systemInstruction: { parts: [{ text: 'You are one of several agents.' }] },
      generationConfig: { thinkingConfig: { includeThoughts: true } },
    });
  });

  it('goes to the API with the key in its header, and nothing of the environment', async () => {
    const names = ['GOOGLE_API_KEY', 'GOOGLE_GENAI_USE_VERTEXAI', 'GOOGLE_GEMINI_BASE_URL'];
    process.env['GOOGLE_API_KEY'] = 'AIza-process';
    process.env['GOOGLE_GENAI_USE_VERTEXAI'] = 'true';
    process.env['GOOGLE_GEMINI_BASE_URL'] = 'https://evil.example';
    try {
      const own = await sent();
      expect(own.url).toBe('https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse');
      expect(own.headers.get('x-goog-api-key')).toBe('AIza-own');
      const other = await sent({}, { base_url: 'http://127.0.0.1:9/v1alpha' });
      expect(other.url).toBe('http://127.0.0.1:9/v1alpha/models/gemini-2.5-flash:streamGenerateContent?alt=sse');
      expect(JSON.stringify([...other.headers])).not.toMatch(/AIza|x-goog-api-key/);
    } finally {
      for (const name of names) Reflect.deleteProperty(process.env, name);
    }
  });

  it('takes either key variable', async () => {
    expect((await sent({}, {}, { GOOGLE_API_KEY: 'AIza-g' })).headers.get('x-goog-api-key')).toBe('AIza-g');
    expect((await sent({}, {}, { GOOGLE_API_KEY: 'AIza-g', GEMINI_API_KEY: 'AIza-own' })).headers.get('x-goog-api-key')).toBe('AIza-own');
  });

  it('declares functions by their JSON Schema, and forces them', async () => {
    const made = await body({ tools: [NEW_ANSWER], toolChoice: { name: 'new_answer' } });
    expect(made['tools']).toEqual([{ functionDeclarations: [{ name: 'new_answer', description: 'Give an answer', parametersJsonSchema: NEW_ANSWER.parameters }] }]);
    expect(made['toolConfig']).toEqual({ functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['new_answer'] } });
    expect((await body({ toolChoice: 'required' }))['toolConfig']).toEqual({ functionCallingConfig: { mode: 'ANY' } });
    expect((await body({ toolChoice: 'none' }))['toolConfig']).toEqual({ functionCallingConfig: { mode: 'NONE' } });
    expect((await body({}, { function_calling_mode: 'ANY' }))['toolConfig']).toEqual({ functionCallingConfig: { mode: 'ANY' } });
  });

  it('has the built-in tools where the model takes them: beside functions from Gemini 3 on', async () => {
    const flags = { enable_web_search: true, enable_code_execution: true };
    expect((await body({ tools: [] }, flags))['tools']).toEqual([{ googleSearch: {} }, { codeExecution: {} }]);
    expect(await body({ tools: [NEW_ANSWER] }, flags)).toMatchObject({ tools: [{ functionDeclarations: [{ name: 'new_answer' }] }] });
    const both = await body({ tools: [NEW_ANSWER] }, { ...flags, model: 'gemini-3-pro-preview' });
    expect(both).toMatchObject({ tools: [{ googleSearch: {} }, { codeExecution: {} }, { functionDeclarations: [{}] }], toolConfig: { includeServerSideToolInvocations: true } });
  });

  it('passes parameters on', async () => {
    const made = await body({}, { temperature: 0.5, top_p: 0.9, top_k: 40, max_tokens: 100, stop: ['a'], seed: 7, safety_settings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }] });
    expect(made['generationConfig']).toMatchObject({ temperature: 0.5, topP: 0.9, topK: 40, maxOutputTokens: 100, stopSequences: ['a'], seed: 7 });
    expect(made['safetySettings']).toEqual([{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }]);
    expect(await body({}, { extra_body: { cachedContent: 'cachedContents/1', generationConfig: { candidateCount: 1 } } })).toMatchObject({ cachedContent: 'cachedContents/1', generationConfig: { candidateCount: 1 } });
  });

  it('says how long to think, however it was written', async () => {
    const thinking = async (config: Partial<BackendConfig>): Promise<unknown> => ((await body({}, config))['generationConfig'] as Record<string, unknown> | undefined)?.['thinkingConfig'];
    expect(await thinking({ thinking_config: { thinking_budget: 2000 } })).toEqual({ includeThoughts: true, thinkingBudget: 2000 });
    expect(await thinking({ thinking: { type: 'enabled', budget_tokens: 3000 } })).toEqual({ includeThoughts: true, thinkingBudget: 3000 });
    expect(await thinking({ thinking: { type: 'disabled' } })).toEqual({ includeThoughts: false, thinkingBudget: 0 });
    expect(await thinking({ reasoning: { effort: 'low' } })).toEqual({ includeThoughts: true, thinkingBudget: 1024 });
    expect(await thinking({ model: 'gemini-3-pro-preview', reasoning: { effort: 'low' } })).toEqual({ includeThoughts: true, thinkingLevel: 'LOW' });
    const levels = [
      ['gemini-3-pro-preview', 'none', 'LOW'],
      ['gemini-3-pro-preview', 'medium', 'HIGH'],
      ['gemini-3.1-pro-preview', 'medium', 'MEDIUM'],
      ['gemini-3.1-pro-preview', 'minimal', 'LOW'],
      ['gemini-3-flash-preview', 'none', 'MINIMAL'],
      ['gemini-3.8-flash', 'minimal', 'LOW'],
      ['gemini-flash-latest', 'none', 'LOW'],
      ['gemini-3.8-flash-lite', 'none', 'MINIMAL'],
      ['gemini-3-flash-preview', 'xhigh', 'HIGH'],
      ['gemini-3-flash-preview', 'max', 'HIGH'],
    ] as const;
    for (const [model, effort, thinkingLevel] of levels) expect(await thinking({ model, reasoning: { effort } })).toMatchObject({ thinkingLevel });
    for (const [model, level] of [['gemini-3-pro-preview', 'LOW'], ['gemini-3-flash-preview', 'MINIMAL']] as const) expect(await thinking({ model, thinking: { type: 'disabled' } })).toEqual({ includeThoughts: true, thinkingLevel: level });
    expect(await thinking({ model: 'gemini-2.5-pro', thinking: { type: 'disabled' } })).toEqual({ includeThoughts: true, thinkingBudget: 128 });
    expect(await thinking({ model: 'gemini-3-flash-preview', thinking: { type: 'adaptive' } })).toEqual({ includeThoughts: true });
    // One of the two only: "You can only set only one of thinking budget and thinking level."
    expect(await thinking({ model: 'gemini-3-flash-preview', thinking: { type: 'enabled', budget_tokens: 2000 }, reasoning: { effort: 'low' } })).toEqual({ includeThoughts: true, thinkingBudget: 2000 });
    expect(await thinking({ include_thoughts: false })).toBeUndefined();
    expect(await thinking({ model: 'gemini-2.0-flash' })).toBeUndefined();
  });

  it('asks for a form of the reply where there are no functions', async () => {
    const format = { type: 'json-schema', name: 'x', schema: { type: 'object' }, strict: true } as const;
    expect((await body({ tools: [], format }))['generationConfig']).toMatchObject({ responseMimeType: 'application/json', responseJsonSchema: { type: 'object' } });
    expect((await body({ tools: [], format: { type: 'json' } }))['generationConfig']).toMatchObject({ responseMimeType: 'application/json' });
    expect((await body({ format }))['generationConfig']).not.toHaveProperty('responseMimeType');
  });

  it('sends the conversation in turns, calls and responses native, ids only where Gemini gave them', async () => {
    const items = [{ functionCall: { id: 'fc_1', name: 'vote', args: {} }, thoughtSignature: 's' }].map((item) => ({ wire: 'gemini-generate', item }));
    const messages: readonly Message[] = [
      { role: 'user', content: [{ type: 'text', text: 'look' }, { type: 'image', mediaType: 'image/png', base64: 'AAAA' }] },
      { role: 'assistant', text: 'hm', toolCalls: [{ id: 'x', name: 'vote', argumentsText: '{"a":1}' }], items: [] },
      { role: 'tool', callId: 'x', name: 'vote', text: 'no' },
      { role: 'assistant', text: '', toolCalls: [{ id: 'fc_1', name: 'vote', argumentsText: '{}' }], items },
      { role: 'tool', callId: 'fc_1', name: 'vote', text: 'ok' },
      { role: 'user', content: 'again' },
    ];
    expect((await body({ messages }))['contents']).toEqual([
      { role: 'user', parts: [{ text: 'look' }, { inlineData: { mimeType: 'image/png', data: 'AAAA' } }] },
      { role: 'model', parts: [{ text: 'hm' }, { functionCall: { name: 'vote', args: { a: 1 } } }] },
      { role: 'user', parts: [{ functionResponse: { name: 'vote', response: { output: 'no' } } }] },
      { role: 'model', parts: [{ functionCall: { id: 'fc_1', name: 'vote', args: {} }, thoughtSignature: 's' }] },
      { role: 'user', parts: [{ functionResponse: { id: 'fc_1', name: 'vote', response: { output: 'ok' } } }, { text: 'again' }] },
    ]);
    const [, foreign] = (await body({ messages }, { model: 'gemini-3-pro-preview' }))['contents'] as { parts: unknown[] }[];
    expect(foreign?.parts[1]).toMatchObject({ functionCall: { name: 'vote' }, thoughtSignature: 'skip_thought_signature_validator' });
  });

  it('lets a newer Gemini go on from the calls of one that signs nothing', async () => {
    const call = { functionCall: { name: 'vote', args: {} } };
    const messages: readonly Message[] = [
      { role: 'assistant', text: 'hm', toolCalls: [{ id: 'x', name: 'vote', argumentsText: '{}' }], items: [{ text: 'hm' }, call, call].map((item) => ({ wire: 'gemini-generate', item })) },
      { role: 'tool', callId: 'x', name: 'vote', text: 'ok' },
    ];
    const partsFor = async (model: string): Promise<unknown> => ((await body({ messages }, { model }))['contents'] as { readonly parts: unknown }[])[0]?.parts;
    expect(await partsFor('gemini-2.5-flash')).toEqual([{ text: 'hm' }, call, call]);
    expect(await partsFor('gemini-3-flash-preview')).toEqual([{ text: 'hm' }, { ...call, thoughtSignature: 'skip_thought_signature_validator' }, call]);
  });
});
