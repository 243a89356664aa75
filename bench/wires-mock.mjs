// A provider of four dialects that streams as many chunks of five characters as the request's text says, one write each. Prints its port.
import { createServer } from 'node:http';

const sse = (frame, name) => `${name === undefined ? '' : `event: ${name}\n`}data: ${JSON.stringify(frame)}\n\n`;
const typed = (frame) => sse(frame, frame.type);

const DIALECTS = [
  {
    path: /\/chat\/completions$/,
    countOf: (body) => body.messages.at(-1).content,
    begin: () => '',
    chunk: () => sse({ id: 'chatcmpl-CQx1', object: 'chat.completion.chunk', created: 1764000000, model: 'mock', service_tier: 'default', system_fingerprint: 'fp_3502f4eb73', choices: [{ index: 0, delta: { content: 'word ' }, logprobs: null, finish_reason: null }] }),
    end: () => `${sse({ id: 'chatcmpl-CQx1', object: 'chat.completion.chunk', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })}data: [DONE]\n\n`,
  },
  {
    path: /\/responses$/,
    countOf: (body) => (typeof body.input === 'string' ? body.input : body.input.at(-1).content),
    begin: () => typed({ type: 'response.created', response: { id: 'resp_1', status: 'in_progress', output: [] } }) + typed({ type: 'response.output_item.added', output_index: 0, item: { type: 'message', id: 'msg_1', role: 'assistant', content: [] } }),
    chunk: (index) => typed({ type: 'response.output_text.delta', sequence_number: index + 4, item_id: 'msg_68af4030baa48193b0b43b4c2a176a1a', output_index: 0, content_index: 0, delta: 'word ', logprobs: [], obfuscation: 'Qx7tL0pXv2' }),
    end: () => typed({ type: 'response.completed', response: { id: 'resp_1', status: 'completed', output: [], usage: { input_tokens: 1, output_tokens: 1 } } }),
  },
  {
    path: /\/messages$/,
    countOf: (body) => (typeof body.messages.at(-1).content === 'string' ? body.messages.at(-1).content : body.messages.at(-1).content[0].text),
    begin: () => typed({ type: 'message_start', message: { id: 'msg_1', type: 'message', role: 'assistant', content: [], usage: { input_tokens: 1, output_tokens: 1 } } }) + typed({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
    chunk: () => typed({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'word ' } }),
    end: () => typed({ type: 'content_block_stop', index: 0 }) + typed({ type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 2 } }) + typed({ type: 'message_stop' }),
  },
  {
    path: /:streamGenerateContent/,
    countOf: (body) => body.contents.at(-1).parts[0].text,
    begin: () => '',
    chunk: () => sse({ candidates: [{ content: { parts: [{ text: 'word ' }], role: 'model' }, index: 0 }], usageMetadata: { promptTokenCount: 120, totalTokenCount: 128, promptTokensDetails: [{ modality: 'TEXT', tokenCount: 120 }] }, modelVersion: 'mock', responseId: 'b8wYaYq4LK6cvdIPh_fqmQE' }),
    end: () => sse({ candidates: [{ content: { parts: [{ text: '' }], role: 'model' }, finishReason: 'STOP', index: 0 }] }),
  },
];

const server = createServer(async (request, response) => {
  let body = '';
  for await (const piece of request) body += piece;
  const dialect = DIALECTS.find(({ path }) => path.test(request.url.split('?')[0]));
  const count = Number(dialect.countOf(JSON.parse(body)));
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(dialect.begin());
  for (let index = 0; index < count; index++) {
    if (!response.write(dialect.chunk(index))) await new Promise((resolve) => response.once('drain', resolve));
    if (index % 4 === 3) await new Promise(setImmediate);
  }
  response.end(dialect.end());
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
