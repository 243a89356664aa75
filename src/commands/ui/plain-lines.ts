import { FINAL_MARKS, FINAL_SOURCES, TOOL_ENDINGS, agentList, argumentsOfTool, evaluationWords, liveAgents, missingTools, shownArguments, type AgentInfo, type RunEvent, type RunState } from '../../orchestrator/index.js';
import { safeText } from './safe-text.js';
import { createTextLines } from './text-lines.js';

/** One line for people. `about` is the agent whose colour it takes; `tone` how loud it is. */
export interface PlainLine {
  readonly about: string | null;
  readonly tone: 'normal' | 'text' | 'warning' | 'good';
  readonly text: string;
}

const line = (about: string | null, text: string, tone: PlainLine['tone'] = 'normal'): PlainLine => ({ about, tone, text: safeText(text).replaceAll('\n', ' ') });
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
export const plural = (count: number, noun: string): string => `${String(count)} ${noun}${count === 1 ? '' : 's'}`;
const named = ({ id, backend, model }: AgentInfo): string => `${id} (${backend} ${model})`;

const TURN_WORDS = { answer: 'writes its first answer', vote: 'reads the answers', solo: 'answers', present: 'presents the final answer', evaluate: 'checks the final answer' } as const;

function money(costMicros: number | null): string {
  return costMicros === null ? 'cost unknown' : `$${(costMicros / 1e6).toFixed(costMicros < 10_000 ? 4 : 2)}`;
}

/** What the providers' own tools were used for, and their part of the cost. */
function feesText({ tools = {} }: RunState['spent']['usage']): string {
  const used = Object.entries(tools).map(([name, { uses, costMicros }]) => `${name} ${plural(uses, 'time')} ${costMicros === undefined ? '(fee unknown)' : money(costMicros)}`);
  return used.length === 0 ? '' : ` (of it ${used.join(', ')})`;
}

function tallyText(state: RunState): string {
  const { selection } = state;
  if (selection === null) return '';
  const votes = selection.tally.map((each) => `${each.agent} ${plural(each.votes, 'vote')}`).join(', ') || 'no votes';
  const how = selection.unanimous ? ', unanimous' : selection.tie ? ', tie broken by configuration order' : selection.basis === 'standing' ? ', earlier votes counted' : '';
  return `${votes}${how}`;
}

/** `uses read_file (path: notes.md)` */
export function usesTool(name: string, argumentsText: string): string {
  const shown = shownArguments(argumentsText);
  return `uses ${name}${shown === '' ? '' : ` (${shown})`}`;
}

const briefly = (text: string): string => (text.length <= 200 ? text : `${text.slice(0, 199)}…`);

type FactLine<Type extends RunEvent['type']> = (event: Extract<RunEvent, { type: Type }>, state: RunState) => readonly PlainLine[];

