import type { IncomingMessage, ServerResponse } from 'node:http';
import { serve } from './backend-servers.js';

/** The body of a request, as a vendor of Chat Completions gets it. */
export interface HeardBody {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: unknown; readonly tool_calls?: readonly { readonly id: string; readonly function: { readonly name: string; readonly arguments: string } }[]; readonly tool_call_id?: string }[];
  readonly tools?: readonly { readonly function: { readonly name: string } }[];
  readonly tool_choice?: unknown;
  readonly [field: string]: unknown;
}

/** What the stand-in says to one request. */
export interface Said {
  readonly text?: string;
  readonly reasoning?: string;
  readonly calls?: readonly { readonly name: string; readonly arguments: unknown }[];
  readonly finish?: string;
  /** Pieces that the text is sent in. */
  readonly pieces?: number;
  /** Between pieces. */
  readonly paceMs?: number;
  /** What is waited for after the first piece. */
  readonly pause?: Promise<unknown>;
  /** Nothing more comes after the text. */
  readonly hang?: boolean;
  readonly usage?: { readonly prompt_tokens: number; readonly completion_tokens: number };
}

export interface Vendor {
  /** With `/v1`. */
  readonly url: string;
  readonly heard: readonly HeardBody[];
  /** Milliseconds (performance.now) at which requests were broken off by whoever made them. */
  readonly left: readonly number[];
  readonly open: () => number;
}

async function read(request: IncomingMessage): Promise<HeardBody> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString()) as HeardBody;
}

const frame = (choices: readonly object[], more: object = {}): string => `data: ${JSON.stringify({ id: 'reply', object: 'chat.completion.chunk', model: 'stand-in', choices, ...more })}\n\n`;
const delta = (part: object): string => frame([{ index: 0, delta: part, finish_reason: null }]);

/** So long that what was written is read before more is, though this process is held up meanwhile. */
async function apart(ms: number): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setTimeout(resolve, ms));
}

async function speak(response: ServerResponse, said: Said, place: number): Promise<void> {
  const { text = '', reasoning, calls = [], pieces = 1, paceMs = 0, pause, hang = false } = said;
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  if (reasoning !== undefined) response.write(delta({ reasoning_content: reasoning }));
  const size = Math.max(1, Math.ceil(text.length / pieces));
  for (let from = 0; from < text.length; from += size) {
    if (response.destroyed) return;
    if (!response.write(delta({ content: text.slice(from, from + size) }))) await new Promise((resolve) => response.once('drain', resolve).once('close', resolve));
    if (from === 0) await pause;
    if (paceMs > 0) await apart(paceMs);
  }
  calls.forEach((call, index) => {
    response.write(delta({ tool_calls: [{ index, id: `call_${String(place)}_${String(index)}`, type: 'function', function: { name: call.name, arguments: JSON.stringify(call.arguments) } }] }));
  });
  if (hang) return;
  response.write(frame([{ index: 0, delta: {}, finish_reason: said.finish ?? (calls.length > 0 ? 'tool_calls' : 'stop') }]));
  response.end(`${frame([], { usage: { prompt_tokens: 7, completion_tokens: 5, total_tokens: 12, ...said.usage } })}data: [DONE]\n\n`);
}

/** A vendor of Chat Completions on this machine; `closeServers` ends it. */
export async function startVendor(answer: (body: HeardBody, place: number) => Said | Promise<Said>): Promise<Vendor> {
  const heard: HeardBody[] = [];
  const left: number[] = [];
  let open = 0;
  const origin = await serve((request, response) => {
    open += 1;
    response.on('close', () => {
      open -= 1;
      if (!response.writableFinished) left.push(performance.now());
    });
    void read(request).then(async (body) => {
      heard.push(body);
      const place = heard.length - 1;
      await speak(response, await answer(body, place), place);
    });
  });
  return { url: `${origin}/v1`, heard, left, open: () => open };
}

/** An agent at a vendor. */
export const agentAt = (id: string, url: string, more: object = {}): object => ({ id, backend: { type: 'chatcompletion', model: 'stand-in', base_url: url, api_key: 'k', ...more } });
/** The configuration of one agent. */
export const aloneAt = (url: string, more: object = {}): Readonly<Record<string, unknown>> => ({ agents: [agentAt('solo', url, more)] });
/** A team of two. */
export const pairAt = (url: string, more: object = {}): Readonly<Record<string, unknown>> => ({ agents: [agentAt('one', url), agentAt('two', url)], ...more });

const offers = (body: HeardBody, name: string): boolean => (body.tools ?? []).some((tool) => tool.function.name === name);
const mentions = (body: HeardBody, text: string): boolean => JSON.stringify(body.messages).includes(text);

/** Plays a team that agrees on the first agent's answer; `present` says what the presenter does. */
export const agreeing =
  (present: Said = { text: 'The presented answer.' }) =>
  (body: HeardBody): Said => {
    if (!offers(body, 'new_answer')) return present;
    return mentions(body, 'Vote, or submit') || mentions(body, 'Vote again') ? { calls: [{ name: 'vote', arguments: { agent_id: 'agent1', reason: 'right' } }] } : { calls: [{ name: 'new_answer', arguments: { content: 'An answer.' } }] };
  };
