import { MassgenError } from '../../errors.js';
import type { InputItem } from './response-types.js';

const refuse = (message: string, param: string): never => {
  throw new MassgenError('request-invalid', message, { param, reason: 'invalid_value' });
};

function readLimit(given: unknown): number {
  if (given === undefined) return 20;
  const limit = typeof given === 'string' && /^\d{1,3}$/u.test(given) ? Number(given) : 0;
  return limit >= 1 && limit <= 100 ? limit : refuse('limit must be from 1 to 100', 'limit');
}

/** A page of the items of a request, the last first unless `order` is `asc`. Throws `request-invalid`. */
export function listInputItems(items: readonly InputItem[], query: Readonly<Record<string, unknown>>): object {
  const { order = 'desc', after, before } = query;
  if (order !== 'asc' && order !== 'desc') return refuse('order must be asc or desc', 'order');
  const limit = readLimit(query['limit']);
  const sorted = order === 'asc' ? items : items.toReversed();
  const placeOf = (id: unknown, param: string): number => {
    const place = sorted.findIndex((item) => item.id === id);
    return place === -1 ? refuse(`${param} is no item of this response`, param) : place;
  };
  const from = after === undefined ? 0 : placeOf(after, 'after') + 1;
  const to = before === undefined ? sorted.length : placeOf(before, 'before');
  const data = sorted.slice(from, Math.min(to, from + limit));
  return { object: 'list', data, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null, has_more: from + data.length < to };
}
