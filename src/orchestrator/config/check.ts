import { backendFindings } from './backend-findings.js';
import type { Environment } from './interpolate.js';
import { toIssue, type Finding, type Issue, type Locate, type Position } from './issue.js';
import { hidden, isSecretName, writtenSecrets } from './mask.js';
import { normalise } from './normalise.js';
import type { Path } from './path.js';
import { schemaFindings } from './schema-findings.js';
import type { Config } from './schema/root.js';
import { servedModelFindings } from './served-models.js';
import { plannedFindings, teamFindings } from './team-findings.js';
import { toolFindings } from './tool-findings.js';
import { whyNotTree } from './tree.js';

export interface CheckOptions {
  /** Warnings are errors. */
  readonly strict?: boolean;
  readonly locate?: Locate;
  /** The line of a place in the text, with a caret below it; quoted with errors. */
  readonly excerpt?: (position: Position) => string;
  /** For a configuration made from another language: what was found on the way, and where in the original a place comes from. */
  readonly findings?: readonly Finding[];
  readonly origin?: (path: Path) => Path;
}

export interface CheckedConfig {
  /** Variables replaced and defaults filled in; absent when an issue is an error. */
  readonly config?: Config;
  /** As it was written: variables still have their names. */
  readonly given: unknown;
  /** In the order they stand in the text, where that is known. */
  readonly issues: readonly Issue[];
}

const lineOf = (issue: Issue): number => issue.line ?? 0;
const byPlace = (a: Issue, b: Issue): number => lineOf(a) - lineOf(b) || (a.column ?? 0) - (b.column ?? 0);
const isError = (finding: Finding): boolean => finding.severity === 'error';
const mostExcerpts = 50;

const isSecretPart = (part: string | number | undefined): boolean => typeof part === 'string' && isSecretName(part);

/** Where the line to quote is. What a secret key holds is hidden on the key's own line only, and not below it. */
function quotedPlace({ path }: Finding, { line, column }: Issue, locate: Locate): Position | undefined {
  if (line === undefined || column === undefined) return undefined;
  if (!path.some(isSecretPart)) return { line, column };
  const key = isSecretPart(path.at(-1)) && !path.slice(0, -1).some(isSecretPart) ? locate(path, 'key') : undefined;
  return key?.line === line ? { line, column } : key;
}

/** An excerpt without the secrets that stand in it; the caret stays below its place. */
function withoutSecrets(excerpt: string, secrets: readonly string[]): string {
  const [line = '', caret = ''] = excerpt.split('\n');
  const hide = (text: string): string => secrets.reduce((rest, secret) => rest.replaceAll(secret, hidden), text);
  return `${hide(line)}\n${' '.repeat(hide(line.slice(0, caret.length - 1)).length)}^`;
}

/** Adds the offending line to errors. */
function withExcerpts(located: readonly (readonly [Finding, Issue])[], secrets: readonly string[], { excerpt, locate }: CheckOptions): readonly Issue[] {
  if (excerpt === undefined || locate === undefined) return located.map(([, issue]) => issue);
  let left = mostExcerpts;
  return located.map(([finding, issue]) => {
    const place = isError(finding) && left > 0 ? quotedPlace(finding, issue, locate) : undefined;
    if (place === undefined) return issue;
    left -= 1;
    return { ...issue, excerpt: withoutSecrets(excerpt(place), secrets) };
  });
}

/** Judges a configuration that is already in memory: a parsed file, or an object somebody built. Pure; `given` stays as it is. */
export function checkConfig(given: unknown, env: Environment, options: CheckOptions = {}): CheckedConfig {
  const locate: Locate = options.locate ?? (() => undefined);
  const { findings: earlier = [], origin = (path) => path } = options;
  const reason = whyNotTree(given);
  const finish = (own: readonly Finding[], config?: Config): CheckedConfig => {
    const all: readonly Finding[] = [...earlier, ...own.map((finding) => ({ ...finding, path: origin(finding.path) }))];
    const findings = options.strict === true ? all.map((finding): Finding => ({ ...finding, severity: 'error' })) : all;
    const located = findings.map((finding) => [finding, toIssue(finding, locate)] as const).sort(([, a], [, b]) => byPlace(a, b));
    // What is no tree cannot be searched for secrets, so no line of it is shown.
    const issues = reason === undefined && findings.some(isError) ? withExcerpts(located, writtenSecrets(given), options) : located.map(([, issue]) => issue);
    return { ...(config === undefined || findings.some(isError) ? {} : { config }), given, issues };
  };
  if (earlier.some(isError)) return finish([]);
  if (reason !== undefined) return finish([{ severity: 'error', at: 'key', ...reason }]);
  const { value, findings } = normalise(given, env);
  const bySchema = schemaFindings(given, value);
  const found = [...findings, ...bySchema, ...plannedFindings(value, bySchema), ...teamFindings(value), ...servedModelFindings(value), ...backendFindings(value), ...toolFindings(value)];
  return finish(found, value as Config);
}
