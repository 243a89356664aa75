import type { IncomingMessage } from 'node:http';
import { serve } from './backend-servers.js';
import type { HeardBody } from './vendor.js';

export type { HeardBody } from './vendor.js';

/** What the stand-in says to one request. */
export interface ModelReply {
  readonly text?: string;
  readonly calls?: readonly { readonly name: string; readonly arguments: unknown }[];
  /** A refusal instead. */
  readonly status?: number;
  readonly message?: string;
  /** Nothing at all. */
  readonly silent?: boolean;
}

export interface PlainModel {
  readonly url: string;
  readonly heard: readonly { readonly body: HeardBody; readonly authorization: string | undefined }[];
}

async function read(request: IncomingMessage): Promise<HeardBody> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString()) as HeardBody;
}

/** A vendor of chat completions that does not stream; `closeServers` ends it. */
export async function startModel(answer: (body: HeardBody, place: number) => ModelReply): Promise<PlainModel> {
  const heard: { body: HeardBody; authorization: string | undefined }[] = [];
  const origin = await serve((request, response) => {
    void read(request).then((body) => {
      heard.push({ body, authorization: request.headers.authorization });
      const { text, calls = [], status = 200, message, silent } = answer(body, heard.length - 1);
      if (silent === true) return;
      const toolCalls = calls.map((call, index) => ({ id: `call_${String(heard.length)}_${String(index)}`, type: 'function', function: { name: call.name, arguments: JSON.stringify(call.arguments) } }));
      const choice = { index: 0, finish_reason: calls.length > 0 ? 'tool_calls' : 'stop', message: { role: 'assistant', content: text ?? null, ...(calls.length > 0 ? { tool_calls: toolCalls } : {}) } };
      const reply = { id: 'reply', object: 'chat.completion', created: 1, model: body.model, choices: [choice], usage: { prompt_tokens: 120, completion_tokens: 30, total_tokens: 150 } };
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(status === 200 ? reply : { error: { message, type: 'error' } }));
    });
  });
  return { url: `${origin}/v1`, heard };
}
