import type { Environment } from './interpolate.js';
import { toIssue, type Finding, type Issue, type Locate } from './issue.js';
import { normalise } from './normalise.js';
import { schemaFindings } from './schema-findings.js';
import type { Config } from './schema/root.js';
import { plannedFindings, teamFindings } from './team-findings.js';
import { whyNotTree } from './tree.js';

export interface CheckOptions {
  /** Names that a backend may have; without them any name passes. */
  readonly knownBackends?: readonly string[];
  readonly locate?: Locate;
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

/** Judges a configuration that is already in memory: a parsed file, or an object somebody built. Pure; `given` stays as it is. */
export function checkConfig(given: unknown, env: Environment, options: CheckOptions = {}): CheckedConfig {
  const locate: Locate = options.locate ?? (() => undefined);
  const finish = (findings: readonly Finding[], config?: Config): CheckedConfig => {
    const issues = findings.map((finding) => toIssue(finding, locate)).sort(byPlace);
    return { ...(config === undefined || findings.some(isError) ? {} : { config }), given, issues };
  };
  const reason = whyNotTree(given);
  if (reason !== undefined) return finish([{ severity: 'error', path: [], at: 'value', message: reason }]);
  const { value, findings } = normalise(given, env);
  const bySchema = schemaFindings(given, value);
  const found = [...findings, ...bySchema, ...plannedFindings(value), ...teamFindings(given, value, options.knownBackends)];
  return finish(found, value as Config);
}
