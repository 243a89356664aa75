import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { keepEnds } from './run-to-end.js';
import type { CommandPlace } from './place.js';

/** How many commands of an agent may run on at a time. */
const MOST = 10;
const KEPT = 1_000_000;

interface Shell {
  readonly id: string;
  readonly command: string;
  readonly child: ChildProcessWithoutNullStreams;
  readonly output: ReturnType<typeof keepEnds>;
  readonly began: number;
  /** Null while it runs. */
  end: { readonly code: number | null; readonly signal: string | null } | null;
}

export interface ShellStatus {
  readonly shell_id: string;
  readonly command: string;
  readonly status: 'running' | 'stopped';
  readonly exit_code: number | null;
  readonly seconds: number;
}

/** An agent's commands that run on after their call. */
export interface BackgroundShells {
  /** Its id; a text when it was not started. */
  readonly start: (command: string, folder: string, delivering: boolean) => Promise<{ readonly id: string } | { readonly refusal: string }>;
  readonly status: (id: string) => ShellStatus | undefined;
  readonly output: (id: string) => string | undefined;
  readonly kill: (id: string) => boolean;
  readonly list: () => readonly ShellStatus[];
  readonly close: () => void;
}

export function createBackgroundShells(place: CommandPlace): BackgroundShells {
  const shells = new Map<string, Shell>();
  let count = 0;
  let starting = 0;
  const statusOf = ({ id, command, began, end }: Shell): ShellStatus => ({ shell_id: id, command, status: end === null ? 'running' : 'stopped', exit_code: end?.code ?? null, seconds: Math.round((performance.now() - began) / 100) / 10 });
  const running = (): readonly Shell[] => [...shells.values()].filter(({ end }) => end === null);
  return {
    start: async (command, folder, delivering) => {
      if (running().length + starting >= MOST) return { refusal: `${String(MOST)} commands run in the background already; end one with kill_background_shell` };
      for (const [old, shell] of shells) if (shells.size >= MOST * 2 && shell.end !== null) shells.delete(old);
      starting += 1;
      const child = await place.start(command, folder, delivering).finally(() => (starting -= 1));
      count += 1;
      const shell: Shell = { id: `shell_${String(count)}`, command, child, output: keepEnds(KEPT), began: performance.now(), end: null };
      child.stdin.end();
      child.stdout.on('data', shell.output.add);
      child.stderr.on('data', shell.output.add);
      child.once('error', () => (shell.end ??= { code: null, signal: null }));
      child.once('exit', (code, signal) => {
        shell.end = { code, signal };
        place.end(child);
        void place.settle?.(child);
      });
      shells.set(shell.id, shell);
      return { id: shell.id };
    },
    status: (id) => {
      const shell = shells.get(id);
      return shell === undefined ? undefined : statusOf(shell);
    },
    output: (id) => shells.get(id)?.output.text(),
    kill: (id) => {
      const shell = shells.get(id);
      if (shell === undefined) return false;
      place.end(shell.child);
      return true;
    },
    list: () => [...shells.values()].map(statusOf),
    close: () => {
      for (const { child } of running()) place.end(child);
    },
  };
}
