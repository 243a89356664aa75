import { calculate, rangeOf } from './arithmetic.js';
import type { Conversation } from './conversation.js';

const CAPITALS: Readonly<Record<string, string>> = { argentina: 'Buenos Aires', australia: 'Canberra', austria: 'Vienna', belgium: 'Brussels', brazil: 'Brasília', canada: 'Ottawa', chile: 'Santiago', china: 'Beijing', cuba: 'Havana', denmark: 'Copenhagen', egypt: 'Cairo', finland: 'Helsinki', france: 'Paris', germany: 'Berlin', greece: 'Athens', hungary: 'Budapest', india: 'New Delhi', ireland: 'Dublin', italy: 'Rome', japan: 'Tokyo', kenya: 'Nairobi', mexico: 'Mexico City', norway: 'Oslo', peru: 'Lima', poland: 'Warsaw', portugal: 'Lisbon', russia: 'Moscow', spain: 'Madrid', sweden: 'Stockholm', turkey: 'Ankara', ukraine: 'Kyiv', 'united kingdom': 'London', 'united states': 'Washington, D.C.' };

const SAY = String.raw`(?:say|repeat|echo|write|reply|respond|answer|output|return|print|copy|reproduce|type)`;
const ONLY = String.raw`(?:exactly|verbatim|word for word|only|just|simply|nothing (?:else|but|other than)|letter by letter|unchanged|as it is|character for character)`;
const QUOTED = /["“«'‘`]([^"”»’`\n]{1,200}?)["”»’'`]/u;

/** A text that is to be said as it stands: after a colon, or in quotes. */
function dictated(text: string): string | undefined {
  const order = new RegExp(`\\b${SAY}\\b[^:.!?\\n"“]{0,80}`, 'iu').exec(text);
  if (order === null) return undefined;
  const sentence = text.slice(order.index);
  const start = Math.max(...['.', '!', '?', '\n'].map((end) => text.lastIndexOf(end, order.index))) + 1;
  if (!new RegExp(`\\b${ONLY}\\b`, 'iu').test(text.slice(start))) return undefined;
  const colon = /^[^:.!?\n"“]{0,80}:\s*(\S[\s\S]*)$/u.exec(sentence)?.[1];
  if (colon !== undefined) return colon.trim();
  return QUOTED.exec(sentence)?.[1] ?? /\bthe words? (\p{L}+)/iu.exec(sentence)?.[1];
}

const STANDING = /\b(?:whatever|every|always|any(?:thing)?|no matter|regardless|each)\b/iu;

/** An order that holds for every message, among other instructions. */
const standingOrder = (system: string): string | undefined => system.split(/(?<=[.!?])\s|\n/u).filter((sentence) => STANDING.test(sentence)).map(dictated).find((text) => text !== undefined);

/** Whoever said what they are called, last. */
function nameIn(text: string): string | undefined {
  const said = [...text.matchAll(/\b(?:my name is|my name's|i am called|i'm called|call me|i go by|this is|i am|i'm)\s+(\p{Lu}\p{L}+)/giu)];
  return said.map(([, name = '']) => name).filter((name) => /^\p{Lu}/u.test(name)).at(-1);
}

const asksName = (text: string): boolean => /\b(?:what(?:'s| is| was)? my name|who am i|what am i called|my name\b.*\?|name (?:did|do) i)/iu.test(text);

const PAIRS = ['Velvet Comets', 'Paper Lanterns', 'Copper Tides', 'Quiet Engines'];
const sumOf = (text: string): number => Buffer.from(text).reduce((sum, byte) => (sum * 31 + byte) % 9973, 7);

const THEMES = ['At first light it is calm, and whoever looks at it for long begins to see how much of it moves.', 'There is more to it than one look shows: what seems alike from afar is never the same twice.', 'People have written of it for as long as they have written at all, and have not come to its end.', 'What can be measured has been measured; what it means has to be said anew each time.'];

/** Some hundred words on whatever was asked. */
function essay(text: string): string {
  const theme = /\b(?:about|of|on|why|how)\s+(?:the\s+)?([\p{L}\s-]{2,40})/iu.exec(text)?.[1]?.trim() ?? 'the question';
  return [`This is about ${theme}.`, ...Array.from({ length: 12 }, (_nothing, index) => `(${String(index + 1)}) ${THEMES[index % THEMES.length] ?? ''}`)].join(' ');
}

const wantsLength = (text: string): boolean => /\b(?:essay|story|at length|in detail|article|long|paragraphs?|step by step|poem|sentence about each|explain|describe in)\b/iu.test(text);

function capitalIn(text: string): string | undefined {
  if (!/\b(?:capital|seat of government)\b/iu.test(text)) return undefined;
  const country = Object.keys(CAPITALS).find((name) => new RegExp(`\\b${name}\\b`, 'iu').test(text));
  return country === undefined ? undefined : CAPITALS[country];
}

/** What is left to say of an answer whose beginning has been said: `… is Par` of `Paris`. */
function rest(begun: string, whole: string): string {
  for (let length = Math.min(begun.length, whole.length); length > 0; length -= 1) {
    if (begun.toLowerCase().endsWith(whole.slice(0, length).toLowerCase())) return `${whole.slice(length)}.`;
  }
  return `${/\s$/u.test(begun) ? '' : ' '}${whole}.`;
}

function told(conversation: Conversation, text: string): string | undefined {
  const users = conversation.turns.filter(({ role }) => role === 'user').map((turn) => turn.text);
  if (asksName(text)) return nameIn(users.slice(0, -1).join('\n')) ?? 'You have not told me your name.';
  const range = rangeOf(text);
  if (range !== undefined) return Array.from({ length: Math.min(1000, Math.max(0, range[1] - range[0] + 1)) }, (_nothing, index) => String(range[0] + index)).join(', ');
  const previous = conversation.turns.findLast(({ role }) => role === 'assistant')?.text;
  const value = calculate(text, previous);
  return value === undefined ? capitalIn(text) : String(value);
}

function shortAnswer(conversation: Conversation, text: string): string {
  const known = told(conversation, text);
  if (known !== undefined) return known;
  if (conversation.hasImage) return 'Grey.';
  if (wantsLength(text)) return essay(text);
  if (/\b(?:hello|hi|hey|greet|greeting|greetings)\b/iu.test(text)) return 'Hello!';
  if (/\b(?:invent|make up|come up with|think of|imagine|suggest|name your)\b/iu.test(text)) return PAIRS[sumOf(text) % PAIRS.length] ?? '';
  const name = nameIn(text);
  if (name !== undefined) return `Nice to meet you, ${name}.`;
  return `I have read “${text.replaceAll(/\s+/gu, ' ').trim().slice(0, 80)}” and would answer it like this.`;
}

/** The model's answer in words, from nothing but the conversation. */
export function answer(conversation: Conversation): string {
  const { system, turns, outputs } = conversation;
  const ordered = standingOrder(system);
  if (ordered !== undefined) return ordered;
  const last = turns.at(-1);
  const question = turns.findLast(({ role }) => role === 'user')?.text ?? '';
  if (outputs.length > 0) return `This is what I found: ${outputs.map(({ tool, text }) => `${tool} says ${text}`).join('; ')}`;
  const whole = dictated(question) ?? shortAnswer(last?.role === 'assistant' ? { ...conversation, turns: turns.slice(0, -1) } : conversation, question);
  return last?.role === 'assistant' ? rest(last.text, whole) : whole;
}
