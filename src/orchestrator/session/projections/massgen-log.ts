import type { format } from 'winston';
import type { RunEvent } from '../../protocol.js';
import { maskedText } from './agent-status.js';
import { type EventOf, type TurnRecord } from './turn-record.js';

/** One line of massgen.log before it is one. */
export interface LogLine {
  readonly level: 'INFO' | 'WARNING' | 'ERROR';
  /** `HH:mm:ss` */
  readonly time: string;
  readonly message: string;
}

const SLOW_TOOL_MS = 5000;
const SHOWN_COMMAND = 50;

type Said = readonly [level: LogLine['level'], message: string];
const info = (message: string): Said => ['INFO', message];
const warning = (message: string): Said => ['WARNING', message];
const error = (source: string, message: string): Said => ['ERROR', `[ERROR] ${source}: ${maskedText(message)}`];

function callEnd(record: TurnRecord, event: EventOf<'call-end'>): readonly Said[] {
  const { agent, usage, end, reason } = event;
  const call = record.newest.get(agent)?.calls.findLast((each) => each.call === event.call);
  const slow = (call?.used ?? []).filter((use) => use.end !== null && use.end.t - use.start.t > SLOW_TOOL_MS);
  return [
    ...(call === undefined || call.reasoning === '' ? [] : [info(`${agent}: Stream chunk [reasoning]: ${call.reasoning}`)]),
    ...(event.text === '' ? [] : [info(`${agent}: Stream chunk [content]: ${event.text}`)]),
    ...event.toolCalls.map(({ name, argumentsText }) => info(`${agent}: Stream chunk [tool_call]: ${name} ${argumentsText}`)),
    ...slow.map(({ input, name, start, end: done }) => warning(`[SLOW] ${(input || name).slice(0, SHOWN_COMMAND)}... took ${(((done?.t ?? start.t) - start.t) / 1000).toFixed(1)}s`)),
    event.error === undefined
      ? info(`${agent}: call ${event.call} of turn ${event.turn} ended: ${reason ?? end}; ${usage.inputTokens} tokens in, ${usage.outputTokens} out`)
      : warning(`${agent}: call ${event.call} of turn ${event.turn} failed: ${event.error.code}: ${maskedText(event.error.message)}`),
  ];
}

type Words = { readonly [Type in RunEvent['type']]?: (event: EventOf<Type>, record: TurnRecord) => readonly Said[] };

