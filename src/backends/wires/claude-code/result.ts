import type { ErrorCode, ErrorData } from '../../../errors.js';
import type { Usage } from '../../contract.js';
import { isContextOverflow } from '../../context-overflow.js';
import { oneLine } from '../../one-line.js';
import type { Endpoint } from '../../spec.js';
import { countOf, isObject, listOf, objectOf, stringOf, type Json } from '../json.js';

const sum = (models: readonly Json[], name: string): number => models.reduce((total, model) => total + countOf(model[name]), 0);

/** What the whole call used, over all requests and models. Its cost is the agent's own reckoning, which holds at Anthropic only. */
export function usageOf(result: Json, { ownHost }: Endpoint): Usage | undefined {
  const models = Object.values(objectOf(result['modelUsage']) ?? {}).filter(isObject);
  const read = sum(models, 'cacheReadInputTokens');
  const written = sum(models, 'cacheCreationInputTokens');
  const inputTokens = sum(models, 'inputTokens') + read + written;
  const outputTokens = sum(models, 'outputTokens');
  if (inputTokens + outputTokens === 0) return undefined;
  const dollars = countOf(result['total_cost_usd']);
  return {
    inputTokens,
    outputTokens,
    ...(read > 0 ? { cachedInputTokens: read } : {}),
    ...(written > 0 ? { cacheWriteTokens: written } : {}),
    ...(ownHost && dollars > 0 ? { costMicros: Math.ceil(Number((dollars * 1e6).toFixed(6))) } : {}),
  };
}

/** Not a kind of the SDK's, which has none for a reply that the vendor withheld. */
export const REFUSED = 'refused';

/** Kinds of `SDKAssistantMessageError`. */
const BY_KIND: Readonly<Record<string, ErrorCode>> = {
  authentication_failed: 'backend-rejected',
  oauth_org_not_allowed: 'backend-rejected',
  account_on_hold: 'backend-rejected',
  verification_required: 'backend-rejected',
  cloud_credential_error: 'backend-rejected',
  billing_error: 'quota-exhausted',
  rate_limit: 'backend-overloaded',
  overloaded: 'backend-overloaded',
  invalid_request: 'request-rejected',
  model_not_found: 'request-rejected',
  [REFUSED]: 'reply-filtered',
};

interface Trouble {
  readonly kind: string;
  readonly text: string;
}

/** Why a call did not come to a good end; undefined where it did. */
export function agentFailure(result: Json, trouble: Trouble | undefined, endpoint: Endpoint): ErrorData | undefined {
  if (result['is_error'] !== true && result['subtype'] === 'success') return undefined;
  const kind = trouble?.kind ?? '';
  if (kind === 'max_output_tokens') return undefined;
  const said = trouble?.text ?? (stringOf(result['result']) || listOf(result['errors']).map(String).join('; '));
  const code = isContextOverflow('', said) ? 'context-overflow' : (BY_KIND[kind] ?? 'backend-unavailable');
  const remedy = code === 'backend-rejected' ? `; ${endpoint.apiKey === undefined ? 'log in with: claude /login, or set CLAUDE_CODE_API_KEY or ANTHROPIC_API_KEY' : endpoint.keyRemedy}` : '';
  return { code, message: oneLine(`Claude Code (${endpoint.model}): ${said === '' ? 'it failed and did not say why' : said}${remedy}`) };
}

/** Which tools it was not allowed, for people to know. */
export function deniedNote(result: Json): string | undefined {
  const names = new Set(listOf(result['permission_denials']).map((denial) => stringOf(objectOf(denial)?.['tool_name'])));
  names.delete('');
  if (names.size === 0) return undefined;
  return `Claude Code was not allowed to use ${[...names].join(', ')}; name it in allowed_tools, or set permission_mode: bypassPermissions`;
}
