import type { AgentId } from '../protocol.js';
import { claudeCodeTools } from '../tools/rules/profile.js';
import type { PlannedAgent } from './planned-agent.js';

const PROGRAMS: Readonly<Record<string, string>> = { claude_code: 'Claude Code', ag2: 'AG2', autogen: 'AG2' };

/** The backend block of an agent that has these tools only; Claude Code is told of them in its own words. */
export function chosenBackend(backend: PlannedAgent['backend'], choice: readonly string[] | undefined): PlannedAgent['backend'] {
  const allowed = backend.type === 'claude_code' ? claudeCodeTools(choice, backend['allowed_tools']) : undefined;
  return allowed === undefined ? backend : { ...backend, allowed_tools: allowed };
}

/** What of the rules about tools does not reach an agent that is a program with tools of its own. */
export function programWarnings(agents: readonly PlannedAgent[], rules: { readonly planning: boolean; readonly approvals: boolean; readonly hooks: boolean }): readonly string[] {
  const reasons = (id: AgentId, own: boolean): readonly string[] => [...(rules.planning ? ['enable_planning_mode'] : []), ...(rules.approvals || own ? ['tool_approval'] : []), ...(rules.hooks ? ['hooks'] : [])].map((key) => `${key} does not reach ${id}`);
  return agents.flatMap(({ id, backend, approvals = [], toolChoice }) => {
    const program = Object.hasOwn(PROGRAMS, backend.type) ? PROGRAMS[backend.type] : undefined;
    if (program === undefined) return [];
    const unheard = toolChoice !== undefined && backend.type !== 'claude_code' ? [`tools does not reach ${id}`] : [];
    return [...reasons(id, approvals.length > 0), ...unheard].map((reason) => `${reason}: ${program} uses its own tools as it sees fit${backend.type === 'claude_code' ? '; allowed_tools, disallowed_tools and permission_mode limit them' : ''}`);
  });
}
