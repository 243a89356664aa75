import { messageBody, picture, PNG, WEATHER } from './messages.js';
import type { Dice } from './dice.js';

/** What requests are made of before somebody meddles with them. */
const IMAGE = `data:image/png;base64,${PNG}`;
const FUNCTION = { type: 'object', properties: { city: { type: 'string' } } };

const CHAT = {
  model: 'solo',
  messages: [
    { role: 'system', content: 'Be brief.' },
    { role: 'developer', content: [{ type: 'text', text: 'Be kind.' }] },
    { role: 'user', name: 'ann', content: [{ type: 'text', text: 'Look' }, { type: 'image_url', image_url: { url: IMAGE, detail: 'auto' } }, { type: 'input_audio', input_audio: { data: 'AA==', format: 'wav' } }] },
    { role: 'assistant', content: null, tool_calls: [{ id: 'c1', type: 'function', function: { name: 'get_weather', arguments: '{"city":"Lima"}' } }] },
    { role: 'tool', tool_call_id: 'c1', content: [{ type: 'text', text: 'sunny' }] },
    { role: 'assistant', content: 'Sunny.', refusal: null },
    { role: 'user', content: 'And now?' },
  ],
  tools: [{ type: 'function', function: { name: 'get_weather', description: 'd', parameters: FUNCTION, strict: true } }],
  tool_choice: { type: 'function', function: { name: 'get_weather' } },
  parallel_tool_calls: false,
  response_format: { type: 'json_schema', json_schema: { name: 'n', strict: true, schema: { type: 'object', properties: { a: { type: 'string', pattern: '^a+$' } }, $defs: { b: { $ref: '#/$defs/b' } } } } },
  stream: true,
  stream_options: { include_usage: true },
  temperature: 1,
  top_p: 1,
  max_tokens: 20,
  max_completion_tokens: 20,
  stop: ['END', '\n\n'],
  seed: 7,
  presence_penalty: 0,
  frequency_penalty: 0,
  n: 1,
  logit_bias: { 50256: -100 },
  logprobs: false,
  user: 'ann',
  metadata: { a: 'b' },
  massgen: { reasoning: 'full' },
};

const RESPONSE = {
  model: 'massgen',
  input: [
    { role: 'system', content: 'Be brief.' },
    { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi' }, { type: 'input_image', image_url: IMAGE, detail: 'auto' }, { type: 'input_file', filename: 'a.txt', file_data: 'data:text/plain;base64,SGk=' }] },
    { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' },
    { type: 'function_call_output', call_id: 'c1', output: [{ type: 'input_text', text: 'done' }] },
    { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'x' }] },
    { type: 'item_reference', id: 'msg_1' },
    { type: 'custom_tool_call', call_id: 'c2', name: 'g', input: 'x' },
    { type: 'custom_tool_call_output', call_id: 'c2', output: 'y' },
    { role: 'user', content: 'And now?' },
  ],
  instructions: 'x',
  tools: [{ type: 'function', name: 'f', description: 'd', parameters: FUNCTION, strict: true }, { type: 'custom', name: 'g' }, { type: 'web_search' }],
  tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'f' }] },
  text: { format: { type: 'json_schema', name: 'n', schema: { type: 'object', properties: { a: { type: 'string' } } }, strict: true }, verbosity: 'low' },
  reasoning: { effort: 'low', summary: 'auto' },
  max_output_tokens: 20,
  temperature: 1,
  top_p: 1,
  metadata: { a: 'b' },
  include: ['reasoning.encrypted_content'],
  previous_response_id: 'resp_1',
  stream: true,
  background: true,
  store: true,
  truncation: 'auto',
  massgen: { reasoning: 'off' },
};

const MESSAGE = messageBody({
  system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }],
  messages: [
    { role: 'user', content: [{ type: 'text', text: 'Look' }, picture(), { type: 'document', title: 't', source: { type: 'content', content: [{ type: 'text', text: 'doc' }, picture()] } }, { type: 'search_result', source: 's', title: 't', content: [{ type: 'text', text: 'found' }] }] },
    { role: 'assistant', content: [{ type: 'thinking', thinking: 'hm', signature: 's' }, { type: 'redacted_thinking', data: 'x' }, { type: 'text', text: 'I look' }, { type: 'tool_use', id: 'a', name: 'get_weather', input: { city: 'Lima' } }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', is_error: false, content: [{ type: 'text', text: 'sunny' }, picture()] }, { type: 'text', text: 'So?' }] },
    { role: 'system', content: 'Mind the gap.' },
    { role: 'user', content: 'Well?' },
    { role: 'assistant', content: 'It is' },
  ],
  tools: [WEATHER, { type: 'web_search_20250305', name: 'web_search', max_uses: 1 }],
  tool_choice: { type: 'auto', disable_parallel_tool_use: true },
  thinking: { type: 'enabled', budget_tokens: 1024, display: 'summarized' },
  max_tokens: 2000,
  stop_sequences: ['END', '\n\n'],
  temperature: 0.5,
  top_p: 0.5,
  top_k: 5,
  metadata: { user_id: 'ann' },
  stream: false,
  output_config: { effort: 'low', format: null },
});

