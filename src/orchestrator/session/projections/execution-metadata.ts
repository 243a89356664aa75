import type { EventOf, TurnRecord } from './turn-record.js';

/** What makes YAML of a map: block style, the keys as they come. */
export type WriteYaml = (value: Readonly<Record<string, unknown>>) => string;

/** js-yaml looks at a text with patterns whose stack grows with it: some of a few million characters overflow it. */
const LONGEST = 500_000;

/** What YAML 1.2 does not take as it is in a quoted text, though JSON does. */
const escaped = (json: string): string => json.replace(/[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** Loaded late: a run without a configuration file needs no YAML before its end. JSON is YAML too, and what is very long is written as that. */
export async function loadYaml(): Promise<WriteYaml> {
  const { dump } = await import('js-yaml');
  return (value) =>
    Object.entries(value)
      .map(([name, child]) => {
        const json = JSON.stringify(child) as string | undefined;
        return json !== undefined && json.length > LONGEST ? `${name}: ${escaped(json)}\n` : dump({ [name]: child }, { lineWidth: -1, noRefs: true });
      })
      .join('');
}

const written = new WeakMap<object, string>();

/** Runs of one team share their configuration and their surroundings, the longest parts: each is written once. */
function onceFor(key: object, write: () => string): string {
  const text = written.get(key) ?? write();
  written.set(key, text);
  return text;
}

/** A plain line needs no library to be quoted. */
const queryYaml = (query: string, writeYaml: WriteYaml): string => (/^[\u0020-\u007e]*$/u.test(query) ? `query: ${JSON.stringify(query)}\n` : writeYaml({ query }));

/** execution_metadata.yaml: what was asked of whom, and where. Of a restart, when one made the attempt. */
export function executionMetadata({ header, start, clock, first }: TurnRecord, writeYaml: WriteYaml, restart?: EventOf<'attempt-start'>): string {
  const { context, session_directory, node_version } = header;
  const config = start?.config;
  const surroundings = (cli: unknown): string =>
    writeYaml({
      ...(cli === null ? {} : { cli_args: cli }),
      ...(context.git === null ? {} : { git: context.git }),
      ...(node_version === null ? {} : { node_version }),
      massgen_version: context.massgen_version ?? start?.engine.replace(/^massgen\//u, '') ?? 'unknown',
      ...(context.working_directory === null ? {} : { working_directory: context.working_directory }),
    });
  const before = `${queryYaml(start?.task ?? '', writeYaml)}timestamp: '${clock.iso(restart?.at ?? first.at)}'\n${context.config_path === null ? '' : `config_path: ${JSON.stringify(context.config_path)}\n`}`;
  const shown = typeof config === 'object' && config !== null ? onceFor(config, () => writeYaml({ config })) : '';
  const after = restart === undefined ? onceFor(context, () => surroundings(context.cli_args)) : surroundings({ mode: 'coordination_restart', attempt: restart.attempt, session_id: session_directory, restart_reason: restart.reason });
  return `${before}${shown}${after}`;
}
