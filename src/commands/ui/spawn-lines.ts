import { tableLines } from './logs-table.js';

/** One line of the list of agents. */
export interface AgentRow {
  readonly name: string;
  readonly profile: string;
  readonly backend: string;
  readonly id: string;
  readonly created: string;
  readonly where: string;
}

export function agentTable(rows: readonly AgentRow[]): readonly string[] {
  const columns = ['NAME', 'PROFILE', 'BACKEND', 'ID', 'CREATED', 'WHERE'].map((head) => ({ head }));
  return rows.length === 0 ? [] : tableLines(columns, rows.map(({ name, profile, backend, id, created, where }) => [name, profile, backend, id, created, where]));
}

export interface NamedSummary {
  readonly name: string;
  readonly summary: string;
}

/** Names with what they stand for, under a heading. */
export function summaryLines(heading: string, items: readonly NamedSummary[]): readonly string[] {
  const width = Math.max(0, ...items.map(({ name }) => name.length));
  return [heading, ...items.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`)];
}

/** Facts of an agent, and its prompt below them. */
export function agentLines(facts: readonly (readonly [label: string, value: string])[], prompt: string | null): readonly string[] {
  const width = Math.max(...facts.map(([label]) => label.length));
  return [...facts.map(([label, value]) => `${label.padEnd(width)}  ${value}`), ...(prompt === null ? [] : ['', prompt.trimEnd()])];
}
