import { cpSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { massgen, temporaryFolder, type Outcome, type Setting } from '../support/massgen-process.js';
import { AGREEMENT, FAILURE, FAILURE_AND_REVOTE, runInto } from '../orchestrator/session/read/sessions.js';

/** A log root with three sessions of real runs: two who agree, all who fail, and three with a failure and a second vote, the newest. */
export interface LogsWorld {
  readonly root: string;
  readonly ids: { readonly agreed: string; readonly failed: string; readonly revoted: string };
  /** `massgen logs` over these sessions. */
  readonly logs: (args: readonly string[], setting?: Setting) => Promise<Outcome>;
  readonly json: (args: readonly string[]) => Promise<never>;
  /** A copy of the sessions that may be changed. */
  readonly copied: () => string;
}

export async function createLogsWorld(): Promise<LogsWorld> {
  const root = path.join(temporaryFolder(), 'logs');
  mkdirSync(root);
  const idOf = async (team: Parameters<typeof runInto>[1], question: string): Promise<string> => path.basename((await runInto(root, team, question)).log_directory);
  const ids = { agreed: await idOf(AGREEMENT, 'Yes or no?'), failed: await idOf(FAILURE, 'Anyone?'), revoted: await idOf(FAILURE_AND_REVOTE, 'Which is heavier?') };
  const logs = (args: readonly string[], setting: Setting = {}): Promise<Outcome> => massgen(['logs', ...args, '--log-dir', root], setting);
  return {
    root,
    ids,
    logs,
    json: async (args) => JSON.parse((await logs([...args, '--json'])).stdout) as never,
    copied: () => {
      const folder = path.join(temporaryFolder(), 'logs');
      cpSync(root, folder, { recursive: true });
      return folder;
    },
  };
}

export const lines = ({ stdout }: Outcome): readonly string[] => stdout.trimEnd().split('\n');
