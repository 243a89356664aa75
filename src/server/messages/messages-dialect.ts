import { validateMessages } from '../generated/validate.js';
import { checkBody, type BodyValidator } from '../http/check-body.js';
import type { Dialect, ReplyHead } from '../runs/dialect.js';
import { countTokens } from './count-tokens.js';
import { messageEnvelope } from './message-envelope.js';
import { MessageReply, type MessageEvent } from './message-reply.js';
import type { MessagesBody } from './messages-types.js';
import { readMessagesRequest, type ReplyWishes } from './read-request.js';

const frames = (events: readonly MessageEvent[]): string => events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');
const PING = frames([{ type: 'ping' }]);

/** Anthropic's Messages, for one request. */
export function createMessagesDialect(): Dialect {
  let wishes: ReplyWishes = { stopSequences: [], prefill: '', silent: true, hidden: false };
  const open = (head: ReplyHead): MessageReply => new MessageReply(head, wishes, countTokens(head.request));
  return {
    name: 'messages',
    read: (body) => {
      const read = readMessagesRequest(checkBody(body, validateMessages as BodyValidator) as unknown as MessagesBody);
      wishes = read.wishes;
      return read.asked;
    },
    reply: (served, head) => {
      const { reasoning, content, sources, toolCalls } = served;
      const reply = open(head);
      if (reasoning !== '') reply.think(reasoning);
      reply.say(content);
      for (const source of sources) reply.cite(source);
      for (const call of toolCalls) reply.call(call);
      reply.end(served);
      return reply.message();
    },
    fail: (error, head) => {
      if (error.code !== 'reply-filtered') return { status: messageEnvelope.status(error), body: messageEnvelope.body(error, head.requestId) };
      const reply = open(head);
      reply.refuse(error.message);
      return { status: 200, body: reply.message() };
    },
    stream: (head) => {
      const reply = open(head);
      return {
        open: () => frames(reply.open()),
        event: (event) => {
          switch (event.type) {
            case 'reasoning':
              return frames(reply.think(event.text));
            case 'content':
              return frames(reply.say(event.text));
            case 'citation':
              reply.cite(event.source);
              return '';
            case 'tool-call':
              // What agents do themselves is told in their thinking: a client would take it for a call that it is to make.
              return event.whose === 'agent' ? '' : frames(reply.call(event.call));
            case 'done':
              return frames(reply.end(event));
          }
        },
        fail: (error) => frames(error.code === 'reply-filtered' ? reply.refuse(error.message) : [messageEnvelope.body(error, head.requestId)]),
        ping: PING,
      };
    },
  };
}
