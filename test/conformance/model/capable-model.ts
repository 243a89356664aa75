import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { replyTo, tokensOf, type ModelReply } from './reply.js';
import { faultOf, type ModelRequest } from './request.js';

/** What the model is called. */
export const MODEL = 'capable-model';

export interface CapableModel {
  /** With `/v1`. */
  readonly url: string;
  readonly heard: readonly ModelRequest[];
  readonly close: () => Promise<void>;
}

async function read(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    return undefined;
  }
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

const refuse = (response: ServerResponse, status: number, message: string, param: string | null = null): void => {
  sendJson(response, status, { error: { message, type: 'invalid_request_error', param, code: null } });
};

/** Vendors cache prompts from 1024 tokens on, in steps of 128. */
const CACHED_FROM = 1024;
const CACHE_STEP = 128;
const TOKEN = 4;

/** A vendor's prompt cache. */
class PromptCache {
  private readonly known: string[] = [];

  /** How many tokens of a prompt were read before, as the beginning of another. */
  read(prompt: string): number {
    const step = CACHE_STEP * TOKEN;
    const most = this.known.reduce((longest, other) => {
      let length = 0;
      while (length + step <= Math.min(prompt.length, other.length) && prompt.slice(length, length + step) === other.slice(length, length + step)) length += step;
      return Math.max(longest, length);
    }, 0);
    this.known.push(prompt);
    if (this.known.length > 200) this.known.shift();
    return most / TOKEN < CACHED_FROM ? 0 : most / TOKEN;
  }
}

function usageOf(request: ModelRequest, reply: ModelReply, cache: PromptCache): object {
  const prompt = JSON.stringify([request.tools ?? [], request.messages]);
  const prompted = Math.ceil(prompt.length / TOKEN);
  return {
    prompt_tokens: prompted,
    completion_tokens: reply.outputTokens,
    total_tokens: prompted + reply.outputTokens,
    prompt_tokens_details: { cached_tokens: Math.min(prompted, cache.read(prompt)) },
    completion_tokens_details: { reasoning_tokens: reply.thoughts.length },
  };
}

interface Common {
  readonly id: string;
  readonly created: number;
  readonly model: string;
}

const callsOf = ({ calls }: ModelReply, id: string): readonly object[] => calls.map((call, index) => ({ index, id: `call_${id}_${String(index)}`, type: 'function', function: { name: call.name, arguments: JSON.stringify(call.arguments) } }));

function speak(response: ServerResponse, common: Common, reply: ModelReply, usage: object | null): void {
  const chunk = (choices: readonly object[], more: object = {}): void => {
    response.write(`data: ${JSON.stringify({ ...common, object: 'chat.completion.chunk', choices, ...more })}\n\n`);
  };
  const delta = (part: object, finish: string | null = null): void => {
    chunk([{ index: 0, delta: part, finish_reason: finish }]);
  };
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  delta({ role: 'assistant', content: '' });
  for (const thought of reply.thoughts) delta({ reasoning_content: thought });
  for (const piece of reply.pieces) delta({ content: piece });
  for (const call of callsOf(reply, common.id)) {
    const { index, id, type, function: { name, arguments: text } } = call as { index: number; id: string; type: string; function: { name: string; arguments: string } };
    delta({ tool_calls: [{ index, id, type, function: { name, arguments: '' } }] });
    for (const piece of tokensOf(text)) delta({ tool_calls: [{ index, function: { arguments: piece } }] });
  }
  delta({}, reply.finish);
  if (usage !== null) chunk([], { usage });
  response.end('data: [DONE]\n\n');
}

function complete(response: ServerResponse, request: ModelRequest, common: Common, cache: PromptCache): void {
  const reply = replyTo(request);
  const usage = usageOf(request, reply, cache);
  if (request.stream === true) {
    speak(response, common, reply, request.stream_options?.include_usage === true ? usage : null);
    return;
  }
  const calls = callsOf(reply, common.id);
  const thought = reply.thoughts.join('');
  const message = { role: 'assistant', content: calls.length > 0 ? null : reply.pieces.join(''), ...(thought === '' ? {} : { reasoning_content: thought }), ...(calls.length === 0 ? {} : { tool_calls: calls }) };
  sendJson(response, 200, { ...common, object: 'chat.completion', choices: [{ index: 0, message, finish_reason: reply.finish }], usage });
}

/**
 * A vendor of Chat Completions on this machine whose model reads what it is asked and knows nothing of who asks: it adds, counts,
 * repeats, remembers names, knows capitals, fills schemas, calls tools, and deliberates in a team.
 */
export async function startCapableModel(): Promise<CapableModel> {
  const heard: ModelRequest[] = [];
  const cache = new PromptCache();
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0];
    if (request.method === 'GET' && path === '/v1/models') sendJson(response, 200, { object: 'list', data: [{ id: MODEL, object: 'model', created: 0, owned_by: 'test' }] });
    else if (path !== '/v1/chat/completions' || request.method !== 'POST') refuse(response, 404, `there is nothing at ${String(request.method)} ${String(path)}`);
    else {
      void read(request).then((body) => {
        const fault = faultOf(body);
        if (fault !== undefined) {
          refuse(response, 400, fault.message, fault.param);
          return;
        }
        const asked = body as ModelRequest;
        heard.push(asked);
        complete(response, asked, { id: `chatcmpl-${String(heard.length)}`, created: 0, model: asked.model }, cache);
      });
    }
  });
  const { port } = await new Promise<AddressInfo>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve(server.address() as AddressInfo);
    });
  });
  const close = (): Promise<void> => new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${String(port)}/v1`, heard, close };
}
