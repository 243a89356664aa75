import { describe, expect, it } from '@jest/globals';
import { streamFailure, toFailure } from '../../src/backends/failure.js';
import { httpFailure, type Target } from '../../src/backends/http-failure.js';
import { MassgenError, type ErrorData } from '../../src/errors.js';

const TARGET: Target = { label: 'Groq', model: 'llama', baseUrl: 'https://api.groq.com/openai/v1', keyRemedy: 'check GROQ_API_KEY' };
const NOW = Date.parse('2026-01-01T00:00:00Z');

function refused(status: number, error: unknown = { message: 'no' }, headers: Readonly<Record<string, string>> = {}): ErrorData {
  return httpFailure({ status, error, header: (name) => headers[name] ?? null, now: NOW }, TARGET);
}

const thrown = (code: string, message = 'x'): ErrorData => {
  const cause = Object.assign(new Error(message), { code });
  return toFailure(new Error('Connection error.', { cause }), TARGET, NOW);
};

describe('an unsuccessful answer', () => {
  it('is one to try again where the model wrote no call of a tool that can be read', () => {
    const error = { message: "Failed to call a function. Please adjust your prompt. See 'failed_generation' for more details.", type: 'invalid_request_error', code: 'tool_use_failed', failed_generation: '<function=vote>' };
    expect(refused(400, error)).toMatchObject({ code: 'backend-garbage', message: expect.stringMatching(/^llama of Groq wrote a call of a tool that cannot be read \(400\): Failed to call/) });
    expect(streamFailure(error, TARGET, NOW).code).toBe('backend-garbage');
    expect(streamFailure({ ...error, status_code: 400, code: 'tool_use_failed' }, TARGET, NOW).code).toBe('backend-garbage');
  });

  it('has a code for each status', () => {
    const codes = [
      [400, 'request-rejected'],
      [401, 'backend-rejected'],
      [402, 'quota-exhausted'],
      [403, 'backend-rejected'],
      [404, 'request-rejected'],
      [407, 'backend-unreachable'],
      [408, 'backend-overloaded'],
      [409, 'backend-overloaded'],
      [413, 'context-overflow'],
      [422, 'request-rejected'],
      [425, 'backend-overloaded'],
      [429, 'backend-overloaded'],
      [500, 'backend-unavailable'],
      [503, 'backend-unavailable'],
      [529, 'backend-overloaded'],
      [302, 'request-rejected'],
    ] as const;
    for (const [status, code] of codes) expect(refused(status)).toMatchObject({ status, code });
  });

  it('names the remedy', () => {
    expect(refused(401, { message: 'Invalid API Key' }).message).toBe('Groq refused access (401): Invalid API Key; check GROQ_API_KEY');
    expect(refused(404).message).toBe('Groq knows no model llama at https://api.groq.com/openai/v1 (404): no; check model and base_url');
    expect(refused(301).message).toContain('check base_url');
  });

  it('says where a redirect leads', () => {
    expect(refused(308, { message: '' }, { location: 'https://elsewhere.example/v1/chat/completions' }).message).toBe(
      'Groq is not at https://api.groq.com/openai/v1 but redirects (308) to https://elsewhere.example/v1/chat/completions; set base_url to where it leads',
    );
  });

  it('does not quote an empty body', () => {
    expect(refused(400, { message: '' }).message).toBe('Groq rejected the request for llama (400)');
    expect(refused(429, {}).message).toBe('Groq is overloaded or limits the rate (429)');
  });

  it('tells an empty account from a rate limit', () => {
    expect(refused(429, { message: 'You exceeded your current quota', code: 'insufficient_quota' }).code).toBe('quota-exhausted');
  });

  it('tells a conversation that is too long, however the vendor puts it', () => {
    const said = [
      { code: 'context_length_exceeded', message: 'x' },
      { message: "This model's maximum context length is 8192 tokens" },
      { message: 'prompt is too long: 210000 tokens' },
      { message: 'Please reduce the length of the messages' },
    ];
    for (const error of said) expect(refused(400, error).code).toBe('context-overflow');
    expect(refused(429, { message: 'too many tokens per minute' }).code).toBe('backend-overloaded');
  });

  it('tells a filtered request', () => {
    expect(refused(400, { code: 'content_filter', message: 'x' }).code).toBe('reply-filtered');
  });

  it("passes the vendor's wish to wait on, in each of its spellings", () => {
    expect(refused(429, {}, { 'retry-after-ms': '1500', 'retry-after': '9' }).retryAfterMs).toBe(1500);
    expect(refused(503, {}, { 'retry-after': '2.5' }).retryAfterMs).toBe(2500);
    expect(refused(429, {}, { 'retry-after': 'Thu, 01 Jan 2026 00:00:07 GMT' }).retryAfterMs).toBe(7000);
    expect(refused(429, {}, { 'retry-after': 'Wed, 31 Dec 2025 00:00:00 GMT' }).retryAfterMs).toBe(0);
    for (const wish of ['soon', '']) expect(refused(429, {}, { 'retry-after': wish })).not.toHaveProperty('retryAfterMs');
    expect(refused(400, {}, { 'retry-after': '5' })).not.toHaveProperty('retryAfterMs');
  });

  it('is one line and not endless', () => {
    const { message } = refused(400, { message: `a\nb\t\u0000c\u0085d ${'x'.repeat(5000)}` });
    expect(message).toContain('a b c d x');
    expect(message).not.toMatch(/[\n\t\0\u0085]/);
    expect(message.length).toBeLessThan(650);
  });
});

describe('a failed connection', () => {
  it('that never came about names the host and a remedy', () => {
    expect(thrown('ECONNREFUSED')).toEqual({ code: 'backend-unreachable', message: 'cannot reach Groq at api.groq.com (ECONNREFUSED); is the server running? check base_url' });
    expect(thrown('ENOTFOUND').message).toContain('check base_url and the network');
    expect(thrown('ECONNTIMEOUT').code).toBe('backend-unreachable');
    expect(thrown('DEPTH_ZERO_SELF_SIGNED_CERT').message).toContain('NODE_EXTRA_CA_CERTS');
  });

  it('that broke is a reset', () => {
    for (const code of ['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'UND_ERR_SOCKET']) expect(thrown(code).code).toBe('backend-reset');
  });

  it('that said nothing is silent', () => {
    expect(thrown('ETIMEDOUT').code).toBe('backend-silent');
    expect(toFailure(new Error('Request timed out.'), TARGET, NOW).code).toBe('backend-silent');
  });

  it('that does not speak HTTP is garbage', () => {
    expect(thrown('HPE_INVALID_CONSTANT').code).toBe('backend-garbage');
  });

  it('that brings what cannot be decompressed is garbage', () => {
    for (const code of ['Z_DATA_ERROR', 'ERR__ERROR_FORMAT_PADDING_1']) expect(thrown(code)).toMatchObject({ code: 'backend-garbage', message: expect.stringContaining(code) });
  });
});

describe('anything else thrown', () => {
  it('is ours if it was ours', () => {
    const own = new MassgenError('backend-garbage', 'the reply holds a frame that does not end');
    expect(toFailure(new Error('outer', { cause: own }), TARGET, NOW)).toEqual(own.data);
  });

  it('is internal, with its message', () => {
    expect(toFailure(new TypeError('oops\nagain'), TARGET, NOW)).toEqual({ code: 'internal', message: 'Groq: oops again' });
    expect(toFailure('text', TARGET, NOW)).toEqual({ code: 'internal', message: 'Groq: text' });
  });
});
