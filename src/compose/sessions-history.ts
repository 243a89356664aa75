import path from 'node:path';
import type { HistoryMessage, SessionSummary, TurnReport, TurnStatus, TurnSummary } from '../orchestrator/index.js';
import { readTurn } from '../orchestrator/session/read/read-session.js';
import { summariseSession } from '../orchestrator/session/read/summarise-session.js';
import { readClosingCalls, readTurnStart } from './sessions-start.js';

/** What was said in a session so far. */
export interface PastConversation {
  readonly summary: SessionSummary;
  readonly history: readonly HistoryMessage[];
  /** Turns whose question is in the history. */
  readonly turns: number;
  /** The question of the newest turn, where that ended with calls of the caller's tools: it may go on with their results. */
  readonly open: string | null;
  /** What a person should know of turns that did not end well. */
  readonly remarks: readonly string[];
}

const WHY: Readonly<Record<Exclude<TurnStatus, 'completed' | 'running'>, string>> = {
  failed: 'failed',
  timeout: 'ran out of time',
  cancelled: 'was interrupted',
  crashed: 'broke off',
  unreadable: 'cannot be read',
  unknown: 'left no record of its end',
};

/** The answer that most standing votes are for, else the earliest agent's. */
function bestAnswer({ answers, votes, agents }: TurnReport): string {
  const votesFor = (agent: string): number => votes.filter(({ target, standing }) => target === agent && standing !== 'superseded').length;
  const current = answers.filter(({ current: isCurrent, text }) => isCurrent && text.trim() !== '');
  const [best] = [...current].sort((one, other) => votesFor(other.agent) - votesFor(one.agent) || agents.indexOf(one.agent) - agents.indexOf(other.agent));
  return best?.text ?? '';
}

/** What a turn without a final answer where one is expected had come to. */
async function unfinishedAnswer({ turn, directory }: TurnSummary): Promise<string> {
  const report = await readTurn(turn, directory).catch(() => undefined);
  return report === undefined ? '' : (report.final_answer?.text ?? bestAnswer(report));
}

interface PastTurn {
  readonly history: readonly HistoryMessage[];
  readonly remark?: string;
  /** Its question, where it ended with calls of the caller's tools. */
  readonly open?: string;
}

async function pastTurn(summary: TurnSummary, delivered: string): Promise<PastTurn> {
  const { turn, status, question, error } = summary;
  if (status === 'running') return { history: [], remark: `turn ${String(turn)} is still running, so the agents are not told of it` };
  if (question === null) return { history: [], remark: `turn ${String(turn)} is left out: ${error ?? 'it says no question'}` };
  const called = status === 'completed' ? readClosingCalls(summary.directory) : [];
  if (called.length > 0) {
    const text = `[This turn ended with calls of tools: ${called.join('; ')}]`;
    return { history: [{ role: 'user', text: question }, { role: 'assistant', text: delivered === '' ? text : `${delivered}\n\n${text}` }], open: question };
  }
  const answer = delivered === '' ? await unfinishedAnswer(summary) : delivered;
  const asked: HistoryMessage = { role: 'user', text: question };
  const ended = status === 'completed' ? 'ended' : WHY[status];
  if (answer === '') {
    const why = error === null ? '' : ` (${error})`;
    return { history: [asked, { role: 'assistant', text: `[No answer: this turn ${ended}.]` }], remark: `turn ${String(turn)} ${ended} without an answer${why}; the agents are told so` };
  }
  if (status === 'completed') return { history: [asked, { role: 'assistant', text: answer }] };
  return { history: [asked, { role: 'assistant', text: `[This turn ${ended}; this is the best answer it had.]\n\n${answer}` }], remark: `turn ${String(turn)} ${ended}; the agents are told its best answer so far` };
}

/** Reads a session as a conversation: each turn's question and final answer, or the best answer it had. Never throws: turns that cannot be read are left out, and that is said. */
export async function readConversation(directory: string): Promise<PastConversation | undefined> {
  const found = await summariseSession(path.basename(directory), directory, Date.now());
  if (found === undefined) return undefined;
  const { summary, answers } = found;
  const all = await Promise.all(summary.turns.map((turn, index) => pastTurn(turn, answers[index]?.() ?? '')));
  // A turn that goes on with the results of calls says the question and the calls again.
  const pasts = all.filter(({ open }, index) => open === undefined || open !== summary.turns[index + 1]?.question);
  const [first] = summary.turns;
  // A conversation that began with messages from elsewhere has them in its first turn only.
  const before = first === undefined ? [] : (readTurnStart(first.directory)?.history ?? []);
  return {
    summary,
    history: [...before, ...pasts.flatMap(({ history }) => history)],
    open: all.at(-1)?.open ?? null,
    turns: pasts.filter(({ history }) => history.length > 0).length,
    remarks: pasts.flatMap(({ remark }) => remark ?? []),
  };
}