const WORDS: Words = {
  'run-start': (event) => [info(`[START] ${event.engine}, session ${event.session}, turn ${event.turn}`), info(`[QUESTION] ${event.task}`), ...event.agents.map(({ id, anonymous, backend, model }) => info(`[AGENT] ${id} (${anonymous}): ${backend} ${model}`))],
  'turn-start': ({ agent, turn, kind }) => [info(`${agent}: turn ${turn} begins (${kind})`)],
  'call-start': ({ agent, turn, call, attempt }) => [info(`${agent}: call ${call} of turn ${turn} begins${attempt === 1 ? '' : `, attempt ${attempt}`}`)],
  'call-end': (event, record) => callEnd(record, event),
  'tools-offer': ({ agent, tools, notes }) => [info(`[TOOLS] ${agent}: ${tools.map(({ name }) => name).join(', ') || 'none'}`), ...notes.map((note) => info(`[TOOLS] ${agent}: ${maskedText(note)}`))],
  'tool-start': ({ agent, name }) => [info(`[TOOL] ${agent}: ${name} begins`)],
  'tool-end': ({ agent, name, status, text, durationMs }) => [
    (status === 'ok' ? info : warning)(`[TOOL] ${agent}: ${name} ${status} in ${(durationMs / 1000).toFixed(1)}s, ${text.length} characters${status === 'ok' ? '' : `: ${maskedText(text)}`}`),
    ...(durationMs > SLOW_TOOL_MS ? [warning(`[SLOW] ${name.slice(0, SHOWN_COMMAND)}... took ${(durationMs / 1000).toFixed(1)}s`)] : []),
  ],
  'conversation-compact': ({ agent, from, to }) => [warning(`[COMPACT] ${agent}: the conversation is too long for the model, shortened from ${from} to ${to} characters`)],
  'retry-wait': ({ agent, attempt, error: { message }, until, t }) => [warning(`[RETRY] ${agent}: attempt ${attempt} failed (${maskedText(message)}), next in ${((until - t) / 1000).toFixed(1)}s`)],
  'answer-accept': ({ agent, label, via, text }) => [info(`[ANSWER] ${agent}: ${label} (${via}, ${text.length} characters)`)],
  'answer-reject': ({ agent, reason, message }) => [warning(`[REJECTED] ${agent}: ${reason}: ${message}`)],
  'vote-cast': ({ agent, target, label, reason }) => [info(`[VOTE] ${agent} -> ${target} (${label}): ${reason}`)],
  'vote-abstain': ({ agent, why }) => [warning(`[ABSTAIN] ${agent}: ${why}`)],
  'agent-fail': ({ agent, error: { code, message } }) => [error(agent, `${code}: ${message}`)],
  'time-up': (event) => [warning(event.which === 'turn' ? `[TIMEOUT] ${event.agent}: its turn ran out of time` : `[TIMEOUT] ${event.which}`)],
  'budget-reach': ({ tokens, costMicros }) => [warning(`[BUDGET] reached after ${tokens} tokens and $${costMicros / 1e6}`)],
  'cancel-request': ({ by }) => [warning(`[CANCEL] by ${by}`)],
  'answer-request': ({ by }) => [warning(`[ANSWER NOW] asked for by ${by}`)],
  'message-add': ({ by, text }) => [info(`[MESSAGE] ${by}: ${text}`)],
  'winner-select': ({ agent, label, tally, basis, tie }) => [info(`[WINNER] ${agent} (${label}): ${tally.map((each) => `${each.agent} ${each.votes}`).join(', ') || 'no votes'}; basis ${basis}${tie ? ', tie broken by configuration order' : ''}`)],
  'draft-discard': ({ agent, turn, call }) => [warning(`${agent}: what call ${call} of turn ${turn} had written is withdrawn`)],
  'evaluation-end': ({ agent, verdict, reason }) => [info(`[EVALUATION] ${agent}: ${verdict}${reason === '' ? '' : `: ${reason}`}`)],
  'attempt-start': ({ attempt, reason, instructions }) => [warning(`[RESTART] attempt ${attempt}: ${reason}; ${instructions}`)],
  'answer-final': ({ agent, label, source, text, marks }) => [info(`[FINAL] ${agent}: ${label} (${[source, ...marks].join(', ')}, ${text.length} characters)`)],
  'run-end': ({ status, error: why, durationMs }) => [...(why === undefined ? [] : [error('run', `${why.code}: ${why.message}`)]), info(`[END] ${status} in ${(durationMs / 1000).toFixed(1)}s`)],
  notice: ({ level, message }) => [[level === 'warning' ? 'WARNING' : 'INFO', maskedText(message)]],
};

/** What an event adds to massgen.log. Text is logged once, at the end of its call; a line feed in it is written as `\n`, so that a line is an entry. */
export function logLines(record: TurnRecord, event: RunEvent): readonly LogLine[] {
  const words = WORDS[event.type] as ((event: RunEvent, record: TurnRecord) => readonly Said[]) | undefined;
  if (words === undefined) return [];
  const time = record.clock.time(event.at);
  return words(event, record).map(([level, message]) => ({ level, time, message: message.includes('\n') ? message.replace(/\r?\n/gu, '\\n') : message }));
}

type LineFormat = (lines: readonly LogLine[]) => string;

let loading: Promise<LineFormat> | undefined;

/** Loads winston's formatting, once, and returns what makes text of lines. Loaded late: nothing of it is needed before the first answer. */
export const loadLineFormat = (): Promise<LineFormat> => (loading ??= load());

const lineOf = ({ level, time, message }: LogLine): string => `${time} | ${level.padEnd(8)} | ${message}\n`;

/**
 * Winston's own printf, without its streams and transports: loading those took more CPU than all that a run writes.
 * One transformation for all lines that are due: one for each costs as much as ten lines.
 */
async function load(): Promise<LineFormat> {
  const { createRequire } = await import('node:module');
  const printf = createRequire(createRequire(import.meta.url).resolve('winston'))('logform/printf') as typeof format.printf;
  const MESSAGE = Symbol.for('message');
  const lines = printf(({ message }) => (message as readonly LogLine[]).map(lineOf).join(''));
  return (said) => String((lines.transform({ level: 'info', message: said }) as { readonly [MESSAGE]?: string })[MESSAGE as never]);
}
