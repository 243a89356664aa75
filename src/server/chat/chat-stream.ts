import { errorBody } from '../http/envelope.js';
import type { ReplyHead, ReplyStream } from '../runs/dialect.js';
import type { ServeEvent } from '../runs/serve-event.js';
import { annotationsOf, completionId, metadataOf, toolCallOf, usageOf } from './chat-reply.js';

const frame = (json: string): string => `data: ${json}\n\n`;

/** The chunks of a streamed completion: role, reasoning, content, finish, usage if asked for, `[DONE]`. */
export function chatStream(head: ReplyHead): ReplyStream {
  const { includeUsage } = head.request;
  const common = { id: completionId(head), object: 'chat.completion.chunk', created: head.created, model: head.model };
  // What all chunks begin with is serialised once.
  const opening = JSON.stringify(common).slice(0, -1);
  const before = `${opening},"choices":[{"index":0,"delta":`;
  const after = `,"finish_reason":null}]${includeUsage ? ',"usage":null' : ''}}`;
  const chunk = (rest: object): string => frame(`${opening},${JSON.stringify(rest).slice(1)}`);
  const delta = (json: string): string => frame(`${before}${json}${after}`);

  let text = '';

  const toolCall = ({ index, call, whose }: Extract<ServeEvent, { type: 'tool-call' }>): string => {
    const begun = toolCallOf({ ...call, argumentsText: '' }, index);
    const rest = { index, function: { arguments: call.argumentsText } };
    const first = whose === 'caller' ? { content: null, tool_calls: [begun] } : { tool_calls: [begun] };
    return `${delta(JSON.stringify(first))}${delta(JSON.stringify({ tool_calls: [rest] }))}`;
  };

  const done = (ending: Extract<ServeEvent, { type: 'done' }>): string => {
    const { finish, result } = ending;
    const last = { choices: [{ index: 0, delta: {}, finish_reason: finish }], ...(includeUsage ? { usage: null } : {}), massgen_metadata: metadataOf(result, head.session) };
    const usage = includeUsage ? chunk({ choices: [], usage: usageOf(ending, head) }) : '';
    return `${chunk(last)}${usage}${frame('[DONE]')}`;
  };

  return {
    open: () => delta('{"role":"assistant"}'),
    event: (event) => {
      switch (event.type) {
        case 'reasoning':
          return delta(`{"reasoning_content":${JSON.stringify(event.text)}}`);
        case 'content':
          text += event.text;
          return delta(`{"content":${JSON.stringify(event.text)}}`);
        case 'citation':
          return delta(JSON.stringify({ annotations: annotationsOf([event.source], text) }));
        case 'tool-call':
          return toolCall(event);
        case 'done':
          return done(event);
      }
    },
    fail: (error) => frame(JSON.stringify(errorBody(error))),
  };
}
