import { createContext, Script } from 'node:vm';
import { MassgenError } from '../../errors.js';
import type { RunRequest } from '../../orchestrator/index.js';
import { schemaCompiler } from '../../orchestrator/tools/schema-compiler.js';

type Format = NonNullable<RunRequest['format']>;
type Check = (text: string) => string | null;

/** A schema's patterns come from strangers; one that takes for ever is given up. */
const LIMIT_MS = 1000;

function parsed(text: string): { readonly value: unknown } | null {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return null;
  }
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Runs something that may never end, for a second at most. */
function bounded<Result>(work: () => Result): Result {
  const context = createContext({ work });
  return new Script('work()').runInContext(context, { timeout: LIMIT_MS }) as Result;
}

async function compile(schema: Readonly<Record<string, unknown>>): Promise<Check> {
  // Own keywords and formats of other validators are annotations here.
  const ajv = await schemaCompiler(JSON.stringify(schema), { strict: false, validateFormats: false, allErrors: false, logger: false });
  try {
    const own = Object.fromEntries(Object.entries(schema).filter(([key]) => key !== '$schema' && key !== '$id'));
    const validate = bounded(() => ajv.compile(own));
    return (text) => {
      const json = parsed(text);
      if (json === null) return 'it is not JSON';
      try {
        if (bounded(() => validate(json.value))) return null;
      } catch {
        return 'it could not be checked in time';
      }
      return ajv.errorsText(validate.errors, { dataVar: 'the answer', separator: '; ' });
    };
  } catch (thrown) {
    throw new MassgenError('request-invalid', `response_format.json_schema.schema is no schema that can be checked: ${thrown instanceof Error ? thrown.message.slice(0, 300) : ''}`, { param: 'response_format.json_schema.schema', reason: 'invalid_schema' });
  }
}

const ofObject: Check = (text) => {
  const json = parsed(text);
  if (json === null) return 'it is not JSON';
  return isObject(json.value) ? null : 'it is not a JSON object';
};

/** Checks of forms, each compiled once for as long as somebody holds the form. */
export function createFormChecker(): (format: Format) => Promise<Check> {
  const known = new WeakMap<Format, Promise<Check>>();
  return (format) => {
    const before = known.get(format);
    if (before !== undefined) return before;
    const check = format.type === 'json' ? Promise.resolve(ofObject) : compile(format.schema);
    known.set(format, check);
    return check;
  };
}
