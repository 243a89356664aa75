import { chatRequestSchema } from './chat/chat-schema.js';
import { completionRequestSchema } from './completions/completion-schema.js';
import { countTokensRequestSchema, messagesRequestSchema } from './messages/messages-schema.js';
import { responseRequestSchema } from './responses/response-schema.js';

/** The bodies that requests may have; scripts/generate.js compiles a validator for each, named after its `$id`. */
export const requestSchemas = [chatRequestSchema, completionRequestSchema, responseRequestSchema, messagesRequestSchema, countTokensRequestSchema] as const;
