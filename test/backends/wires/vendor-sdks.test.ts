import { readdirSync } from 'node:fs';
import { Anthropic } from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import { describe, expect, it } from '@jest/globals';
import { OpenAI } from 'openai';
import type { BackendEvent } from '../../../src/backends/contract.js';
import { createBackend } from '../../../src/backends/create.js';
import type { BackendConfig, FetchLike } from '../../../src/backends/spec.js';
import { callsOf, collect, eventsOf, reasoningOf, textOf } from '../../support/backend-collect.js';
import { recording, replay } from '../../support/backend-replay.js';

/** What a reply says, whoever read it. */
interface Read {
  readonly text: string;
  readonly thought: string;
  readonly calls: readonly { readonly name: string; readonly input: unknown }[];
  readonly output: number;
}

/** Recordings that are whole: no SDK makes a reply of the others. */
const whole = (wire: string): readonly string[] =>
  readdirSync(new URL(`../../fixtures/wires/${wire}`, import.meta.url)).filter((file) => !/^(garbage|error-frame|length|blocked|malformed|pause)/.test(file));

const fetchOf = (path: string): FetchLike => () => Promise.resolve(new Response(recording(path), { headers: { 'content-type': 'text/event-stream' } }));

async function ours(path: string, config: BackendConfig): Promise<Read> {
  const events: readonly BackendEvent[] = await collect(createBackend({ api_key: 'k', ...config }, { env: {}, fetch: replay({ body: recording(path) }).fetch }));
  const calls = callsOf(events).map(({ name, argumentsText }) => ({ name, input: JSON.parse(argumentsText) as unknown }));
  return { text: textOf(events), thought: reasoningOf(events), calls, output: eventsOf(events, 'usage').at(-1)?.usage.outputTokens ?? 0 };
}

async function byAnthropic(path: string): Promise<Read> {
  const client = new Anthropic({ apiKey: 'k', fetch: fetchOf(path), maxRetries: 0 });
  const message = await client.messages.stream({ model: 'm', max_tokens: 1, messages: [] }).finalMessage();
  const said = message.content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('');
  return {
    text: said === '' ? (message.stop_details?.explanation ?? '') : said,
    thought: message.content.flatMap((block) => (block.type === 'thinking' ? [block.thinking] : [])).join(''),
    calls: message.content.flatMap((block) => (block.type === 'tool_use' ? [{ name: block.name, input: block.input }] : [])),
    output: message.usage.output_tokens,
  };
}

async function byGoogle(path: string): Promise<Read> {
  const { models } = new GoogleGenAI({ apiKey: 'k', httpOptions: { fetch: fetchOf(path) } });
  const read = { text: '', thought: '', calls: [] as { name: string; input: unknown }[], output: 0 };
  for await (const chunk of await models.generateContentStream({ model: 'm', contents: 'q', config: { automaticContinuation: false } })) {
    for (const part of chunk.candidates?.[0]?.content?.parts ?? []) {
      if (part.thought === true) read.thought += part.text ?? '';
      else read.text += part.text ?? '';
      if (part.functionCall) read.calls.push({ name: (part.functionCall.name ?? '').replace('default_api:', ''), input: part.functionCall.args });
    }
    read.output = (chunk.usageMetadata?.candidatesTokenCount ?? 0) + (chunk.usageMetadata?.thoughtsTokenCount ?? 0);
  }
  return read;
}

const client = (path: string): OpenAI => new OpenAI({ apiKey: 'k', fetch: fetchOf(path), maxRetries: 0 });

async function byChat(path: string): Promise<Read> {
  const read = { text: '', thought: '', calls: [] as { name: string; json: string }[], output: 0 };
  for await (const chunk of await client(path).chat.completions.create({ model: 'm', messages: [], stream: true })) {
    const delta = (chunk.choices[0]?.delta ?? {}) as { content?: string | null; refusal?: string | null; reasoning_content?: string; reasoning?: string; tool_calls?: readonly { index: number; function?: { name?: string; arguments?: string } }[] };
    read.text += `${delta.content ?? ''}${delta.refusal ?? ''}`;
    read.thought += delta.reasoning_content ?? delta.reasoning ?? '';
    for (const { index, function: piece } of delta.tool_calls ?? []) {
      const call = (read.calls[index] ??= { name: '', json: '' });
      call.name += piece?.name ?? '';
      call.json += piece?.arguments ?? '';
    }
    read.output = chunk.usage?.completion_tokens ?? read.output;
  }
  return { ...read, calls: read.calls.map(({ name, json }) => ({ name, input: JSON.parse(json) as unknown })) };
}

async function byResponses(path: string): Promise<Read> {
  const response = await client(path).responses.stream({ model: 'm', input: 'q' }).finalResponse();
  const parts = response.output.flatMap((item) => (item.type === 'message' ? item.content : []));
  return {
    text: parts.map((part) => (part.type === 'output_text' ? part.text : part.refusal)).join(''),
    thought: response.output.flatMap((item) => (item.type === 'reasoning' ? item.summary.map(({ text }) => text) : [])).join('\n\n'),
    calls: response.output.flatMap((item) => (item.type === 'function_call' ? [{ name: item.name, input: JSON.parse(item.arguments) as unknown }] : [])),
    output: response.usage?.output_tokens ?? 0,
  };
}

describe.each([
  ['anthropic-messages', { type: 'claude' }, byAnthropic],
  ['gemini-generate', { type: 'gemini' }, byGoogle],
  ['openai-chat', { type: 'openrouter', model: 'm' }, byChat],
  ['openai-responses', { type: 'openai' }, byResponses],
] as const)('the recordings of %s', (wire, config, bySdk) => {
  it.each(whole(wire))('say in %s what the vendor’s own SDK reads out of it', async (file) => {
    const path = `${wire}/${file}`;
    expect(await ours(path, config)).toEqual(await bySdk(path));
  });
});
