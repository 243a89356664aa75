/** How much too long a request was, in tokens, as far as the vendor says. */
export interface Overflow {
  readonly limit: number;
  readonly size?: number;
}

const NAME = /context_length_exceeded|context_window|request_too_large|string_above_max_length|exceed_context_size/;

/** What vendors write about a request that their model has no room for. */
const TEXTS: readonly RegExp[] = [
  // OpenAI, Azure, vLLM, SGLang, OpenRouter, Fireworks, Mistral, DeepSeek, LM Studio.
  /context (?:length|window|size)/i,
  // xAI.
  /maximum (?:context|prompt) length/i,
  // Anthropic: "prompt is too long: 210000 tokens > 200000 maximum", "input length and `max_tokens` exceed context limit".
  /(?:prompt|input) is too long|exceed context limit/i,
  // Gemini: "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576)."
  /exceeds? the maximum number of tokens|too many (?:input )?tokens/i,
  // Groq, Cerebras.
  /reduce the length/i,
  // llama.cpp and what is built on it.
  /exceeds? the (?:available )?context|when context the overflows/i,
  // vLLM: "The decoder prompt (length 5000) is longer than the maximum model length of 4096."
  /max(?:imum)?_model_len|longer than the (?:maximum )?model(?:'s context)? length/i,
  // Moonshot, Qwen, Z.AI, Together.
  /exceeded model token limit|range of input length|prompt exceeds max length|must be <= ?\d+\. given:/i,
];

/** A request that no waiting makes small enough for the tokens of a minute (OpenAI, Groq). */
export const REQUEST_TOO_LARGE = /^request too large/i;

/** Vendors say "too long" in many ways; only on a refusal of the request itself do these words mean it. */
export const isContextOverflow = (name: string, text: string): boolean => NAME.test(name) || TEXTS.some((pattern) => pattern.test(text));

const LIMITS: readonly RegExp[] = [
  /(?:context|prompt|model) (?:length|window|size|limit)[^\d.]{0,30}?(\d{3,})/i,
  /> ?(\d{3,})/,
  /Limit:? (\d{3,}), Requested/i,
  /(?:allowed|available context size) \(?(\d{3,})/i,
  /(\d{3,})(?: tokens)? (?:max(?:imum)?|limit)/i,
  /limit(?: is)?:? (\d{3,})/i,
  /must be <= ?(\d{3,})/i,
  /token limit:? (\d{3,})/i,
  /range of input length should be \[\d+, ?(\d{3,})\]/i,
];

const SIZES: readonly RegExp[] = [
  /(?:resulted in|requested(?: a total of)?(?: about)?|contains|current length is|given:|keep the first) (\d{3,})/i,
  /too long: (\d{3,})/i,
  /Requested:? (\d{3,})/i,
  /token count \((\d{3,})\)|(?:total )?length (\d{3,})\)|input \((\d{3,}) tokens\)|request \((\d{3,}) tokens\)/i,
];

const found = (patterns: readonly RegExp[], text: string): number | undefined => {
  for (const pattern of patterns) {
    const groups: readonly (string | undefined)[] = pattern.exec(text) ?? [];
    const number = groups.slice(1).find((group) => group !== undefined);
    if (number !== undefined) return Number(number);
  }
  return undefined;
};

/** The room there is and the room it took, where the vendor names them. */
export function overflowIn(text: string): Overflow | undefined {
  const plain = text.replaceAll(/(?<=\d),(?=\d{3})/g, '');
  const sum = /(\d{3,}) \+ (\d{2,}) > (\d{3,})/.exec(plain);
  const limit = sum === null ? found(LIMITS, plain) : Number(sum[3]);
  const size = sum === null ? found(SIZES, plain) : Number(sum[1]) + Number(sum[2]);
  if (limit === undefined) return undefined;
  return size === undefined || size <= limit ? { limit } : { limit, size };
}
