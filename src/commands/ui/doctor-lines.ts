import { tableLines } from './logs-table.js';

interface DiagnosisLines {
  readonly node: string;
  readonly keys: readonly { readonly variable: string; readonly value: string | null; readonly unlocks: string }[];
  readonly servers: readonly { readonly backend: string; readonly url: string; readonly answers: boolean; readonly models: readonly string[]; readonly remedy: string | null }[];
  readonly parts: readonly { readonly part: string; readonly version: string | null; readonly unlocks: string; readonly install: string }[];
}

const SHOWN = 3;

const mark = (there: boolean): string => (there ? 'yes' : 'no');

const some = (names: readonly string[]): string => (names.length > SHOWN ? `${names.slice(0, SHOWN).join(', ')} and ${String(names.length - SHOWN)} more` : names.join(', '));

const section = (title: string, rows: readonly (readonly string[])[]): readonly string[] => [title, ...tableLines([{ head: '' }, { head: '' }, { head: '' }, { head: '' }], rows, { wrap: false, head: false }).map((line) => `  ${line}`), ''];

/** What a machine has and what each missing thing would unlock. */
export function doctorLines({ node, keys, servers, parts }: DiagnosisLines): readonly string[] {
  return [
    `Node ${node}`,
    '',
    ...section('Keys', keys.map(({ variable, value, unlocks }) => [mark(value !== null), variable, value ?? '', value === null ? `would unlock ${unlocks}` : unlocks])),
    ...section('Model servers on this machine', servers.map(({ backend, url, answers, models, remedy }) => [mark(answers), backend, url, answers ? some(models) || 'no model loaded' : (remedy ?? '')])),
    ...section('Optional parts', parts.map(({ part, version, unlocks, install }) => [mark(version !== null), part, version ?? '', version === null ? `would unlock ${unlocks}: ${install}` : unlocks])),
  ].slice(0, -1);
}
