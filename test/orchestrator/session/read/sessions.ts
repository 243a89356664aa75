import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run, type RunResult } from '../../../../src/index.js';
import type { RunEvent } from '../../../../src/orchestrator/index.js';
import { removeFolder } from '../../../support/remove-folder.js';

const folders: string[] = [];

/** An empty folder with its real path, which `removeFolders` takes away. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'massgen-read-')));
  folders.push(folder);
  return folder;
}

export async function removeFolders(): Promise<void> {
  await Promise.all(folders.splice(0).map(removeFolder));
}

type Step = Readonly<Record<string, unknown>>;

/** A team of scripted agents, each with its steps. */
export const teamOf = (scripts: Readonly<Record<string, readonly Step[]>>, more: object = {}): Readonly<Record<string, unknown>> => ({
  agents: Object.entries(scripts).map(([id, script]) => ({ id, backend: { type: 'scripted', model: 'canned', price: { input: 1, output: 2 }, script } })),
  ...more,
});

const usage = { input: 10, output: 5 };
const vote = (agent: string, reason: string): Step => ({ vote: { agent, reason }, usage });

/** Three agents: all answer, two vote for agent_b, which improves its answer meanwhile; agent_c is refused when it is asked again, the others vote once more. */
export const FAILURE_AND_REVOTE = teamOf({
  agent_a: [{ answer: 'Water is heavier.', delay: 0.05, usage }, { ...vote('agent2', 'It names the densities.'), delay: 0.05 }, vote('agent2', 'Now it says why, too.')],
  agent_b: [{ answer: 'Water: 1.00 kg, oil: 0.92 kg.', delay: 0.08, usage }, { answer: 'Water (1.00 kg a litre) is heavier than oil (0.92 kg a litre); that is why oil floats.', delay: 0.3, usage }, vote('agent2', 'It is complete.')],
  agent_c: [{ answer: 'It depends on <the> oil & the "water".', delay: 0.1, usage }, { ...vote('agent2', 'Figures beat <b>guesses</b>.'), delay: 0.1 }, { fault: 'rejected' }],
});

/** Two agents who agree at once. */
export const AGREEMENT = teamOf({
  agent_a: [{ answer: 'Yes.', usage }, vote('agent1', 'Right.')],
  agent_b: [{ answer: 'No.', usage }, vote('agent1', 'Right.')],
});

/** Everybody fails. */
export const FAILURE = teamOf({ agent_a: [{ fault: 'rejected' }], agent_b: [{ fault: 'rejected' }] });

/** Runs a team, logging below `root`. */
export async function runInto(root: string, config: Readonly<Record<string, unknown>>, prompt: string): Promise<RunResult & { readonly log_directory: string }> {
  const result = await run({ config, prompt, logDirectory: root, env: {}, cwd: root, home: root });
  if (result.log_directory === null) throw new Error('the run was not logged');
  return { ...result, log_directory: result.log_directory };
}

export const HEADER = { type: 'log-header', format: 'massgen-events', version: 1 };
const AT = '2026-01-30T10:15:00.000Z';

/** Events with stamps, one every 100 ms. */
export const stamped = (events: readonly object[]): readonly RunEvent[] => events.map((event, index) => ({ ...event, seq: index + 1, at: AT, t: index * 100, epoch: 1 }) as unknown as RunEvent);

const agentInfo = (id: string, index: number): object => ({ id, anonymous: `agent${index + 1}`, backend: 'scripted', model: 'canned', systemMessage: '', otherTools: false, maxOutputTokens: null, price: null });

export const runStart = (task: string, ids: readonly string[] = ['agent_a']): object => ({
  type: 'run-start', schema: 1, engine: 'massgen/test', session: '01M7YXZC06QR2Z3GXHBQDWCQ6G', turn: 1, agents: ids.map(agentInfo), task, history: [], settings: {}, fence: '---', config: null,
});

export const runEnd = (status = 'completed'): object => ({ type: 'run-end', status, usage: { inputTokens: 1, outputTokens: 1 }, costMicros: 2, durationMs: 1234 });

export const answerFinal = (text: string, agent = 'agent_a'): object => ({ type: 'answer-final', agent, label: 'answer1.final', text, source: 'winner', marks: [] });

/** The text of an events.jsonl. */
export const logText = (events: readonly object[], header: object = HEADER): string => [header, ...events].map((line) => `${JSON.stringify(line)}\n`).join('');

/** Writes a session by hand: its turns' files, a text or bytes each. Returns its directory. */
export function writeSession(root: string, name: string, files: Readonly<Record<string, string | Buffer>>): string {
  const directory = path.join(root, name);
  mkdirSync(directory, { recursive: true });
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(directory, file)), { recursive: true });
    writeFileSync(path.join(directory, file), content);
  }
  return directory;
}

/** Reads an async iterable to its end. */
export async function collect<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}