const FACTS: { readonly [Type in RunEvent['type']]?: FactLine<Type> } = {
  'run-start': (event) => [line(null, `${plural(event.agents.length, 'agent')}: ${event.agents.map(named).join(', ')}`)],
  'turn-start': (event) => [line(event.agent, event.kind === 'vote' && !event.fresh ? 'reads what is new' : TURN_WORDS[event.kind])],
  'turn-end': (event) => (event.why === undefined ? [] : [line(event.agent, `the presentation failed: ${event.why}`, 'warning')]),
  'retry-wait': (event) => [line(event.agent, `tries again in ${seconds(event.until - event.t)} (attempt ${String(event.attempt)} failed: ${event.error.message})`, 'warning')],
  'conversation-compact': (event) => [line(event.agent, `the conversation is too long for the model: shortened from ${String(event.from)} to ${String(event.to)} characters`, 'warning')],
  'answer-accept': (event) => [line(event.agent, `submits ${event.label}${event.via === 'salvage' ? ' (taken from its plain text)' : event.via === 'draft' ? ' (its unfinished draft)' : ''}`, 'good')],
  'answer-reject': (event) => [line(event.agent, `reply not taken (${event.reason}): ${event.message}`, 'warning')],
  'vote-cast': (event) => [line(event.agent, `votes for ${event.target} (${event.label})${event.reason === '' ? '' : `: ${event.reason}`}`, 'good')],
  'vote-abstain': (event) => [line(event.agent, `abstains: ${event.why}`, 'warning')],
  'agent-fail': (event) => [line(event.agent, `failed: ${event.error.message}`, 'warning')],
  'time-up': (event, state) => (event.which === 'turn' ? [line(event.agent, 'ran out of time', 'warning')] : event.which === 'patience' ? (state.order.length === 1 ? [] : [line(null, 'voting begins without waiting any longer for first answers', 'warning')]) : [line(null, event.which === 'request' ? 'the discussion ends: the answer was asked for' : 'the time limit is reached', 'warning')]),
  'budget-reach': (event) => [line(null, `the budget is reached after ${plural(event.tokens, 'token')}`, 'warning')],
  'cancel-request': () => [line(null, 'stopping', 'warning')],
  'answer-request': () => [line(null, 'the answer is asked for', 'warning')],
  'message-add': (event) => [line(null, `message to all agents: ${event.text}`)],
  'winner-select': (event, state) => (state.order.length === 1 ? [] : [line(null, `winner: ${event.agent} (${event.label || 'no answer yet'}); ${tallyText(state)}`, 'good')]),
  'draft-discard': (event) => [line(event.agent, 'what it had written is withdrawn', 'warning')],
  'evaluation-end': (event) => [line(event.agent, evaluationWords(event))],
  'attempt-start': (event) => [line(null, `attempt ${String(event.attempt)} begins`)],
  'answer-final': (event) => [line(null, `final answer: ${FINAL_SOURCES[event.source]}${event.marks.length === 0 ? '' : `; ${event.marks.map((mark) => FINAL_MARKS[mark]).join('; ')}`}`, 'good')],
  'run-end': (event, state) => {
    const [all, live] = [agentList(state).length, liveAgents(state).length];
    const failed = live === all ? '' : `; ${String(all - live)} of ${plural(all, 'agent')} failed`;
    const about = event.estimated === true ? 'about ' : '';
    return [line(null, `${event.status} in ${seconds(event.durationMs)}; ${about}${plural(event.usage.inputTokens + event.usage.outputTokens, 'token')}, ${event.costMicros === null ? '' : about}${money(event.costMicros)}${feesText(event.usage)}${failed}`)];
  },
  notice: (event) => [line(null, event.message, event.level === 'warning' ? 'warning' : 'normal')],
  citation: (event) => [line(event.agent, `cites ${event.url}`)],
  'tools-offer': (event, state) => [...(event.tools.length === 0 ? [] : [line(event.agent, `${(state.agents[event.agent]?.offers.length ?? 0) > 1 ? 'now has' : 'has'} ${plural(event.tools.length, 'tool')}`)]), ...missingTools(event.notes).map((note) => line(event.agent, note, 'warning'))],
  'tool-start': (event, state) => [line(event.agent, usesTool(event.name, argumentsOfTool(state, event)))],
  'tool-end': (event) => (event.status === 'ok' ? [] : [line(event.agent, `${event.name} ${TOOL_ENDINGS[event.status]}: ${briefly(event.text)}`, 'warning')]),
  'provider-tool': (event) => [line(event.agent, `${event.status === 'start' ? 'uses' : 'has used'} ${event.name}${event.detail === undefined ? '' : `: ${event.detail}`}`)],
};

/** What is said of an event that is not a piece of text; `state` is that after it. */
export function factLines(event: RunEvent, state: RunState): readonly PlainLine[] {
  const word: ((event: never, state: RunState) => readonly PlainLine[]) | undefined = FACTS[event.type];
  return word?.(event as never, state) ?? [];
}

/** Turns events into plain lines, agents' text line by line. Call with each event and the state after it. */
export function createPlainView(): (event: RunEvent, state: RunState) => readonly PlainLine[] {
  const texts = new Map<string, ReturnType<typeof createTextLines>>();
  const linesOf = (agent: string): ReturnType<typeof createTextLines> => {
    const known = texts.get(agent) ?? createTextLines();
    texts.set(agent, known);
    return known;
  };
  const asText = (agent: string, lines: readonly string[]): readonly PlainLine[] => lines.map((text) => line(agent, `| ${text}`, 'text'));
  return (event, state) => {
    if (event.type === 'text-delta') return asText(event.agent, linesOf(event.agent).take(safeText(event.text)));
    const finished = event.type === 'call-end' ? asText(event.agent, linesOf(event.agent).rest()) : [];
    return [...finished, ...factLines(event, state)];
  };
}
