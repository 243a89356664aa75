import { MassgenError } from '../../errors.js';
import type { ModelEntry } from '../models.js';

const USUAL = 20;
const MOST = 1000;

/** A model as Anthropic's list has it (https://platform.claude.com/docs/en/api/models/list); what nobody knows is null. */
export const toModelInfo = ({ id, created, description }: ModelEntry): object => ({
  type: 'model',
  id,
  display_name: description ?? id,
  created_at: new Date(created * 1000).toISOString().replace(/\.\d+Z$/u, 'Z'),
  capabilities: null,
  deprecated_at: null,
  lifecycle: 'active',
  line: null,
  max_input_tokens: null,
  max_tokens: null,
  retires_at: null,
});

type Query = Readonly<Record<string, unknown>>;

const refuse = (message: string, param: string): never => {
  throw new MassgenError('request-invalid', message, { param });
};

function limitOf({ limit }: Query): number {
  if (limit === undefined) return USUAL;
  const count = typeof limit === 'string' && /^\d{1,4}$/u.test(limit) ? Number(limit) : 0;
  return count < 1 || count > MOST ? refuse(`limit must be a number from 1 to ${String(MOST)}`, 'limit') : count;
}

function placeOf(models: readonly ModelEntry[], query: Query, param: 'before_id' | 'after_id'): number | undefined {
  const id = query[param];
  if (id === undefined) return undefined;
  const place = models.findIndex((each) => each.id === id);
  return place === -1 ? refuse(`${param} is none of the models`, param) : place;
}

/** One page of the models: the first ones, or those next to one of them. Throws `request-invalid`. */
export function toModelPage(models: readonly ModelEntry[], query: Query): object {
  const limit = limitOf(query);
  const before = placeOf(models, query, 'before_id');
  const after = placeOf(models, query, 'after_id');
  if (before !== undefined && after !== undefined) refuse('give before_id or after_id, not both', 'before_id');
  const next = (after ?? -1) + 1;
  const end = before ?? Math.min(models.length, next + limit);
  const start = before === undefined ? next : Math.max(0, before - limit);
  const data = models.slice(start, end);
  const hasMore = before === undefined ? end < models.length : start > 0;
  return { data: data.map(toModelInfo), has_more: hasMore, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null };
}
