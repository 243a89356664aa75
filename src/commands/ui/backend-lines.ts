import { tableLines } from './logs-table.js';

interface BackendLine {
  readonly type: string;
  readonly name: string;
  readonly key: string;
  readonly key_variables: readonly string[];
  readonly default_model: string | null;
  readonly tools: readonly string[] | null;
}

interface ModelLine {
  readonly backend: string;
  readonly model: string;
  readonly default: boolean;
  readonly price: { readonly input: number; readonly output: number; readonly source: string } | null;
}

const toolNames = (tools: readonly string[] | null): string => (tools === null ? 'as the provider has it' : tools.map((key) => key.replace(/^enable_/, '')).join(', '));

const keyWords = ({ key, key_variables: variables }: BackendLine): string => {
  if (key === 'missing') return `set ${variables.join(', ')}`;
  return key === 'set' ? 'key set' : 'no key needed';
};

/** Backends, one a line. */
export const backendLines = (backends: readonly BackendLine[]): readonly string[] =>
  tableLines(
    [{ head: 'TYPE' }, { head: 'NAME' }, { head: 'DEFAULT MODEL' }, { head: 'OWN TOOLS' }, { head: 'KEY' }],
    backends.map((each) => [each.type, each.name, each.default_model ?? '', toolNames(each.tools), keyWords(each)]),
    { wrap: false },
  );

/** Models, one a line, with their prices in US dollars per million tokens. */
export const modelLines = (models: readonly ModelLine[]): readonly string[] =>
  tableLines(
    [{ head: 'BACKEND' }, { head: 'MODEL' }, { head: 'IN $/M' }, { head: 'OUT $/M' }, { head: 'PRICE FROM' }, { head: '' }],
    models.map(({ backend, model, price, ...each }) => [backend, model, price === null ? 'unknown' : String(price.input), price === null ? 'unknown' : String(price.output), price?.source ?? '', each.default ? 'default' : '']),
    { wrap: false },
  );
