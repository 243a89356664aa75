import type { ToolContext } from '../contract.js';
import { PYTHON_BRIDGE } from './python-bridge.js';
import { runProgram, type ProgramDeps } from './run-program.js';

export interface PythonDeps extends ProgramDeps {
  readonly python: string;
}

interface PythonFunction {
  readonly name: string;
  readonly description: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

const DESCRIBE_MS = 30_000;

/** What one function of the bridge answers; an `error` in it is thrown. */
async function ask(request: Readonly<Record<string, unknown>>, deps: PythonDeps, signal: AbortSignal): Promise<Readonly<Record<string, unknown>>> {
  const reply = await runProgram([deps.python, '-c', PYTHON_BRIDGE], request, deps, signal).catch((error: unknown) => {
    const { message } = error as Error;
    throw new Error(message.startsWith('there is no program') ? `it is Python, and there is no ${deps.python}; install Python 3.9 or newer` : message);
  });
  if (typeof reply !== 'object' || reply === null) throw new Error('the bridge to Python said nothing that could be read');
  const { error } = reply as { readonly error?: unknown };
  if (typeof error === 'string') throw new Error(error);
  return reply as Readonly<Record<string, unknown>>;
}

/** The public functions of a Python file, their schemas read off signatures and docstrings. Rejects with what Python says. */
export async function describePython(file: string, deps: PythonDeps, signal: AbortSignal): Promise<readonly PythonFunction[]> {
  const { functions } = await ask({ op: 'describe', file }, deps, AbortSignal.any([signal, AbortSignal.timeout(DESCRIBE_MS)]));
  return functions as readonly PythonFunction[];
}

/** Calls one of them, in a process of its own. */
export async function runPython(file: string, name: string, args: Readonly<Record<string, unknown>>, deps: PythonDeps, { agent, signal }: ToolContext): Promise<unknown> {
  const { result } = await ask({ op: 'call', file, function: name, args, context: { agent_id: agent, agent_cwd: deps.folder } }, deps, signal);
  return result;
}
