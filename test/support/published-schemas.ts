import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { runInNewContext } from 'node:vm';

interface Issue {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

interface Schema {
  readonly safeParse: (value: unknown) => { readonly success: boolean; readonly error?: { readonly issues: readonly Issue[] } };
}

/** What a schema is of: a whole body, or one event of its stream. */
type Published = Readonly<Record<'chat' | 'responses' | 'messages', { readonly body: Schema; readonly event: Schema }>>;

let published: Published | undefined;

/**
 * Zod schemas of the three APIs. The package that carries them was made from the OpenAPI documents of Open Responses and OpenAI, and
 * from Anthropic's reference (its NOTICE), and is one file: they are the part between its zod and its own tests.
 */
function schemas(): Published {
  if (published !== undefined) return published;
  const folder = path.dirname(createRequire(import.meta.url).resolve('llmprobe/package.json'));
  const text = readFileSync(path.join(folder, 'bin/dist/llmprobe.mjs'), 'utf8');
  const [from, to] = [text.indexOf('\n// node_modules/zod/'), text.indexOf('\n// src/core/assert.ts')];
  if (from === -1 || to < from) throw new Error('llmprobe has another form now: its schemas were not found');
  const helpers = 'var __defProp = Object.defineProperty; var __export = (target, all) => { for (var name in all) __defProp(target, name, { get: all[name], enumerable: true }); };';
  const named = '({ chat: { body: chatCompletionSchema, event: chatCompletionChunkSchema }, responses: { body: responseResourceSchema, event: responsesStreamEventSchema }, messages: { body: messageSchema, event: messagesStreamEventSchema } })';
  published = runInNewContext(`${helpers}${text.slice(from, to)}\n${named}`, { Buffer, URL, TextDecoder, TextEncoder }) as Published;
  return published;
}

type Api = keyof Published;

/** Events of the vendors' own references that these schemas do not have: of a response that was cancelled, of custom tools, of a signature, of citations. */
const UNKNOWN_EVENT = /^(?:response\.cancelled|response\.custom_tool_call_input\.\w+|content_block_delta (?:signature|citations)_delta|response\.output_item\.\w+ custom_tool_call)$/u;

const nameOf = (event: unknown): string => {
  const { type = '', delta, item } = event as { readonly type?: string; readonly delta?: { readonly type?: string }; readonly item?: { readonly type?: string } };
  return [type, delta?.type ?? item?.type ?? ''].join(' ').trim();
};

/** Open Responses knows function tools only, and a format whose schema is null. */
function withoutGaps(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (key, inner: unknown) => {
    if (key === 'tools' && Array.isArray(inner)) return (inner as readonly { readonly type?: string }[]).filter(({ type }) => type === 'function');
    if (key === 'output' && Array.isArray(inner)) return (inner as readonly { readonly type?: string }[]).filter(({ type }) => type !== 'custom_tool_call');
    const isForm = key === 'format' && typeof inner === 'object' && inner !== null && (inner as { readonly type?: string }).type === 'json_schema';
    return isForm ? { description: null, ...inner, schema: null } : inner;
  });
}

/** What is wrong with a body, or an event, by the published schema. */
export function schemaFaults(api: Api, form: 'body' | 'event', value: unknown): readonly string[] {
  if (form === 'event' && UNKNOWN_EVENT.test(nameOf(value))) return [];
  const { error } = schemas()[api][form].safeParse(api === 'responses' ? withoutGaps(value) : value);
  return (error?.issues ?? []).map((issue) => `${api} ${form}: ${issue.path.join('.')}: ${issue.message} in ${JSON.stringify(value).slice(0, 300)}`);
}

const apiOf = (at: string): Api | undefined => {
  const found = /^\/v1\/(?:(chat)\/completions|(responses)(?:\/[\w-]+(?:\/cancel)?)?|(messages))(?:\?.*)?$/u.exec(at);
  return (found?.[1] ?? found?.[2] ?? found?.[3]) as Api | undefined;
};

const isError = (value: unknown): boolean => typeof value === 'object' && value !== null && ('error' in value && !('object' in value) || 'deleted' in value);

function faultsOf(api: Api, type: string, text: string): readonly string[] {
  if (!type.startsWith('text/event-stream')) {
    const body = JSON.parse(text) as unknown;
    return isError(body) ? [] : schemaFaults(api, 'body', body);
  }
  const datas = text.split('\n\n').flatMap((block) => block.split('\n').flatMap((line) => (line.startsWith('data: {') ? [JSON.parse(line.slice(6)) as unknown] : [])));
  return datas.flatMap((data) => (isError(data) ? [] : schemaFaults(api, 'event', data)));
}

/** The response, whose `text` and `json` reject when what they read is not what the API's schema says. */
export function checked(at: string, response: Response): Response {
  const api = apiOf(at);
  if (api === undefined || response.status !== 200) return response;
  const read = response.text.bind(response);
  const text = async (): Promise<string> => {
    const whole = await read();
    const [fault] = faultsOf(api, response.headers.get('content-type') ?? '', whole);
    if (fault !== undefined) throw new Error(fault);
    return whole;
  };
  return Object.assign(response, { text, json: async () => JSON.parse(await text()) as unknown });
}
