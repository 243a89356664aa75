import { chatRequestSchema } from './chat/chat-schema.js';

/** The bodies that requests may have; scripts/generate.js compiles a validator for each, named after its `$id`. */
export const requestSchemas = [chatRequestSchema] as const;
