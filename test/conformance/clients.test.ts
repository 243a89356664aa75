import Anthropic from '@anthropic-ai/sdk';
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { ChatOpenAI } from '@langchain/openai';
import { afterEach, describe, expect, it } from '@jest/globals';
import { generateText, jsonSchema, Output, stepCountIs, streamText, tool, type LanguageModel } from 'ai';
import OpenAI from 'openai';
import { cleanUp } from '../support/massgen-process.js';
import { serveHere, stopServers } from '../support/server.js';
import { startCapableModel, type CapableModel } from './model/capable-model.js';
import { configurations } from './targets.js';

const models: CapableModel[] = [];

afterEach(async () => {
  await stopServers();
  await Promise.all(models.splice(0).map((model) => model.close()));
  await cleanUp();
});

const CAPITAL = 'Which city is the capital of Finland?';
const WEATHER = 'What will the weather be in Helsinki?';
const TRIP = 'Four nights, that is 4, in Tampere.';
const PLACE = { type: 'object' as const, properties: { city: { type: 'string' as const } }, required: ['city'], additionalProperties: false };
const STAY = { type: 'object' as const, properties: { city: { type: 'string' as const }, nights: { type: 'integer' as const } }, required: ['city', 'nights'], additionalProperties: false };
const look = ({ city }: { readonly city: string }): string => `snow in ${city}`;

/** What a client can do of: asking, streaming, running its tools to the end, getting an object. */
interface Client {
  readonly ask: (text: string) => Promise<string>;
  readonly stream: (text: string) => Promise<string>;
  readonly useTools: (text: string) => Promise<string>;
  readonly object: (text: string) => Promise<unknown>;
}

function viaAiSdk(model: LanguageModel): Client {
  const tools = { weather: tool({ description: 'The weather of a city', inputSchema: jsonSchema<{ city: string }>(PLACE), execute: look }) };
  return {
    ask: async (prompt) => (await generateText({ model, maxOutputTokens: 1000, prompt })).text,
    stream: async (prompt) => {
      let text = '';
      for await (const part of streamText({ model, maxOutputTokens: 1000, prompt }).textStream) text += part;
      return text;
    },
    useTools: async (prompt) => (await generateText({ model, maxOutputTokens: 1000, prompt, tools, stopWhen: stepCountIs(3) })).text,
    object: async (prompt) => (await generateText({ model, maxOutputTokens: 1000, prompt, output: Output.object({ schema: jsonSchema(STAY) }) })).output,
  };
}

function viaLangChain(url: string, useResponsesApi: boolean): Client {
  const model = new ChatOpenAI({ model: 'massgen', apiKey: 'any', maxRetries: 0, useResponsesApi, configuration: { baseURL: `${url}/v1` } });
  return {
    ask: async (text) => (await model.invoke(text)).text,
    stream: async (text) => {
      let whole = '';
      for await (const chunk of await model.stream(text)) whole += chunk.text;
      return whole;
    },
    useTools: async (text) => {
      const bound = model.bindTools([{ type: 'function', function: { name: 'weather', description: 'The weather of a city', parameters: PLACE } }]);
      const called = await bound.invoke(text);
      const results = (called.tool_calls ?? []).map(({ id = '', args }) => ({ role: 'tool' as const, tool_call_id: id, content: look(args as { city: string }) }));
      return (await bound.invoke([{ role: 'user', content: text }, called, ...results])).text;
    },
    object: (text) => model.withStructuredOutput(STAY, { name: 'stay', method: 'jsonSchema' }).invoke(text),
  };
}

function viaChat(url: string): Client {
  const { chat: { completions } } = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'any', maxRetries: 0 });
  const asked = (text: string) => ({ model: 'massgen', messages: [{ role: 'user' as const, content: text }] });
  return {
    ask: async (text) => (await completions.create(asked(text))).choices[0]!.message.content!,
    stream: async (text) => (await completions.stream(asked(text)).finalContent())!,
    useTools: async (text) => (await completions.runTools({ ...asked(text), tools: [{ type: 'function', function: { name: 'weather', description: 'The weather of a city', parse: JSON.parse, parameters: PLACE, function: look } }] }).finalContent())!,
    object: async (text) => JSON.parse((await completions.parse({ ...asked(text), response_format: { type: 'json_schema', json_schema: { name: 'stay', schema: STAY, strict: true } } })).choices[0]!.message.content!) as unknown,
  };
}

