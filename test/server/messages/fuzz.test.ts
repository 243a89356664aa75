import { afterEach, expect, it } from '@jest/globals';
import { createDice, type Dice } from '../../support/dice.js';
import { cleanUp } from '../../support/massgen-process.js';
import { messageBody, picture, WEATHER } from '../../support/messages.js';
import { ECHO, looped } from '../../support/scripts.js';
import { serveHere, stopServers } from '../../support/server.js';

afterEach(async () => {
  await stopServers();
  await cleanUp();
});

const SEED = 20_261_121;
const BODIES = 2000;
const AT_ONCE = 8;

/** A body that uses everything. */
const WHOLE = messageBody({
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

const ODD: readonly unknown[] = [null, true, false, 0, -1, 1.5, 1e308, '', 'x', '\u0000', '\ud800', '__proto__', 'a'.repeat(5000), [], [[]], {}, [null], [{}], { type: 'text' }, { type: 'image', source: {} }, { type: 'tool_result' }, { type: 'tool_use', id: 'a', name: 'vote', input: {} }, { type: 'document', source: { type: 'content', content: [{}] } }, { toString: 1, length: -1 }, picture('!!'), [picture()]];

const copyOf = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

type Holder = Record<string, unknown> | unknown[];
const isHolder = (value: unknown): value is Holder => typeof value === 'object' && value !== null;

/** All places of a tree where something can be changed. */
function places(value: unknown, found: { readonly holder: Holder; readonly key: string }[] = []): readonly { readonly holder: Holder; readonly key: string }[] {
  if (!isHolder(value)) return found;
  for (const key of Object.keys(value)) {
    found.push({ holder: value, key });
    places((value as Record<string, unknown>)[key], found);
  }
  return found;
}

function mutated(dice: Dice): string {
  const body = copyOf(WHOLE);
  for (let count = 1 + dice.below(3); count > 0; count -= 1) {
    const { holder, key } = dice.pick(places(body));
    const target = holder as Record<string, unknown>;
    const way = dice.below(5);
    if (way === 0 && !Array.isArray(holder)) Reflect.deleteProperty(target, key);
    else if (way === 1) target[key] = copyOf(dice.pick(places(body)).holder);
    else if (way === 2 && Array.isArray(holder)) holder.push(...(copyOf(holder) as unknown[]).slice(0, 2));
    else if (way === 3 && !Array.isArray(holder)) target[dice.pick(['type', 'content', 'source', 'input', 'thread', '__proto__x', 'massgen'])] = copyOf(dice.pick(ODD));
    else target[key] = copyOf(dice.pick(ODD));
  }
  const text = JSON.stringify(body);
  return dice.chance(0.05) ? text.slice(0, dice.below(text.length)) : text;
}

it(`answers ${String(BODIES)} bodies that somebody has meddled with, each with a reply or a documented error`, async () => {
  const { post } = await serveHere({ config: looped(ECHO), concurrency: AT_ONCE });
  const dice = createDice(SEED);
  const counts = new Map<number, number>();
  const wrong: string[] = [];
  let left = BODIES;
  const visit = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const body = mutated(dice);
      const route = dice.chance(0.6) ? '/v1/messages' : '/v1/messages/count_tokens';
      const response = await post(route, body);
      const text = await response.text();
      counts.set(response.status, (counts.get(response.status) ?? 0) + 1);
      const isError = text.startsWith('{"type":"error","error":{"type":"invalid_request_error"');
      if (response.status !== 200 && !(response.status === 400 && isError)) wrong.push(`${route} ${String(response.status)} ${text.slice(0, 300)} for ${body.slice(0, 3000)}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, visit));
  expect(wrong.slice(0, 3)).toEqual([]);
  expect(counts.get(200)).toBeGreaterThan(BODIES / 20);
  expect(counts.get(400)).toBeGreaterThan(BODIES / 20);
}, 120_000);
