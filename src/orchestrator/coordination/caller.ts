import type { BackendRequest } from '../../backends/contract.js';
import type { CallResult, RunRequest, TurnKind } from '../protocol.js';
import type { RunState } from './state.js';

/** A turn whose reply is what the caller gets. */
export const isDelivery = (kind: TurnKind): boolean => kind === 'solo' || kind === 'present';

type Wishes = Pick<BackendRequest, 'sampling' | 'format' | 'parallelToolCalls'>;

/** What the caller wishes of a call in such a turn: nothing of those whose reply it does not get. */
export function wishesOf({ request }: RunState, kind: TurnKind): Wishes {
  if (!isDelivery(kind)) return {};
  const { sampling, format, parallelToolCalls } = request;
  return Object.assign({}, sampling && { sampling }, format && { format }, parallelToolCalls === undefined ? undefined : { parallelToolCalls });
}

const offersTools = ({ tools }: RunRequest): boolean => tools !== undefined && tools.length > 0;

export const toolSetOf = (state: RunState): 'caller' | 'none' => (offersTools(state.request) ? 'caller' : 'none');

/** A stored answer was written without these: only a presentation can meet them. No text has more tokens than bytes. */
export function needsPresentation({ request }: RunState, stored: string): boolean {
  const { sampling, format } = request;
  const mayBeTooLong = sampling?.max_tokens !== undefined && new TextEncoder().encode(stored).length > sampling.max_tokens;
  return offersTools(request) || format !== undefined || sampling?.stop !== undefined || mayBeTooLong;
}

/** Names of called tools that the caller does not have. */
export const foreignCalls = ({ request }: RunState, { toolCalls }: Pick<CallResult, 'toolCalls'>): readonly string[] =>
  toolCalls.flatMap(({ name }) => (request.tools?.some((tool) => tool.name === name) === true ? [] : [name]));

/** The reply is fit to be delivered: text that ended by itself, or where the caller asked it to; or calls of the caller's tools. */
export function isWhole(state: RunState, result: Pick<CallResult, 'end' | 'reason' | 'text' | 'toolCalls' | 'violation'>): boolean {
  const { end, reason, text, violation } = result;
  if (end !== 'finish' || violation !== undefined) return false;
  const called = result.toolCalls.length > 0 && offersTools(state.request);
  if (called) return foreignCalls(state, result).length === 0;
  if (reason === 'length') return state.request.sampling?.max_tokens !== undefined;
  return (reason === 'stop' || reason === 'tool-calls') && text.trim() !== '';
}

/** Why such a reply is not fit: what is told of a presentation that failed. */
export function whyUnfit(state: RunState, result: Pick<CallResult, 'reason' | 'text' | 'toolCalls' | 'violation'>): string {
  const { reason, text, violation } = result;
  if (violation !== undefined) return `it had not the form that was asked for: ${violation}`;
  if (reason === 'content-filter' || reason === 'refusal') return "the provider's content filter ended it";
  if (reason === 'length') return 'it was cut off at the token limit';
  const foreign = foreignCalls(state, result);
  if (foreign.length > 0) return `it called what is no tool here: ${foreign.join(', ')}`;
  return text.trim() === '' ? 'it was empty' : 'the provider broke it off';
}

/** The caller's tools in words, for those who may not call them. */
export function describeTools({ tools = [] }: RunRequest): string {
  const lines = tools.map(({ name, description, parameters }) => `- ${name}: ${description} Arguments: ${JSON.stringify(parameters)}`);
  return `\n\nWhoever delivers the final answer may call these tools of the person who asked; you cannot call them now. If calling one is the right next step, say in your answer which, with what arguments, and why.\n${lines.join('\n')}`;
}
