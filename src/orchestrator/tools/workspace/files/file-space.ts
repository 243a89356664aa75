import type { Stats } from 'node:fs';
import type { ToolContext, ToolOutcome } from '../../contract.js';
import type { LinkCount } from '../paths/confined.js';
import type { PathPolicy } from '../paths/path-policy.js';
import { rootOf } from '../paths/rights.js';

/** In bytes, and in entries of a listing. */
export interface FileLimits {
  readonly readBytes: number;
  readonly writeBytes: number;
  readonly imageBytes: number;
  readonly entries: number;
}

export const FILE_LIMITS: FileLimits = { readBytes: 10_000_000, writeBytes: 10_000_000, imageBytes: 5_000_000, entries: 20_000 };

/** What one agent's file tools work on. */
export interface FileSpace {
  readonly policy: PathPolicy;
  /** How many names of a file in the workspace massgen gave it itself. */
  readonly ownLinks: (stats: Stats) => number;
  /** Paths of what the agent has read or made: it may delete that. */
  readonly known: Set<string>;
  readonly readBeforeDelete: boolean;
  readonly limits: FileLimits;
}

export interface FileCall {
  readonly space: FileSpace;
  readonly args: Readonly<Record<string, unknown>>;
  readonly context: ToolContext;
}

/** One of the file tools: data and what it does. */
export interface FileTool {
  readonly name: string;
  /** The server that has this tool in the Python MassGen, which filters name it by. */
  readonly server: 'filesystem' | 'workspace_tools';
  /** OpenFang's name for it. */
  readonly also?: string;
  readonly description: string;
  readonly properties: Readonly<Record<string, object>>;
  readonly required: readonly string[];
  readonly writes?: true;
  readonly run: (call: FileCall) => Promise<ToolOutcome>;
}

const only: LinkCount = () => 1;

/** Names of a file that count for an agent that reads it, or writes to it. */
export function linkCount({ policy, ownLinks }: FileSpace, real: string, wanted: 'read' | 'write'): LinkCount {
  const kind = rootOf(policy.roots, real)?.root.kind;
  // Other places hold what the user or massgen put there, by whatever name.
  if (kind !== 'workspace') return wanted === 'read' ? only : ({ nlink }) => nlink;
  return (stats) => stats.nlink - ownLinks(stats);
}

export function textOf(args: FileCall['args'], name: string, fallback?: string): string {
  const value = args[name] ?? fallback;
  if (typeof value !== 'string') throw new Error(`"${name}" must be a text`);
  return value;
}

export function numberOf(args: FileCall['args'], name: string): number | undefined {
  const value = args[name] ?? undefined;
  if (value !== undefined && !(typeof value === 'number' && value >= 0)) throw new Error(`"${name}" must be a number from 0`);
  return value;
}

export function textsOf(args: FileCall['args'], name: string): readonly string[] {
  const value = args[name] ?? [];
  if (!Array.isArray(value) || !value.every((each) => typeof each === 'string')) throw new Error(`"${name}" must be a list of texts`);
  return value;
}

export const text = (description: string): object => ({ type: 'string', description });
export const texts = (description: string): object => ({ type: 'array', items: { type: 'string' }, description });
export const flag = (description: string): object => ({ type: 'boolean', description });