function viaResponses(url: string): Client {
  const { responses } = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'any', maxRetries: 0 });
  const asked = (text: string) => ({ model: 'massgen', input: text });
  const tools = [{ type: 'function' as const, name: 'weather', description: 'The weather of a city', parameters: PLACE, strict: true }];
  return {
    ask: async (text) => (await responses.create(asked(text))).output_text,
    stream: async (text) => (await responses.stream(asked(text)).finalResponse()).output_text,
    useTools: async (text) => {
      const first = await responses.create({ ...asked(text), tools });
      const results = first.output.flatMap((item) => (item.type === 'function_call' ? [{ type: 'function_call_output' as const, call_id: item.call_id, output: look(JSON.parse(item.arguments) as { city: string }) }] : []));
      return (await responses.create({ model: 'massgen', previous_response_id: first.id, input: results, tools })).output_text;
    },
    object: async (text) => (await responses.parse({ ...asked(text), text: { format: { type: 'json_schema', name: 'stay', schema: STAY, strict: true } } })).output_parsed,
  };
}

function viaMessages(url: string): Client {
  const { messages } = new Anthropic({ baseURL: url, apiKey: 'any', maxRetries: 0 });
  const textOf = ({ content }: Anthropic.Message): string => content.map((block) => (block.type === 'text' ? block.text : '')).join('');
  const asked = (text: string) => ({ model: 'massgen', max_tokens: 500, messages: [{ role: 'user' as const, content: text }] });
  const tools = [{ name: 'weather', description: 'The weather of a city', input_schema: PLACE as Anthropic.Tool.InputSchema }];
  return {
    ask: async (text) => textOf(await messages.create(asked(text))),
    stream: async (text) => textOf(await messages.stream(asked(text)).finalMessage()),
    useTools: async (text) => {
      const first = await messages.create({ ...asked(text), tools });
      const results = first.content.flatMap((block) => (block.type === 'tool_use' ? [{ type: 'tool_result' as const, tool_use_id: block.id, content: look(block.input as { city: string }) }] : []));
      return textOf(await messages.create({ ...asked(text), tools, messages: [...asked(text).messages, { role: 'assistant', content: first.content }, { role: 'user', content: results }] }));
    },
    object: async (text) => JSON.parse(textOf(await messages.create({ ...asked(text), output_config: { format: { type: 'json_schema', schema: STAY } } }))) as unknown,
  };
}

const CLIENTS: Readonly<Record<string, (url: string) => Client>> = {
  'openai, Chat Completions': viaChat,
  'openai, Responses': viaResponses,
  '@anthropic-ai/sdk': viaMessages,
  '@ai-sdk/openai-compatible': (url) => viaAiSdk(createOpenAICompatible({ name: 'massgen', baseURL: `${url}/v1`, apiKey: 'any', supportsStructuredOutputs: true }).chatModel('massgen')),
  '@ai-sdk/openai, Responses': (url) => viaAiSdk(createOpenAI({ baseURL: `${url}/v1`, apiKey: 'any' }).responses('massgen')),
  '@ai-sdk/anthropic': (url) => viaAiSdk(createAnthropic({ baseURL: `${url}/v1`, apiKey: 'any' }).messages('massgen')),
  'LangChain, Chat Completions': (url) => viaLangChain(url, false),
  'LangChain, Responses': (url) => viaLangChain(url, true),
};

describe.each(['single', 'team'] as const)('a %s', (kind) => {
  it.each(Object.entries(CLIENTS))('is asked, streamed, given tools and a schema by %s', async (_name, open) => {
    const model = await startCapableModel();
    models.push(model);
    const { url } = await serveHere({ config: configurations(model.url)[kind] as Readonly<Record<string, unknown>> });
    const client = open(url);
    expect(await client.ask(CAPITAL)).toBe('Helsinki');
    expect(await client.stream(CAPITAL)).toBe('Helsinki');
    expect(await client.useTools(WEATHER)).toContain('snow in Helsinki');
    expect(await client.object(TRIP)).toEqual({ city: 'Tampere', nights: 4 });
  });
});
