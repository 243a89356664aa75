import type { Environment } from '../backends/resolve.js';
import { childEnvironment } from '../backends/wires/process/child-environment.js';
import { endGroup, startGroup } from '../backends/wires/process/process-group.js';
import type { RunPlan } from '../orchestrator/config/plan.js';
import type { AgentId } from '../orchestrator/index.js';
import type { OpenToolSource } from '../orchestrator/tools/contract.js';
import { notesSource } from '../orchestrator/tools/notes-source.js';
import { approvalRule, createAsking } from '../orchestrator/tools/rules/approvals.js';
import { afterTool, preToolRule } from '../orchestrator/tools/rules/hooks/hook-rules.js';
import { readHooks, type HookSettings } from '../orchestrator/tools/rules/hooks/settings.js';
import { planningNote, planningRule } from '../orchestrator/tools/rules/planning.js';
import type { ToolboxSettings } from '../orchestrator/tools/toolbox/settings.js';
import type { Ask, AskText } from './consent.js';
import { formFiller } from './fill-form.js';
import type { McpDeps } from '../orchestrator/tools/mcp/deps.js';
import type { SignIns } from '../orchestrator/tools/mcp/sign-in.js';
import { openSignIns } from './sign-ins.js';

export interface GuardDeps {
  readonly env: Environment;
  readonly cwd: string;
  /** Puts a yes-or-no question to the user. Absent where nobody is there to answer. */
  readonly ask?: Ask;
  readonly askText?: AskText;
}

type Guards = Pick<ToolboxSettings, 'rules' | 'after'>;

/** Continuous integration has nobody at its terminal. */
const isWatched = ({ CI: ci }: Environment): boolean => ci === undefined || ci === '' || ci === 'false' || ci === '0';

/** What watches over the calls of each agent's tools in one run: planning mode, then hooks, then approvals. Throws for hooks that cannot be. */
export function prepareGuards(plan: RunPlan, { env, cwd, ask }: GuardDeps): (session: string) => (agent: AgentId) => Guards {
  const { planning, approvals, hooks: team } = plan.tools;
  const common = readHooks(team, 'hooks', cwd);
  const hooks = new Map<AgentId, HookSettings>(plan.agents.map(({ id, backend }) => [id, readHooks(backend['hooks'], `${id}: hooks`, cwd, common)]));
  return (session) => {
    const deps = { processes: { start: startGroup, end: endGroup }, environment: childEnvironment(env), cwd, session, now: () => new Date() };
    const asking = createAsking(ask === undefined || !isWatched(env) ? undefined : ask);
    return (agent) => {
      const own = hooks.get(agent) ?? common;
      const lists = [approvals, plan.agents.find(({ id }) => id === agent)?.approvals ?? []].filter((list) => list.length > 0);
      return {
        rules: [...(planning === undefined ? [] : [planningRule(planning)]), ...(own.PreToolUse.length === 0 ? [] : [preToolRule(own, deps, asking)]), ...(lists.length === 0 ? [] : [approvalRule(lists, asking)])],
        ...(own.PostToolUse.length === 0 ? {} : { after: afterTool(own, deps) }),
      };
    };
  };
}

/** How MCP servers ask the user; nothing where nobody is there. */
export function formsOf({ env, ask, askText }: GuardDeps): Pick<McpDeps, 'fillForm'> {
  return ask === undefined || askText === undefined || !isWatched(env) ? {} : { fillForm: formFiller(ask, askText) };
}

/** How the user signs in at MCP servers, kept in this folder; where nobody is there, what is kept has to do. */
export function signInsOf(folder: string, { env, ask, askText }: GuardDeps): SignIns {
  if (ask === undefined || askText === undefined || !isWatched(env)) return openSignIns(folder);
  let opener: Promise<NonNullable<SignIns['openDesk']>> | undefined;
  return openSignIns(folder, async (...asked) => {
    opener ??= import('./sign-in-desk.js').then(({ deskOpener }) => deskOpener(ask, askText, env));
    return (await opener)(...asked);
  });
}

/** What agents are told of the rules, as a source without tools. */
export function guardNotes({ tools: { planning } }: RunPlan): readonly OpenToolSource[] {
  if (planning === undefined) return [];
  const notes = [planningNote(planning)];
  return [() => Promise.resolve(notesSource(notes))];
}
