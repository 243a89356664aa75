import type { ModelMessage } from './request.js';

export interface Turn {
  readonly role: 'user' | 'assistant';
  readonly text: string;
}

/** What a tool gave back. */
interface ToolOutput {
  readonly tool: string;
  readonly text: string;
}

/** A conversation, read as a person would read it. */
export interface Conversation {
  readonly system: string;
  /** The last one is what is to be answered, or, of the assistant, what is to be gone on with. */
  readonly turns: readonly Turn[];
  /** Since the last question. */
  readonly outputs: readonly ToolOutput[];
  readonly hasImage: boolean;
  /** Whose answers to the same question are shown. */
  readonly answerers: readonly string[];
}

const textOf = ({ content }: ModelMessage): string => (typeof content === 'string' ? content : (content ?? []).flatMap(({ text }) => text ?? []).join('\n'));

const between = (text: string, from: string, to: string): string | undefined => {
  const start = text.indexOf(from);
  const end = text.lastIndexOf(to);
  return start === -1 || end < start ? undefined : text.slice(start + from.length, end);
};

type Line = Turn | ToolOutput;

/** `User: …`, `Assistant: …`, `Tool name: …`; what begins with no speaker goes on with the one before. */
function readTranscript(text: string): readonly Line[] {
  const lines: Line[] = [];
  for (const line of text.split('\n')) {
    const spoken = /^(User|Assistant|Tool (\S+)): (.*)$/u.exec(line);
    const last = lines.at(-1);
    if (spoken !== null) {
      const [, speaker = '', tool, said = ''] = spoken;
      lines.push(tool === undefined ? { role: speaker === 'User' ? 'user' : 'assistant', text: said } : { tool, text: said });
    } else if (/^(?:Assistant called \S+ with |System: )/u.test(line)) continue;
    else if (last !== undefined && line !== '') lines[lines.length - 1] = { ...last, text: `${last.text}\n${line}` };
  }
  return lines;
}

/** What programs put before a question, between tags: it is not what is asked. */
function withoutContext(text: string): string {
  const rest = text.replaceAll(/^<([a-z][\w-]*)>\n?[^]*?<\/\1>\s*$/gmu, '').trim();
  return rest === '' ? text : rest;
}

/** A message that quotes a whole conversation between tags holds that conversation. */
function unfold(text: string): readonly Line[] {
  const task = between(text, '<ORIGINAL MESSAGE> ', ' <END OF ORIGINAL MESSAGE>');
  if (task === undefined) return [{ role: 'user', text: withoutContext(text) }];
  const history = between(text, '<CONVERSATION_HISTORY>\n', '\n<END OF CONVERSATION_HISTORY>') ?? '';
  const since = between(text, '<SINCE THEN>\n', '\n<END OF SINCE THEN>') ?? '';
  return [...readTranscript(history), { role: 'user', text: withoutContext(task) }, ...readTranscript(since)];
}

const GO_ON = /\bcontinue (?:it|your (?:last |previous )?(?:message|reply|answer)|(?:from )?(?:exactly )?where)/iu;

/** Whoever asks to go on with what was said last means what was said last. */
function withoutGoOn(turns: readonly Turn[]): readonly Turn[] {
  const last = turns.at(-1);
  return last?.role === 'user' && turns.at(-2)?.role === 'assistant' && GO_ON.test(last.text) ? turns.slice(0, -1) : turns;
}

export function readConversation(messages: readonly ModelMessage[]): Conversation {
  const names = new Map(messages.flatMap(({ tool_calls: calls }) => (calls ?? []).map(({ id, function: { name } }) => [id, name] as const)));
  const isSystem = ({ role }: ModelMessage): boolean => role === 'system' || role === 'developer';
  const lines = messages.filter((message) => !isSystem(message)).flatMap((message): readonly Line[] => {
    const text = textOf(message);
    if (message.role === 'tool') return [{ tool: names.get(message.tool_call_id ?? '') ?? 'tool', text }];
    if (message.role === 'assistant') return text === '' ? [] : [{ role: 'assistant', text }];
    return unfold(text);
  });
  const asked = lines.findLastIndex((line) => 'role' in line && line.role === 'user');
  const shown = messages.map((message) => between(textOf(message), '<CURRENT ANSWERS from the agents>', '<END OF CURRENT ANSWERS>') ?? '').join('\n');
  return {
    system: messages.filter(isSystem).map(textOf).join('\n'),
    turns: withoutGoOn(lines.flatMap((line) => ('role' in line ? [line] : []))),
    outputs: lines.slice(asked + 1).flatMap((line) => ('tool' in line ? [line] : [])),
    hasImage: messages.some(({ content }) => typeof content === 'object' && content?.some(({ type }) => type.includes('image')) === true),
    answerers: [...new Set([...shown.matchAll(/^<(agent\d+)>$/gmu)].flatMap(([, name]) => name ?? []))].sort(),
  };
}
