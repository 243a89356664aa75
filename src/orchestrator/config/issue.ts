import { MassgenError } from '../../errors.js';
import { formatPath, type Path } from './path.js';

export type Severity = 'error' | 'warning';

/** Something wrong with a configuration. Lines and columns count from 1. */
export interface Issue {
  readonly severity: Severity;
  /** `agents[1].backend.type`, `root`, or `file` when the text cannot be read at all. */
  readonly location: string;
  readonly message: string;
  readonly suggestion?: string;
  readonly line?: number;
  readonly column?: number;
  /** The offending line and a caret below it. */
  readonly excerpt?: string;
  /** The variable that is not set, where that is all that is wrong. */
  readonly unset?: string;
}

/** An issue before it is known where in the text it is. `at` says whether the key or its value is meant. */
export interface Finding {
  readonly severity: Severity;
  readonly path: Path;
  readonly at: 'key' | 'value';
  readonly message: string;
  readonly suggestion?: string;
  readonly unset?: string;
}

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Finds a place in the text a configuration was read from. */
export type Locate = (path: Path, at: 'key' | 'value') => Position | undefined;

export function toIssue(finding: Finding, locate: Locate): Issue {
  const { severity, message, suggestion, unset } = finding;
  return { severity, location: formatPath(finding.path), message, ...(suggestion === undefined ? {} : { suggestion }), ...(unset === undefined ? {} : { unset }), ...locate(finding.path, finding.at) };
}

const shown = 20;

/** One line, or several with an excerpt: `team.yaml:7:13 agents[1].backend.type: unknown backend "opneai"; did you mean "openai"?` */
export function formatIssue(issue: Issue, file?: string): string {
  const position = issue.line === undefined ? [] : [issue.line, issue.column ?? 1];
  const place = [...(file === undefined ? [] : [file]), ...position].join(':');
  const where = issue.location === 'file' ? '' : `${issue.location}: `;
  const suggestion = issue.suggestion === undefined ? '' : `; ${issue.suggestion}`;
  const excerpt = issue.excerpt === undefined ? '' : `\n${issue.excerpt}`;
  const before = file === undefined && position.length > 0 ? `line ${place} ` : place === '' ? '' : `${place}${position.length === 0 && where === '' ? ':' : ''} `;
  return `${before}${where}${issue.message}${suggestion}${excerpt}`;
}

export function formatIssues(issues: readonly Issue[], file?: string): string {
  const more = issues.length - shown;
  return [...issues.slice(0, shown).map((issue) => formatIssue(issue, file)), ...(more > 0 ? [`… and ${more} more`] : [])].join('\n');
}

/** Throws `config-invalid` with every error in it, if there is one. */
export function refuseErrors(issues: readonly Issue[], file?: string): void {
  const errors = issues.filter((issue) => issue.severity === 'error');
  if (errors.length > 0) throw new MassgenError('config-invalid', formatIssues(errors, file));
}
