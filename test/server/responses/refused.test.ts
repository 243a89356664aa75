import { afterEach, describe, expect, it } from '@jest/globals';
import { closeServers } from '../../support/backend-servers.js';
import { cleanUp } from '../../support/massgen-process.js';
import { responds, startProvider } from '../../support/provider.js';
import { errorOf, textOf, type SeenResponse } from '../../support/responses.js';
import { ECHO, looped } from '../../support/scripts.js';
import { bodyOf, serveHere, stopServers } from '../../support/server.js';
import { aloneAt } from '../../support/vendor.js';

afterEach(async () => {
  await stopServers();
  await closeServers();
  await cleanUp();
});

const WEATHER = { type: 'function', name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } };
const PNG = `data:image/png;base64,${Buffer.from('\x89PNG\r\n\x1a\n', 'latin1').toString('base64')}`;
const textFile = (text: string): string => `data:text/plain;base64,${Buffer.from(text).toString('base64')}`;

describe('a faulty request', () => {
  it.each<[string, object, string | null, string]>([
    ['no input', {}, 'input', 'missing_required_parameter'],
    ['an input of another type', { input: 5 }, 'input', 'invalid_request'],
    ['an empty list', { input: [] }, 'input', 'missing_message'],
    ['nothing said', { input: '   ' }, 'input', 'missing_message'],
    ['an unknown role', { input: [{ role: 'king', content: 'x' }] }, 'input[0].role', 'invalid_request'],
    ['no role', { input: [{ content: 'x' }] }, 'input[0].role', 'missing_required_parameter'],
    ['no content', { input: [{ role: 'user' }] }, 'input[0].content', 'missing_required_parameter'],
    ['an unknown item', { input: [{ type: 'song', content: 'x' }] }, 'input[0].type', 'invalid_value'],
    ['an unknown part', { input: [{ role: 'user', content: [{ type: 'song' }] }] }, 'input[0].content[0].type', 'invalid_value'],
    ['a part without text', { input: [{ role: 'user', content: [{ type: 'input_text' }] }] }, 'input[0].content[0].text', 'missing_required_parameter'],
    ['an image that is none', { input: [{ role: 'user', content: [{ type: 'input_image', image_url: textFile('x') }] }] }, 'input[0].content[0].image_url', 'invalid_image'],
    ['a file that is no text', { input: [{ role: 'user', content: [{ type: 'input_file', file_data: PNG }] }] }, 'input[0].content[0].file_data', 'unsupported_file'],
    ['a file that is no base64', { input: [{ role: 'user', content: [{ type: 'input_file', file_data: 'data:text/plain;base64,§' }] }] }, 'input[0].content[0].file_data', 'invalid_file'],
    ['a result that answers no call', { input: [{ role: 'user', content: 'x' }, { type: 'function_call_output', call_id: 'c9', output: 'x' }] }, 'input[1].call_id', 'invalid_value'],
    ['a call without arguments', { input: [{ type: 'function_call', call_id: 'c', name: 'f' }] }, 'input[0].arguments', 'missing_required_parameter'],
    ['a reference to nothing', { input: [{ type: 'item_reference', id: 'msg_1' }] }, 'input[0].id', 'item_not_found'],
    ['a previous response that is not there', { input: 'x', previous_response_id: 'resp_abc' }, 'previous_response_id', 'previous_response_not_found'],
    ['background without store', { input: 'x', background: true, store: false }, 'background', 'invalid_value'],
    ['a conversation', { input: 'x', conversation: 'conv_1' }, 'conversation', 'unsupported_parameter'],
    ['a prompt template', { input: 'x', prompt: { id: 'p' } }, 'prompt', 'unsupported_parameter'],
    ['too hot', { input: 'x', temperature: 3 }, 'temperature', 'invalid_request'],
    ['no tokens', { input: 'x', max_output_tokens: 0 }, 'max_output_tokens', 'invalid_request'],
    ['a tool without a name', { input: 'x', tools: [{ type: 'function' }] }, 'tools[0].name', 'missing_required_parameter'],
    ['a tool with an impossible name', { input: 'x', tools: [{ type: 'function', name: 'a b' }] }, 'tools[0].name', 'invalid_value'],
    ['a tool of the workflow', { input: 'x', tools: [{ type: 'function', name: 'vote' }] }, 'tools', 'tool_name_reserved'],
    ['a choice that is no tool', { input: 'x', tools: [WEATHER], tool_choice: { type: 'function', name: 'f' } }, 'tool_choice', 'invalid_value'],
    ['a choice of nothing', { input: 'x', tool_choice: 'required' }, 'tool_choice', 'invalid_value'],
    ['a form without a schema', { input: 'x', text: { format: { type: 'json_schema', name: 'f' } } }, 'text.format.schema', 'missing_required_parameter'],
    ['metadata that is no text', { input: 'x', metadata: { a: 1 } }, 'metadata.a', 'invalid_request'],
    ['a long piece of metadata', { input: 'x', metadata: { a: 'x'.repeat(513) } }, 'metadata.a', 'invalid_request'],
    ['too much metadata', { input: 'x', metadata: Object.fromEntries(Array.from({ length: 17 }, (_unused, index) => [`k${String(index)}`, 'v'])) }, 'metadata', 'invalid_request'],
    ['an unknown model', { input: 'x', model: 'massgen:nobody' }, 'model', 'model_not_found'],
  ])('is refused, naming the field: %s', async (_name, body, param, code) => {
    const { post } = await serveHere({ config: looped(ECHO) });
    expect(await errorOf(await post('/v1/responses', body))).toEqual([code === 'model_not_found' ? 404 : 400, { message: expect.any(String), type: 'invalid_request_error', param, code }]);
  });

  it('is one that is too long for the model of a single agent', async () => {
    const { url } = await startProvider(responds(400, '{"error":{"message":"maximum context length is 8 tokens","code":"context_length_exceeded"}}', { 'content-type': 'application/json' }));
    const { post } = await serveHere({ config: aloneAt(url) });
    expect(await errorOf(await post('/v1/responses', { model: 'solo', input: 'Hello!' }))).toEqual([400, { message: expect.stringContaining('maximum context length'), type: 'invalid_request_error', param: 'input', code: 'context_length_exceeded' }]);
  });

  it('is refused in OpenAI’s words when it is no JSON, of another type, too large, or of another method', async () => {
    const { post, get } = await serveHere({ config: looped(ECHO) });
    const faults = await Promise.all([post('/v1/responses', '{"input":'), post('/v1/responses', 'input=x', { headers: { 'content-type': 'text/plain' } }), post('/v1/responses', { input: 'x'.repeat(21 * 1024 * 1024) }), get('/v1/responses')]);
    const errors = await Promise.all(faults.map(errorOf));
    expect(errors).toEqual([[400, 'invalid_json'], [415, 'unsupported_media_type'], [413, 'payload_too_large'], [405, 'method_not_allowed']].map(([status, code]) => [status, expect.objectContaining({ code, param: null })]));
    expect(faults[3].headers.get('allow')).toBe('POST');
  });

  it('harms nothing: own keys of objects, deep nesting, ten thousand messages', async () => {
    const { post } = await serveHere({ config: looped(ECHO) });
    const own = await post('/v1/responses', '{"input":"x","__proto__":{"stream":true},"constructor":{"prototype":{"stream":true}},"metadata":{"__proto__":"p","toString":"t"}}');
    expect(own.status).toBe(200);
    expect(JSON.stringify((await bodyOf(own)).metadata)).toBe('{"__proto__":"p","toString":"t"}');
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    for (const body of [`{"input":${deep}}`, `{"input":"x","text":{"format":{"type":"json_schema","name":"n","schema":{"a":${deep}}}}}`, `{"input":"x","tools":[{"type":"function","name":"f","parameters":{"a":${deep}}}]}`]) {
      expect(await errorOf(await post('/v1/responses', body))).toEqual([400, expect.objectContaining({ code: 'invalid_json', message: expect.stringContaining('nested') })]);
    }
    const many = Array.from({ length: 10_000 }, (_unused, index) => ({ role: index % 2 === 0 ? 'user' : 'assistant', content: `message ${String(index)}` }));
    const response = await post('/v1/responses', { input: [...many, { role: 'user', content: 'the last one' }], store: false });
    expect(textOf((await bodyOf(response)) as SeenResponse)).toBe('<the last one>');
  });
});

