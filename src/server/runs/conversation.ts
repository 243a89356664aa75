import { MassgenError } from '../../errors.js';
import type { HistoryMessage, RunRequest } from '../../orchestrator/index.js';

/** A conversation as a run takes it. */
export interface Conversation {
  readonly prompt: string;
  readonly history: readonly HistoryMessage[];
  readonly request: Pick<RunRequest, 'instructions' | 'images' | 'trail'>;
  readonly notes: readonly string[];
}

/** A message of a request, and what of it was left out. */
export interface Said {
  readonly message: HistoryMessage;
  readonly left: readonly string[];
  /** What a user said together with a tool's result: no new task. */
  readonly aside?: boolean;
}

/** Calls that have no result get one that says so: vendors refuse a conversation in which one is missing. */
function withMissingResults(messages: readonly HistoryMessage[]): readonly HistoryMessage[] {
  const answered = new Set(messages.flatMap(({ callId }) => callId ?? []));
  return messages.flatMap((message) => {
    const open = (message.toolCalls ?? []).filter(({ id }) => !answered.has(id));
    return [message, ...open.map(({ id, name }): HistoryMessage => ({ role: 'tool', text: '(no result was given)', callId: id, name }))];
  });
}

const saysSomething = ({ text, images, toolCalls, role }: HistoryMessage): boolean => text.trim() !== '' || images !== undefined || toolCalls !== undefined || role === 'tool';

/** The conversation of a request of any dialect: the last thing a user said is the task. `param` is the field it came in. Throws `request-invalid`. */
export function toConversation(said: readonly Said[], param: string): Conversation {
  const heard = said.filter(({ message }) => saysSomething(message));
  const all = heard.map(({ message }) => message);
  const notes = [...new Set(said.flatMap(({ left }) => left))];
  const asked = heard.findLastIndex(({ message, aside }) => message.role === 'user' && aside !== true);
  const last = asked === -1 ? all.findLastIndex(({ role }) => role === 'user') : asked;
  const task = all[last];
  if (task === undefined) {
    const why = notes.length === 0 ? '' : ` (${notes.join('; ')})`;
    throw new MassgenError('request-invalid', `No user message found in request${why}`, { param, reason: 'missing_message' });
  }
  const first = all.findIndex(({ role }) => role !== 'system');
  const instructions = all.slice(0, first).map(({ text }) => text).join('\n\n');
  const trail = withMissingResults(all.slice(last + 1));
  return {
    prompt: task.text,
    history: withMissingResults(all.slice(first, last)),
    request: Object.assign({}, instructions === '' ? undefined : { instructions }, task.images && { images: task.images }, trail.length === 0 ? undefined : { trail }),
    notes,
  };
}
