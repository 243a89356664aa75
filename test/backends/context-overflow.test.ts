import { describe, expect, it } from '@jest/globals';
import { httpFailure, type Target } from '../../src/backends/http-failure.js';
import { streamFailure } from '../../src/backends/failure.js';

const TARGET: Target = { label: 'Vendor', model: 'm', baseUrl: 'https://v.example', keyRemedy: '' };
const refused = (status: number, error: unknown) => httpFailure({ status, error, header: () => null, now: 0 }, TARGET);

/** What vendors answer, and what it says about the room; null where they name no figures. */
const VENDORS: readonly (readonly [vendor: string, status: number, error: unknown, overflow: object | null])[] = [
  ['OpenAI', 400, { code: 'context_length_exceeded', message: "This model's maximum context length is 8192 tokens. However, your messages resulted in 20003 tokens. Please reduce the length of the messages." }, { limit: 8192, size: 20003 }],
  ['OpenAI Responses', 400, { code: 'context_length_exceeded', message: 'Your input exceeds the context window of this model. Please adjust your input and try again.' }, null],
  ['OpenAI, tokens a minute', 429, { code: 'rate_limit_exceeded', message: 'Request too large for gpt-4o in organization org-x on tokens per min (TPM): Limit 30000, Requested 52341. The input or output tokens must be reduced in order to run successfully.' }, { limit: 30000, size: 52341 }],
  ['Anthropic', 400, { type: 'invalid_request_error', message: 'prompt is too long: 210345 tokens > 200000 maximum' }, { limit: 200000, size: 210345 }],
  ['Anthropic, with its reply', 400, { type: 'invalid_request_error', message: 'input length and `max_tokens` exceed context limit: 190000 + 20000 > 204698, decrease input length or `max_tokens` and try again' }, { limit: 204698, size: 210000 }],
  ['Anthropic, bytes', 413, { type: 'request_too_large', message: 'Request exceeds the maximum size' }, null],
  ['Gemini', 400, { code: 400, status: 'INVALID_ARGUMENT', message: 'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).' }, { limit: 1048576, size: 1200000 }],
  ['xAI', 400, { message: "This model's maximum prompt length is 131072 but the request contains 200000 tokens." }, { limit: 131072, size: 200000 }],
  ['Azure', 400, { code: 'context_length_exceeded', message: "This model's maximum context length is 16385 tokens. However, you requested 17000 tokens (16000 in the messages, 1000 in the completion)." }, { limit: 16385, size: 17000 }],
  ['vLLM', 400, { message: "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens in the messages, Please reduce the length of the messages." }, { limit: 4096, size: 5000 }],
  ['vLLM, prompt alone', 400, { message: 'The decoder prompt (length 5000) is longer than the maximum model length of 4096. Make sure that `max_model_len` is no smaller than the number of text tokens.' }, { limit: 4096, size: 5000 }],
  ['SGLang', 400, { message: "The input (5000 tokens) is longer than the model's context length (4096 tokens)." }, { limit: 4096, size: 5000 }],
  ['SGLang, with its reply', 400, { message: "Requested token count exceeds the model's maximum context length of 4096 tokens. You requested a total of 6000 tokens: 5000 tokens from the input messages and 1000 tokens for the completion." }, { limit: 4096, size: 6000 }],
  ['LM Studio', 400, { message: 'Trying to keep the first 5000 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens, which is not enough.' }, { limit: 4096, size: 5000 }],
  ['LM Studio, short', 400, 'The number of tokens to keep from the initial prompt is greater than the context length.', null],
  ['llama.cpp', 400, { type: 'exceed_context_size_error', message: 'the request exceeds the available context size (4096 tokens), try increasing it' }, { limit: 4096 }],
  ['Groq', 400, { code: 'context_length_exceeded', message: 'Please reduce the length of the messages or completion.' }, null],
  ['Groq, tokens a minute', 413, { code: 'rate_limit_exceeded', message: 'Request too large for model `llama` on tokens per minute (TPM): Limit 6000, Requested 9215, please reduce your message size' }, { limit: 6000, size: 9215 }],
  ['Cerebras', 400, { code: 'context_length_exceeded', message: 'Please reduce the length of the messages or completion. Current length is 9001 while limit is 8192' }, { limit: 8192, size: 9001 }],
  ['Together', 422, { message: 'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 8193. Given: 9000 `inputs` tokens and 512 `max_new_tokens`' }, { limit: 8193, size: 9000 }],
  ['Fireworks', 400, { message: 'The prompt is too long: 140000, model maximum context length: 131071' }, { limit: 131071, size: 140000 }],
  ['OpenRouter', 400, { code: 400, message: "This endpoint's maximum context length is 32768 tokens. However, you requested about 40000 tokens (39000 of text input, 1000 in the output)." }, { limit: 32768, size: 40000 }],
  ['Mistral', 400, { message: 'Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length' }, { limit: 32768, size: 40000 }],
  ['Moonshot', 400, { type: 'invalid_request_error', message: 'Invalid request: Your request exceeded model token limit: 131072' }, { limit: 131072 }],
  ['Qwen', 400, { message: 'Range of input length should be [1, 30720]' }, { limit: 30720 }],
  ['Z.AI', 400, { code: '1261', message: 'Prompt exceeds max length' }, null],
];

describe('a request that its model has no room for', () => {
  it.each(VENDORS)('is recognised as %s says it', (_vendor, status, error, overflow) => {
    const failure = refused(status, error);
    expect(failure.code).toBe('context-overflow');
    expect(failure.overflow ?? null).toEqual(overflow);
  });

  it('is told from a rate that is too high, and from other refusals', () => {
    expect(refused(429, { message: 'Rate limit reached for gpt-4o on tokens per min (TPM): Limit 30000, Used 29000, Requested 2000.' }).code).toBe('backend-overloaded');
    expect(refused(429, { message: 'too many tokens per minute' }).code).toBe('backend-overloaded');
    for (const message of ['max_tokens is too large: 100000. This model supports at most 16384 completion tokens', 'messages: at least one message is required', "Invalid 'tools[0].function.name': string too long"]) {
      expect(refused(400, { message }).code).toBe('request-rejected');
    }
  });

  it('is recognised in a stream that had begun', () => {
    expect(streamFailure({ type: 'invalid_request_error', message: 'prompt is too long: 210345 tokens > 200000 maximum' }, TARGET, 0)).toMatchObject({ code: 'context-overflow', overflow: { limit: 200000, size: 210345 } });
  });
});
