import { evaluationWords } from '../../../final-words.js';
import type { RunEvent } from '../../../protocol.js';
import { TOOL_ENDINGS } from '../../../tool-words.js';
import type { TimelineEntry } from '../report.js';
import { inSeconds } from './call-times.js';

const KINDS = { answer: 'begins its first answer', vote: 'reads the answers', solo: 'begins its answer', present: 'presents the final answer', evaluate: 'checks the final answer' } as const;

type Words = { readonly [Type in RunEvent['type']]?: (event: Extract<RunEvent, { type: Type }>) => string };

const count = (votes: number): string => `${String(votes)} ${votes === 1 ? 'vote' : 'votes'}`;

/** What happened, in few words. Texts of models and providers are in here as they came. */
const WORDS: Words = {
  'run-start': ({ agents }) => `started with ${agents.map(({ id }) => id).join(', ')}`,
  'turn-start': ({ kind, fresh }) => (kind === 'vote' && !fresh ? 'reads what is new' : KINDS[kind]),
  'retry-wait': ({ error, attempt }) => `tries again after attempt ${String(attempt)}: ${error.message}`,
  'conversation-compact': ({ from, to }) => `its conversation is too long for the model and is shortened from ${String(from)} to ${String(to)} characters`,
  'tools-offer': ({ tools }) => `has ${String(tools.length)} tools`,
  'tool-end': ({ name, status }) => (status === 'ok' ? `uses ${name}` : `uses ${name}, which ${TOOL_ENDINGS[status]}`),
  'answer-accept': ({ label, via }) => `submits ${label}${via === 'tool' || via === 'solo' ? '' : ` (${via})`}`,
  'answer-reject': ({ reason }) => `gives a reply that is not taken: ${reason}`,
  'vote-cast': ({ target, label }) => `votes for ${target} (${label})`,
  'vote-abstain': ({ why }) => `abstains: ${why}`,
  'agent-fail': ({ error }) => `fails: ${error.message}`,
  'time-up': ({ which }) => (which === 'turn' ? 'runs out of time' : which === 'patience' ? 'voting begins without waiting for first answers' : which === 'request' ? 'the discussion ends: the answer was asked for' : 'the time limit is reached'),
  'budget-reach': ({ tokens }) => `the budget is reached after ${String(tokens)} tokens`,
  'cancel-request': ({ error }) => (error === undefined ? 'a stop is asked for' : `the run cannot go on: ${error.message}`),
  'answer-request': () => 'the answer is asked for',
  'message-add': ({ text }) => `a message to all agents: ${text}`,
  'winner-select': ({ label, tally, unanimous, tie }) => `wins${label === '' ? '' : ` with ${label}`}: ${tally.map(({ agent, votes }) => `${agent} ${count(votes)}`).join(', ') || 'no votes'}${unanimous ? ', unanimous' : tie ? ', a tie broken by configuration order' : ''}`,
  'draft-discard': () => 'withdraws what it had written',
  'evaluation-end': evaluationWords,
  'attempt-start': ({ attempt, reason }) => `attempt ${String(attempt)} begins: ${reason}`,
  'answer-final': ({ source }) => `delivers the final answer (${source})`,
  'run-end': ({ status, error }) => `${status}${error === undefined ? '' : `: ${error.message}`}`,
  notice: ({ message }) => message,
};

/** The timeline's entry for an event; undefined for what it leaves out. */
export function timelineEntry(event: RunEvent): TimelineEntry | undefined {
  const words: ((event: never) => string) | undefined = WORDS[event.type];
  if (words === undefined) return undefined;
  return { seconds: inSeconds(event.t), agent: 'agent' in event ? event.agent : null, event: event.type, text: words(event as never) };
}
