import path from 'node:path';
import { MassgenError } from '../errors.js';
import { checkSpawned } from '../orchestrator/agents/agent-document.js';
import { loadEnvironment } from '../orchestrator/config/dotenv.js';
import type { Environment } from '../orchestrator/config/interpolate.js';
import { formatIssue, type Issue } from '../orchestrator/config/issue.js';
import { checkConfigFile } from '../orchestrator/config/load.js';
import type { Places } from '../orchestrator/config/places.js';

/** One thing that is wrong, as `config validate --json` says it. Lines and columns count from 1. */
export interface ReportedIssue {
  readonly message: string;
  readonly location: string;
  readonly suggestion: string | null;
  readonly line: number | null;
  readonly column: number | null;
}

/** What is wrong with one configuration. */
export interface ConfigReport {
  readonly file: string;
  readonly valid: boolean;
  readonly error_count: number;
  readonly warning_count: number;
  readonly errors: readonly ReportedIssue[];
  readonly warnings: readonly ReportedIssue[];
}

export interface ValidateOptions extends Partial<Places> {
  readonly env?: Environment;
  /** Warnings are errors. */
  readonly strict?: boolean;
}

export interface Validation {
  readonly reports: readonly ConfigReport[];
  /** The same for people, one text a configuration. */
  readonly texts: readonly string[];
  /** What is wrong with `.env` files. */
  readonly warnings: readonly string[];
}

interface Checked {
  readonly file: string;
  readonly issues: readonly Issue[];
}

async function check(reference: string, env: Environment, options: ValidateOptions): Promise<Checked> {
  try {
    const checked = await checkConfigFile(reference, env, options);
    // An agent's file may leave its backend open.
    const asAgent = checked.issues.some(({ severity }) => severity === 'error') ? await checkSpawned(checked.file, env, options.strict) : undefined;
    return { file: checked.file, issues: asAgent ?? checked.issues };
  } catch (thrown) {
    if (!(thrown instanceof MassgenError)) throw thrown;
    return { file: reference, issues: [{ severity: 'error', location: 'file', message: thrown.message }] };
  }
}

const reported = ({ message, location, suggestion, line, column }: Issue): ReportedIssue => ({ message, location, suggestion: suggestion ?? null, line: line ?? null, column: column ?? null });

function reportOf({ file, issues }: Checked): ConfigReport {
  const of = (severity: Issue['severity']): readonly ReportedIssue[] => issues.filter((issue) => issue.severity === severity).map(reported);
  const [errors, warnings] = [of('error'), of('warning')];
  return { file, valid: errors.length === 0, error_count: errors.length, warning_count: warnings.length, errors, warnings };
}

const plural = (count: number, noun: string): string => `${String(count)} ${noun}${count === 1 ? '' : 's'}`;

function textOf({ file, issues }: Checked, { valid, error_count: errors, warning_count: warnings }: ConfigReport, cwd: string): string {
  const relative = path.relative(cwd, file);
  const name = relative === '' || relative.startsWith('..') || !path.isAbsolute(file) ? file : relative;
  const counts = [...(errors > 0 ? [plural(errors, 'error')] : []), ...(warnings > 0 ? [plural(warnings, 'warning')] : [])];
  const lines = issues.map((issue) => `${issue.severity}: ${formatIssue(issue, name)}`);
  return [...lines, `${name}: ${[valid ? 'valid' : 'not valid', ...counts].join(', ')}`].join('\n');
}

/** Judges configurations by path, `@examples/NAME` or name, each whatever is wrong with the others. Reads files only. */
export async function validateConfigs(references: readonly string[], options: ValidateOptions = {}): Promise<Validation> {
  const { env, warnings } = await loadEnvironment(options.env ?? process.env, options);
  const checked = await Promise.all(references.map((reference) => check(reference, env, options)));
  const reports = checked.map(reportOf);
  const cwd = options.cwd ?? process.cwd();
  return { reports, texts: checked.map((each, index) => textOf(each, reports[index] ?? reportOf(each), cwd)), warnings };
}
