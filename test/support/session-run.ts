import { existsSync, mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openRun, type RunEvent, type RunResult, type RunState } from '../../src/index.js';
import { EMPTY, fold, toResult } from '../../src/orchestrator/index.js';
import { removeFolder } from './remove-folder.js';

const folders: string[] = [];

/** An empty folder that `removeSessions` takes away. */
export function sessionRoot(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'massgen-session-'));
  folders.push(folder);
  return folder;
}

export async function removeSessions(): Promise<void> {
  await Promise.all(folders.splice(0).map(removeFolder));
}

const agent = (id: string, ...script: readonly object[]): object => ({ id, backend: { type: 'scripted', model: 'canned', script } });

/** Three agents out of alphabetical order: one fails, one forgets its tool and improves its answer so that there is a re-vote, and a check asks for a restart. */
export const EVENTFUL = {
  agents: [
    agent('agent_b', { reasoning: 'Let me think.', answer: 'B says 41.\n\nAnd more.' }, { delay: 0.03, vote: { agent: 'agent1', reason: 'A is right about it' } }, { vote: { agent: 'agent1', reason: 'still A' } }, { tool: { name: 'restart_orchestration', arguments: { reason: 'wrong sum', instructions: 'add again' } } }, { vote: { agent: 'agent1', reason: 'again A' } }),
    agent('agent_a', { text: 'I forgot the tool' }, { answer: 'A says 42.' }, { delay: 0.06, answer: 'A says 42, because six times seven is 42.' }, { vote: { agent: 'agent1', reason: 'mine' } }, { vote: { agent: 'agent1', reason: 'mine still' } }),
    agent('agent_c', { fault: 'rejected' }, { fault: 'rejected' }),
  ],
  orchestrator: { coordination: { max_orchestration_restarts: 1 } },
};

/** Two agents who agree on the first one's answer. */
export const agreed = (answer = 'The agreed answer.'): object => ({ agents: [agent('one', { answer }, { vote: { agent: 'agent1', reason: 'it is right' } }), agent('two', { answer: 'Another answer.' }, { vote: { agent: 'agent1', reason: 'so it is' } })] });

export const oneAgent = (...script: readonly object[]): object => ({ agent: agent('solo', ...script) });

export interface PlayedSession {
  readonly result: RunResult;
  readonly state: RunState;
  readonly events: readonly RunEvent[];
  /** The turn's directory. */
  readonly turn: string;
}

export interface PlayOptions {
  readonly root?: string;
  readonly prompt?: string;
  readonly signal?: AbortSignal;
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutSeconds?: number;
  /** Where the user's own folder is; the session's if absent. */
  readonly home?: string;
  readonly logFiles?: 'all' | 'events';
  readonly cliArguments?: Readonly<Record<string, unknown>>;
  /** Called with each event as a reader gets it. */
  readonly see?: (event: RunEvent, turn: string) => void | Promise<void>;
}

/** Runs a scripted team through the public API, with a log. */
export async function playSession(config: object, options: PlayOptions = {}): Promise<PlayedSession> {
  const { root = sessionRoot(), prompt = 'How much is six times seven?', see, ...more } = options;
  const open = await openRun({ config: config as Readonly<Record<string, unknown>>, env: {}, cwd: root, home: root, logDirectory: path.join(root, 'logs'), ...more });
  const { events: stream, place } = open.start(prompt);
  const turn = path.join(place.logDirectory ?? '', 'turn_1');
  const events: RunEvent[] = [];
  let state = EMPTY;
  for await (const event of stream) {
    events.push(event);
    state = fold(state, event);
    await see?.(event, turn);
  }
  return { result: toResult(state, place), state, events, turn };
}

/** All files below a directory by relative path, sorted. */
export const filesBelow = (directory: string): readonly string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'))
    .sort();

export const readText = (...parts: readonly string[]): string => readFileSync(path.join(...parts), 'utf8');

/** What tests look at in the files of a turn. */
export interface StatusFile {
  readonly finish_reason: string;
  readonly finish_reason_details: string;
  readonly is_complete: boolean;
  readonly meta: Readonly<Record<string, unknown>> & { readonly last_updated: number; readonly elapsed_seconds: number };
  readonly coordination: { readonly phase: string; readonly completion_percentage: number };
  readonly agents: Readonly<Record<string, Readonly<Record<string, unknown>> & { readonly round_history: readonly object[] }>>;
  readonly results: { readonly votes: Readonly<Record<string, number>>; readonly winner: string | null; readonly final_answer_preview: string | null };
}

interface CoordinationFile {
  readonly session_metadata: { readonly user_prompt: string; readonly start_time: number; readonly end_time: number };
  readonly events: readonly { readonly timestamp: number; readonly event_type: string; readonly context: Readonly<Record<string, unknown>> }[];
}

interface ContextFile {
  readonly user_message: string;
  readonly tools: readonly { readonly name: string }[];
  readonly messages: readonly object[];
  readonly voter_details: Readonly<Record<string, readonly object[]>>;
}

interface MetricsFile {
  readonly meta: Readonly<Record<string, unknown>>;
  readonly totals: Readonly<Record<string, unknown>>;
  readonly rounds: { readonly by_outcome: Readonly<Record<string, number>> };
  readonly agents: Readonly<Record<string, { readonly token_usage: { readonly input_tokens: number } }>>;
  readonly api_timing: { readonly total_calls: number; readonly by_backend: object };
}

const readJson = (...parts: readonly string[]): unknown => JSON.parse(readText(...parts));

export const readStatus = (turn: string): StatusFile => readJson(turn, 'status.json') as StatusFile;
export const readCoordination = (turn: string): CoordinationFile => readJson(turn, 'coordination_events.json') as CoordinationFile;
export const readMappings = (turn: string) => readJson(turn, 'snapshot_mappings.json') as Readonly<Record<string, { readonly path: string; readonly label: string; readonly type: string }>>;
export const readMetrics = (turn: string): MetricsFile => readJson(turn, 'metrics_summary.json') as MetricsFile;
export const readRounds = (turn: string) => (readJson(turn, 'metrics_events.json') as { readonly round_completions: readonly { readonly duration_ms: number }[] }).round_completions;
export const readVote = (turn: string, label: string): object => readJson(turn, readMappings(turn)[label]?.path ?? '') as object;

/** What lies beside the answer or vote of this label. */
export const besides = (turn: string, label: string, name: string): string => readText(turn, path.dirname(readMappings(turn)[label]?.path ?? ''), name);
export const readContext = (turn: string, label: string): ContextFile => JSON.parse(besides(turn, label, 'context.txt')) as ContextFile;

export const isThere = (...parts: readonly string[]): boolean => existsSync(path.join(...parts));
