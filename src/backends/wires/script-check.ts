import { MassgenError } from '../../errors.js';
import type { ScriptStep } from '../spec.js';
import { isObject } from './json.js';

const FAULTS = ['rate-limit', 'unavailable', 'reset', 'truncate', 'garbage', 'silence', 'rejected'] as const;
export const FINISHES = ['stop', 'length', 'tool-calls', 'content-filter', 'refusal'] as const;

type Kind = 'text' | 'seconds' | 'count' | 'fault' | 'finish' | 'vote' | 'tool' | 'tools' | 'usage';

const FIELDS: Readonly<Record<string, Kind>> = {
  text: 'text',
  reasoning: 'text',
  answer: 'text',
  vote: 'vote',
  tool: 'tool',
  tools: 'tools',
  delay: 'seconds',
  pace: 'seconds',
  retry_after: 'seconds',
  after: 'count',
  usage: 'usage',
  finish: 'finish',
  fault: 'fault',
};

const isCount = (value: unknown): boolean => typeof value === 'number' && Number.isInteger(value) && value >= 0;

const isTool = (value: unknown): boolean => isObject(value) && typeof value['name'] === 'string';

/** What each kind of field takes, and how to say so. */
const KINDS: Readonly<Record<Kind, { readonly says: string; readonly accepts: (value: unknown) => boolean }>> = {
  text: { says: 'a text', accepts: (value) => typeof value === 'string' },
  seconds: { says: 'a number of seconds', accepts: (value) => typeof value === 'number' && value >= 0 },
  count: { says: 'a whole number', accepts: isCount },
  fault: { says: `one of ${FAULTS.join(', ')}`, accepts: (value) => FAULTS.some((fault) => fault === value) },
  finish: { says: `one of ${FINISHES.join(', ')}`, accepts: (value) => FINISHES.some((finish) => finish === value) },
  vote: { says: 'an agent, or {agent, reason}', accepts: (value) => typeof value === 'string' || (isObject(value) && typeof value['agent'] === 'string') },
  tool: { says: 'a {name, arguments}', accepts: isTool },
  tools: { says: 'a list of {name, arguments}', accepts: (value) => Array.isArray(value) && value.every(isTool) },
  usage: { says: 'an {input, output} of tokens', accepts: (value) => isObject(value) && isCount(value['input'] ?? 0) && isCount(value['output'] ?? 0) },
};

/** The steps of a script, every field of every step checked. Throws `config-invalid` that names the place. */
export function checkScript(script: unknown, agent: string): readonly ScriptStep[] {
  const fail = (place: string, wanted: string): never => {
    throw new MassgenError('config-invalid', `agent ${agent}: ${place} must be ${wanted}`);
  };
  if (!Array.isArray(script) || script.length === 0) return fail('script', 'a list of steps, one for each call');
  script.forEach((step: unknown, index) => {
    const place = `script[${String(index)}]`;
    if (!isObject(step)) return fail(place, 'a step like {text: …}, {answer: …} or {vote: …}');
    for (const [name, value] of Object.entries(step)) {
      const kind = FIELDS[name];
      if (kind === undefined) fail(`${place}.${name}`, `left out; a step has ${Object.keys(FIELDS).join(', ')}`);
      else if (!KINDS[kind].accepts(value)) fail(`${place}.${name}`, KINDS[kind].says);
    }
    return undefined;
  });
  return script as readonly ScriptStep[];
}
