import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { folderNames, type AgentInfo } from '../orchestrator/index.js';
import type { ToolOutcome } from '../orchestrator/tools/contract.js';

export interface HelperFiles {
  /** The helper, as it was in its own run. */
  readonly agent: Pick<AgentInfo, 'id' | 'workspace'>;
  /** Of its own run's log. */
  readonly directory: string;
  /** Where the asking agent reads what its tools gave it. */
  readonly results: string;
  readonly signal: AbortSignal;
}

/** What the helper delivered, where the asking agent can read it, and its answer with that place for the helper's own. */
export async function handOver(outcome: ToolOutcome, { agent: { id, workspace }, directory, results, signal }: HelperFiles): Promise<ToolOutcome> {
  const from = path.join(directory, 'turn_1', 'final', folderNames([id]).get(id) ?? id, 'workspace');
  if (signal.aborted || !existsSync(from)) return outcome;
  const to = path.join(results, `files_${path.basename(directory)}`);
  const { copyTree } = await import('../orchestrator/tools/workspace/copies/copy-tree.js');
  try {
    mkdirSync(results, { recursive: true });
    const { left } = await copyTree(from, to, { signal });
    const text = workspace === undefined ? outcome.text : outcome.text.replaceAll(workspace, to);
    return { ...outcome, text: `${text}\n[The files of ${id} are in ${to}${left === 0 ? '' : `, without ${String(left)} that could not be copied`}]` };
  } catch (thrown) {
    signal.throwIfAborted();
    // The answer is paid for.
    return { ...outcome, text: `${outcome.text}\n[The files of ${id} could not be copied: ${(thrown as Partial<Error> | null)?.message ?? String(thrown)}]` };
  }
}
