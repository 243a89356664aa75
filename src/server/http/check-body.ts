import { MassgenError } from '../../errors.js';

interface SchemaError {
  readonly instancePath: string;
  readonly keyword: string;
  readonly message?: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** A validator that scripts/generate.js has compiled. */
export interface BodyValidator {
  (body: unknown): boolean;
  errors?: readonly SchemaError[] | null;
}

/** `/messages/0/role` as people write it. */
const placeOf = (path: string): string => path.slice(1, 200).replaceAll(/\/(\d+)(?=\/|$)/gu, '[$1]').replaceAll('/', '.');

function firstFault({ instancePath, keyword, message = 'is not valid', params }: SchemaError): { readonly param: string; readonly text: string } {
  const place = placeOf(instancePath);
  if (keyword === 'required') {
    const name = `${place === '' ? '' : `${place}.`}${String(params['missingProperty'])}`;
    return { param: name, text: `${name} is missing` };
  }
  const allowed = keyword === 'enum' ? ` (${(params['allowedValues'] as readonly string[]).join(', ')})` : keyword === 'const' ? ` ("${String(params['allowedValue'])}")` : '';
  return { param: place, text: `${place === '' ? 'the body' : place} ${message}${allowed}` };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A request body that its schema accepts; at the top `null` means left out. Throws `request-invalid`, naming the field. */
export function checkBody(body: unknown, validate: BodyValidator): Readonly<Record<string, unknown>> {
  if (!isObject(body)) throw new MassgenError('request-invalid', 'the body must be a JSON object');
  const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
  if (validate(given)) return given;
  const [error] = validate.errors ?? [];
  const { param, text } = error === undefined ? { param: '', text: 'the body is not valid' } : firstFault(error);
  throw new MassgenError('request-invalid', text, param === '' ? {} : { param });
}
