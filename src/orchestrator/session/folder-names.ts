import type { AgentId } from '../protocol.js';

/** What stands in a turn's directory beside the agents' own. */
const TAKEN = /^(?:final|agent_outputs|tools|subagents|attempt_\d+|events\.jsonl|status\.json(?:\.tmp)?|massgen\.log|execution_metadata\.yaml|coordination_(?:events\.json|table\.txt)|snapshot_mappings\.json|metrics_(?:summary|events)\.json|ANALYSIS_REPORT\.md)$/iu;
/** What stands in agent_outputs beside the agents' own. */
const OUTPUTS = /^(?:system_status|final_presentation_.*)$/iu;
const LONGEST = 100;

/** Agent ids come from configurations and become names of directories. */
export const safeName = (id: string): string => id.replace(/[^\p{L}\p{N}_.-]/gu, '_').replace(/^\.+/u, '_').slice(0, LONGEST) || '_';

/** A directory name for each agent: its id where that can be one, and no two alike, not even where case does not count. */
export function folderNames(ids: readonly AgentId[]): ReadonlyMap<AgentId, string> {
  const used = new Set<string>();
  const names = new Map<AgentId, string>();
  for (const id of ids) {
    const safe = safeName(id);
    const name = OUTPUTS.test(safe) ? `_${safe}` : safe;
    let free = TAKEN.test(name) ? `${name}_` : name;
    for (let number = 2; used.has(free.toLowerCase()); number += 1) free = `${name}_${number}`;
    used.add(free.toLowerCase());
    names.set(id, free);
  }
  return names;
}
