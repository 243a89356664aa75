import type { BackendRequest, ContentPart, Message } from '../../contract.js';
import { systemText } from '../claude-code/conversation.js';
import type { Json } from '../json.js';
import { withImagesBehind } from '../tool-images.js';

/** What bridge.py speaks; it refuses any other. */
const PROTOCOL = 1;

/** One call as the line that bridge.py is begun with. */
export function bridgeRequest(config: Json, request: BackendRequest, workDir: string): Json {
  const offered = request.toolChoice === 'none' ? [] : request.tools;
  return {
    protocol: PROTOCOL,
    ...config,
    system: systemText(request.messages),
    messages: withImagesBehind(request.messages).flatMap(chatMessage),
    tools: offered.map(({ name, description, parameters }) => ({ type: 'function', function: { name, description, parameters } })),
    work_dir: workDir,
  };
}

function chatMessage(message: Message): readonly Json[] {
  switch (message.role) {
    case 'system':
      return [];
    case 'user':
      return [{ role: 'user', content: typeof message.content === 'string' ? message.content : message.content.map(chatPart) }];
    case 'tool':
      return [{ role: 'tool', tool_call_id: message.callId, content: message.text }];
    case 'assistant': {
      const calls = message.toolCalls.map(({ id, name, argumentsText }) => ({ id, type: 'function', function: { name, arguments: argumentsText } }));
      return [{ role: 'assistant', content: message.text, ...(calls.length > 0 ? { tool_calls: calls } : {}) }];
    }
  }
}

const chatPart = (part: ContentPart): Json => (part.type === 'text' ? part : { type: 'image_url', image_url: { url: `data:${part.mediaType};base64,${part.base64}` } });
