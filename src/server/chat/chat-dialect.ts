import { validateChat } from '../generated/validate.js';
import { errorBody, statusOf } from '../http/envelope.js';
import { checkBody, type BodyValidator } from '../http/check-body.js';
import type { Dialect } from '../runs/dialect.js';
import { chatReply } from './chat-reply.js';
import { readChatRequest } from './chat-request.js';
import { chatStream } from './chat-stream.js';
import type { ChatBody } from './chat-types.js';

/** OpenAI's Chat Completions. */
export const chatDialect: Dialect = {
  name: 'chat',
  read: (body) => readChatRequest(checkBody(body, validateChat as BodyValidator) as unknown as ChatBody),
  reply: chatReply,
  fail: (error) => ({ status: statusOf(error), body: errorBody(error) }),
  stream: chatStream,
};
