import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { serve } from './backend-servers.js';

/** A request to the Messages API. */
export interface HeardMessages {
  readonly headers: IncomingHttpHeaders;
  readonly body: { readonly model: string; readonly system?: unknown; readonly messages: readonly unknown[]; readonly tools?: readonly { readonly name: string; readonly input_schema: unknown }[]; readonly [field: string]: unknown };
}

/** One content block of what the stand-in says. */
export type SaidBlock = { readonly text: string } | { readonly thinking: string } | { readonly tool: string; readonly input: unknown; readonly pieces?: readonly string[] };

export type SaidMessage = { readonly blocks: readonly SaidBlock[]; readonly hang?: boolean } | { readonly status: number; readonly error: object; readonly headers?: Readonly<Record<string, string>> };

export interface AnthropicVendor {
  readonly url: string;
  readonly heard: readonly HeardMessages[];
}

async function read(request: IncomingMessage): Promise<HeardMessages['body']> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString()) as HeardMessages['body'];
}

const halves = (text: string): readonly string[] => [text.slice(0, Math.ceil(text.length / 2)), text.slice(Math.ceil(text.length / 2))];

function speak(response: ServerResponse, said: Extract<SaidMessage, { blocks: unknown }>, model: string, place: number): void {
  const send = (type: string, data: object): void => {
    response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
  };
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  send('message_start', { message: { id: `msg_${String(place)}`, type: 'message', role: 'assistant', model, content: [], stop_reason: null, usage: { input_tokens: 120, output_tokens: 1 } } });
  for (const [index, block] of said.blocks.entries()) {
    const empty = 'text' in block ? { type: 'text', text: '' } : 'thinking' in block ? { type: 'thinking', thinking: '', signature: '' } : { type: 'tool_use', id: `toolu_${String(place)}_${String(index)}`, name: block.tool, input: {} };
    send('content_block_start', { index, content_block: empty });
    const deltas = 'text' in block ? halves(block.text).map((text) => ({ type: 'text_delta', text })) : 'thinking' in block ? [{ type: 'thinking_delta', thinking: block.thinking }] : (block.pieces ?? halves(JSON.stringify(block.input))).map((partial_json) => ({ type: 'input_json_delta', partial_json }));
    for (const delta of deltas) send('content_block_delta', { index, delta });
    if (said.hang === true) return;
    send('content_block_stop', { index });
  }
  send('message_delta', { delta: { stop_reason: said.blocks.some((block) => 'tool' in block) ? 'tool_use' : 'end_turn' }, usage: { output_tokens: 30 } });
  send('message_stop', {});
  response.end();
}

/** A vendor of the Messages API on this machine; `closeServers` ends it. */
export async function startAnthropic(answer: (body: HeardMessages['body'], place: number) => SaidMessage): Promise<AnthropicVendor> {
  const heard: HeardMessages[] = [];
  const url = await serve((request, response) => {
    void read(request).then(
      (body) => {
        if (!/^\/v1\/messages(?:\?|$)/u.test(request.url ?? '')) {
          response.writeHead(404, { 'content-type': 'application/json' }).end('{}');
          return;
        }
        heard.push({ headers: request.headers, body });
        const said = answer(body, heard.length - 1);
        if ('blocks' in said) speak(response, said, body.model, heard.length - 1);
        else response.writeHead(said.status, { 'content-type': 'application/json', ...said.headers }).end(JSON.stringify({ type: 'error', error: said.error }));
      },
      () => response.writeHead(404).end(),
    );
  });
  return { url, heard };
}
