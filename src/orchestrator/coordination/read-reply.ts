import type { ToolCall } from '../../backends/contract.js';
import type { AgentId, CallResult, RejectReason, Seen } from '../protocol.js';
import { answerLimit, seenTexts, tooClose } from './limits.js';
import { agentList, answerLabel, newestRevision, type AgentState, type RunState } from './state.js';

type Reply = Pick<CallResult, 'reason' | 'toolCalls'>;

/** What a reply in a workflow turn means. */
export type Verdict =
  | { readonly type: 'answer'; readonly text: string }
  | { readonly type: 'vote'; readonly target: AgentId; readonly rev: number; readonly reason: string; readonly via: 'tool' | 'duplicate' }
  | { readonly type: 'reject'; readonly reason: RejectReason; readonly message: string };

const reject = (reason: RejectReason, message: string): Verdict => ({ type: 'reject', reason, message });

/** The arguments as an object; undefined when they are not one. */
export function parseArguments(call: ToolCall): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(call.argumentsText);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** The agent that a voter means: `agent2`, `Agent 2`, `answer2.1`, `agent2.1`, and last its real id. */
export function resolveVoteId(state: RunState, written: string): AgentState | undefined {
  const agents = agentList(state);
  const number = /^\s*(?:agent|answer)?[\s_-]*(\d+)(?:\.\d+)?\s*$/iu.exec(written)?.[1];
  const anonymous = number === undefined ? undefined : agents.find(({ info }) => info.anonymous === `agent${String(Number(number))}`);
  const wanted = written.trim();
  return anonymous ?? agents.find(({ info }) => info.id === wanted) ?? agents.find(({ info }) => info.id.toLowerCase() === wanted.toLowerCase());
}

function readVote(state: RunState, call: ToolCall, seen: Seen): Verdict {
  const eligible = agentList(state).filter(({ info }) => (seen[info.id] ?? 0) > 0);
  if (eligible.length === 0) return reject('vote_no_answers', 'There are no answers to vote on yet: submit yours with new_answer.');
  const given = parseArguments(call);
  const ids = eligible.map(({ info }) => info.anonymous).join(', ');
  if (given === undefined) return reject('invalid_arguments', `The arguments of vote were not a JSON object. Call vote again with agent_id (one of ${ids}) and reason.`);
  const written = given['agent_id'];
  const agent = typeof written === 'string' || typeof written === 'number' ? resolveVoteId(state, String(written)) : undefined;
  if (agent === undefined || !eligible.includes(agent)) return reject('invalid_vote_id', `There is no answer to vote for under that agent_id. Vote for one of: ${ids}.`);
  const reason = given['reason'];
  return { type: 'vote', target: agent.info.id, rev: seen[agent.info.id] ?? 0, reason: typeof reason === 'string' ? reason : '', via: 'tool' };
}

const flat = (text: string): string => text.replace(/\s+/gu, ' ').trim();

function readAnswer(state: RunState, author: AgentState, call: ToolCall, seen: Seen): Verdict {
  const given = parseArguments(call);
  const content = given?.['content'];
  if (typeof content !== 'string') return reject('invalid_arguments', 'The arguments of new_answer were not a JSON object with the text in content. Call new_answer again.');
  if (content.trim() === '') return reject('answer_empty', 'The answer was empty. Call new_answer with the whole answer in content.');
  const known = seenTexts(state, author, seen);
  const twin = known.find(({ text }) => flat(text) === flat(content));
  if (twin !== undefined && twin.rev !== newestRevision(twin.agent)?.rev && twin.agent.info.id === author.info.id) return reject('answer_duplicate', 'You have submitted this answer before and replaced it since. Submit a better one, or vote.');
  if (twin !== undefined) return { type: 'vote', target: twin.agent.info.id, rev: twin.rev, reason: 'submitted the same answer again', via: 'duplicate' };
  const limit = answerLimit(state, author);
  if (limit !== null) return reject('answer_limit', `Your answer was not taken: ${limit}. Vote for the best current answer.`);
  const close = tooClose(state, content, known);
  if (close !== undefined) return reject('answer_novelty', `Your answer is too close to ${answerLabel(close.agent, close.rev)}. Submit a substantially different one, or vote.`);
  return { type: 'answer', text: content };
}

function withoutWorkflowCall(result: Reply): Verdict {
  if (result.reason === 'content-filter' || result.reason === 'refusal') return reject('reply_filtered', 'Your reply was withheld by a content filter. Finish with new_answer or vote in other words.');
  if (result.reason === 'length') return reject('reply_truncated', 'Your reply was cut off at the token limit. Be shorter, and finish with new_answer or vote.');
  if (result.toolCalls.length === 0) return reject('no_tool_calls', 'You have not finished: call new_answer with your answer, or vote. Really call the tool.');
  return reject('no_workflow_tool', 'There is no such tool. Finish with new_answer or vote.');
}

/** Reads a finished reply of `author` against what its call had `seen`. The last vote counts, and the first valid answer. */
export function readReply(state: RunState, author: AgentState, result: Reply, seen: Seen): Verdict {
  const answers = result.toolCalls.filter(({ name }) => name === 'new_answer');
  const lastVote = result.toolCalls.findLast(({ name }) => name === 'vote');
  const first = answers[0];
  if (first === undefined && lastVote === undefined) return withoutWorkflowCall(result);
  if (first !== undefined && lastVote !== undefined) return reject('vote_and_answer', 'You called both new_answer and vote. Choose one of them.');
  if (lastVote !== undefined) return readVote(state, lastVote, seen);
  if (result.reason === 'length' && answers.every((call) => parseArguments(call) === undefined)) return withoutWorkflowCall(result);
  const verdicts = answers.map((call) => readAnswer(state, author, call, seen));
  return verdicts.find(({ type }) => type !== 'reject') ?? verdicts[0] ?? withoutWorkflowCall(result);
}
