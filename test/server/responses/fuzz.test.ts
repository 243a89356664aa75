import { afterEach, describe, expect, it } from '@jest/globals';
import { closeServers } from '../../support/backend-servers.js';
import { createDice, type Dice } from '../../support/dice.js';
import { cleanUp } from '../../support/massgen-process.js';
import { ECHO, looped } from '../../support/scripts.js';
import { serveHere, stopServers } from '../../support/server.js';

afterEach(async () => {
  await stopServers();
  await closeServers();
  await cleanUp();
});

// MASSGEN_TEST_FUZZ=20000 asks that many; a failure names the number that repeats it.
const COUNT = Number(process.env['MASSGEN_TEST_FUZZ'] ?? 3000);
const PNG = `data:image/png;base64,${Buffer.from('\x89PNG\r\n\x1a\n', 'latin1').toString('base64')}`;

const BODIES: readonly (readonly [string, object])[] = [
  ['/v1/responses', { model: 'solo', input: 'Hello!', store: false }],
  [
    '/v1/responses',
    {
      model: 'massgen',
      input: [
        { role: 'system', content: 'Be brief.' },
        { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi' }, { type: 'input_image', image_url: PNG, detail: 'auto' }, { type: 'input_file', filename: 'a.txt', file_data: 'data:text/plain;base64,SGk=' }] },
        { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' },
        { type: 'function_call_output', call_id: 'c1', output: [{ type: 'input_text', text: 'done' }] },
        { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'x' }] },
        { type: 'item_reference', id: 'msg_1' },
        { type: 'custom_tool_call', call_id: 'c2', name: 'g', input: 'x' },
        { type: 'custom_tool_call_output', call_id: 'c2', output: 'y' },
        { role: 'user', content: 'And now?' },
      ],
      instructions: 'x',
      tools: [{ type: 'function', name: 'f', description: 'd', parameters: { type: 'object', properties: {} }, strict: true }, { type: 'custom', name: 'g' }, { type: 'web_search' }],
      tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'f' }] },
      text: { format: { type: 'json_schema', name: 'n', schema: { type: 'object', properties: { a: { type: 'string', pattern: '^a+$' } }, $defs: { b: { $ref: '#/$defs/b' } } }, strict: true }, verbosity: 'low' },
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
    },
  ],
  ['/v1/completions', { model: 'solo', prompt: ['Hello!'], stream: true, stream_options: { include_usage: true }, max_tokens: 5, n: 1, echo: true, suffix: '', stop: ['x'], logprobs: 1 }],
];

const ODD: readonly unknown[] = [null, true, -1, 0, 1e308, 1.5, '', ' ', 'x', '\u0000', '\ud800', '__proto__', '../../etc/passwd', 'resp_', `resp_${'0'.repeat(48)}`, 'data:image/png;base64,AAAA', 'https://x.example/', 'x'.repeat(5000), [], {}, [[]], [null], { type: null }, { __proto__: null, constructor: 'x' }, { type: 'message' }, { type: 'function', function: {} }, { $ref: '#' }, { pattern: '(a+)+$' }];

type Node = Record<string | number, unknown>;
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;

/** Every place in a value: what holds it, and its key. */
function placesIn(value: unknown): readonly (readonly [Node, string | number])[] {
  if (!isNode(value)) return [];
  return Object.keys(value).flatMap((key) => [[value, key] as const, ...placesIn(value[key])]);
}

function mutated(body: object, dice: Dice): string {
  const copy = structuredClone(body);
  for (let changes = 1 + dice.below(3); changes > 0; changes -= 1) {
    const places = placesIn(copy);
    if (places.length === 0) break;
    const [holder, key] = dice.pick(places);
    const how = dice.below(5);
    if (how === 0) Reflect.deleteProperty(holder, key);
    else if (how === 1) holder[key] = structuredClone(dice.pick(ODD));
    else if (how === 2) holder[key] = structuredClone(dice.pick(places)[0]);
    else if (how === 3) holder[key] = [holder[key]];
    else Object.defineProperty(holder, dice.pick(['__proto__', 'constructor', 'toString', 'extra', '0', 'type']), { value: structuredClone(dice.pick(ODD)), enumerable: true, configurable: true, writable: true });
  }
  const text = JSON.stringify(copy);
  if (!dice.chance(0.05)) return text;
  const cut = dice.below(text.length);
  return dice.pick([text.slice(0, cut), `${text.slice(0, cut)}\u0000${text.slice(cut)}`, `${text}${text}`, `[${text}]`]);
}

describe('any body whatever', () => {
  it(`gets an answer or a reason: ${String(COUNT)} of them`, async () => {
    const { post, get, reports } = await serveHere({ config: looped(ECHO), concurrency: 8, queueLimit: 1000 });
    const seen = new Map<number, number>();
    const ask = async (number: number): Promise<void> => {
      const dice = createDice(number);
      const [path, body] = dice.pick(BODIES);
      const text = mutated(body, dice);
      const response = await post(path, text);
      const said = await response.text();
      seen.set(response.status, (seen.get(response.status) ?? 0) + 1);
      // What cannot be met by a model that only repeats is the model's fault.
      const isUnmet = response.status === 502 && said.includes('format_unmet');
      if (response.status >= 500 && !isUnmet) throw new Error(`number ${String(number)}: ${String(response.status)} ${said.slice(0, 300)} for ${text.slice(0, 2000)}`);
      if (response.status >= 400) expect(Object.keys((JSON.parse(said) as { readonly error: object }).error)).toEqual(['message', 'type', 'param', 'code']);
    };
    for (let from = 0; from < COUNT; from += 20) await Promise.all(Array.from({ length: 20 }, (_unused, index) => ask(from + index)));
    expect((await get('/health')).status).toBe(200);
    expect(reports).toEqual([]);
    expect([...seen.keys()].sort()).toEqual(expect.arrayContaining([200, 400]));
  }, 60_000 + 30 * COUNT);
});
