import { createContext, Script } from 'node:vm';
import type { Tool } from '../contract.js';
import { schemaCompiler } from '../schema-compiler.js';

type Arguments = Readonly<Record<string, unknown>>;
/** Says what is wrong with arguments, null when nothing is. */
type Check = (given: Arguments) => string | null;

/** A pattern may come from a stranger; one that takes for ever is given up. */
const LIMIT_MS = 1000;
/** Larger schemas are left to whoever wrote them. */
const LARGEST_SCHEMA = 100_000;

/** The arguments as an object, or what is wrong with them. None at all are an empty object. */
export function parseArguments(text: string): Arguments | string {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Arguments;
    return 'The arguments must be a JSON object.';
  } catch (thrown) {
    return `The arguments are not JSON (${thrown instanceof Error ? thrown.message.slice(0, 200) : 'unreadable'}): call the tool again.`;
  }
}

function bounded<Result>(work: () => Result): Result {
  const context = createContext({ work });
  return new Script('work()').runInContext(context, { timeout: LIMIT_MS }) as Result;
}

const ANYTHING: Check = () => null;

async function compile(schema: Tool['parameters']): Promise<Check> {
  const text = JSON.stringify(schema);
  if (text.length > LARGEST_SCHEMA) return ANYTHING;
  // Only patterns can take for ever, and a fence against that costs more than all else of a call.
  const within = text.includes('"pattern') ? bounded : <Result>(work: () => Result): Result => work();
  try {
    const ajv = await schemaCompiler(text, { strict: false, validateFormats: false, logger: false });
    const own = Object.fromEntries(Object.entries(schema).filter(([key]) => key !== '$schema' && key !== '$id'));
    const validate = within(() => ajv.compile(own));
    return (given) => {
      try {
        if (within(() => validate(given))) return null;
      } catch {
        return null;
      }
      return `The arguments are not what the tool takes: ${ajv.errorsText(validate.errors, { dataVar: 'arguments', separator: '; ' }).slice(0, 500)}.`;
    };
  } catch {
    return ANYTHING;
  }
}

/** Checks of arguments, each schema compiled once and without waiting from then on. A schema that cannot be compiled lets everything through: the tool checks for itself. */
export function createArgumentCheck(): (tool: Tool, given: Arguments) => Promise<string | null> | string | null {
  const compiled = new WeakMap<Tool['parameters'], Check>();
  const compiling = new WeakMap<Tool['parameters'], Promise<Check>>();
  return ({ parameters }, given) => {
    const known = compiled.get(parameters);
    if (known !== undefined) return known(given);
    const begun = compiling.get(parameters) ?? compile(parameters);
    compiling.set(parameters, begun);
    return begun.then((check) => {
      compiled.set(parameters, check);
      return check(given);
    });
  };
}
