import type { ChildProcessWithoutNullStreams } from 'node:child_process';

/** Programs in groups of their own: what one starts ends with it, and none outlives massgen. */
export interface Processes {
  readonly start: (command: string, args: readonly string[], options: { readonly cwd?: string; readonly env: Readonly<Record<string, string>> }) => ChildProcessWithoutNullStreams;
  /** Ends the child with its whole group: at once, or `graceMs` after it was asked to. */
  readonly end: (child: ChildProcessWithoutNullStreams, graceMs?: number) => void;
}