const COMPLETION = { model: 'solo', prompt: ['Hello!'], stream: true, stream_options: { include_usage: true }, max_tokens: 5, n: 1, echo: true, suffix: '', stop: ['x'], logprobs: 1 };

const ROUTES: readonly (readonly [path: string, body: object])[] = [
  ['/v1/chat/completions', CHAT],
  ['/v1/chat/completions', { model: 'massgen', messages: [{ role: 'user', content: 'Hello!' }] }],
  ['/v1/responses', RESPONSE],
  ['/v1/responses', { model: 'solo', input: 'Hello!', store: false }],
  ['/v1/messages', MESSAGE],
  ['/v1/messages', messageBody({ stream: true })],
  ['/v1/messages/count_tokens', MESSAGE],
  ['/v1/completions', COMPLETION],
];

// Not files of this machine: a caller of this machine may name any.
const ODD: readonly unknown[] = [
  null, true, false, 0, -1, 1.5, 1e308, '', ' ', 'x', '\u0000', '\ud800', '__proto__', '../../etc/passwd', 'resp_', `resp_${'0'.repeat(48)}`, 'data:image/png;base64,AAAA', 'data:,', 'https://x.example/', 'massgen/basic', 'massgen:', 'x'.repeat(5000),
  [], {}, [[]], [null], [{}], { type: null }, { type: 'message' }, { type: 'function', function: {} }, { type: 'text' }, { type: 'image', source: {} }, { type: 'tool_use', id: 'a', name: 'vote', input: {} }, { type: 'tool_result' }, { role: 'tool', tool_call_id: 'nobody', content: 'x' },
  { $ref: '#' }, { pattern: '(a+)+$' }, { toString: 1, length: -1 }, { __proto__: null, constructor: 'x' }, picture('!!'), [picture()],
]; // prettier-ignore

type Holder = Record<string | number, unknown>;
const isHolder = (value: unknown): value is Holder => typeof value === 'object' && value !== null;

/** Every place in a value: what holds it, and its key. */
function placesIn(value: unknown): readonly (readonly [Holder, string | number])[] {
  if (!isHolder(value)) return [];
  return Object.keys(value).flatMap((key) => [[value, key] as const, ...placesIn(value[key])]);
}

function meddle(holder: Holder, key: string | number, places: ReturnType<typeof placesIn>, dice: Dice): void {
  const odd = structuredClone(dice.pick(ODD));
  switch (dice.below(7)) {
    case 0:
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else Reflect.deleteProperty(holder, key);
      return;
    case 1:
    case 2:
      holder[key] = odd;
      return;
    case 3:
      holder[key] = structuredClone(dice.pick(places)[0]);
      return;
    case 4:
      holder[key] = [holder[key]];
      return;
    case 5:
      if (Array.isArray(holder)) holder.push(structuredClone(holder[0]), structuredClone(holder[1]));
      else holder[dice.pick(['type', 'content', 'source', 'input', 'stream', 'thread', 'massgen', 'n', 'tools'])] = odd;
      return;
    default:
      Object.defineProperty(holder, dice.pick(['__proto__', 'constructor', 'toString', 'extra', '0', 'type']), { value: odd, enumerable: true, configurable: true, writable: true });
  }
}

const inPieces = (text: string, cut: number, dice: Dice): string => dice.pick([text.slice(0, cut), `${text.slice(0, cut)}\u0000${text.slice(cut)}`, `${text}${text}`, `[${text}]`, `${'['.repeat(2000)}${text}${']'.repeat(2000)}`]);

/** One request that somebody has meddled with; the same dice give the same. */
export function meddledRequest(dice: Dice): { readonly path: string; readonly body: string } {
  const [path, whole] = dice.pick(ROUTES);
  const copy = structuredClone(whole);
  for (let changes = 1 + dice.below(3); changes > 0; changes -= 1) {
    const places = placesIn(copy);
    if (places.length === 0) break;
    const [holder, key] = dice.pick(places);
    meddle(holder, key, places, dice);
  }
  const text = JSON.stringify(copy);
  return { path, body: dice.chance(0.05) ? inPieces(text, dice.below(text.length), dice) : text };
}
