import path from 'node:path';
import { Args } from '@oclif/core';
import type { AgentWorld } from '../compose/agent-shown.js';
import type { RegisteredAgent } from '../compose/agent-registry.js';
import { BaseCommand } from './base/base-command.js';
import { print, remark } from './base/config-output.js';
import { doingOf, spawnFlags, toSpawnRequest, type SpawnFlagValues } from './base/spawn-flags.js';
import { safeJson, safeText } from './ui/safe-text.js';
import { agentLines, agentTable, summaryLines, type AgentRow } from './ui/spawn-lines.js';

const dateOf = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ');

/** A file as it is best named from here. */
function shortened(file: string): string {
  const relative = path.relative(process.cwd(), file);
  return relative.startsWith('..') ? file : relative;
}

export default class Spawn extends BaseCommand {
  static override summary = 'Make an agent that stays: for "run --agent", and as a model of a running server.';
  static override description = `The agent is a YAML file with an id of its own, in .massgen/agents of the project (or, with --global, in ~/.config/massgen/agents). Edit it as you like; it is read anew each time.
A server offers it at once as NAME, massgen:NAME, openfang:NAME and by its id; removed, it is gone from there too.`;
  static override examples = [
    '<%= config.bin %> spawn coder',
    '<%= config.bin %> spawn --name python-expert --profile coder --model gpt-5-mini',
    '<%= config.bin %> spawn researcher --name scout --tools web_search,web_fetch --global',
    '<%= config.bin %> spawn --name pirate --system-message "You answer like a pirate." --backend groq',
    '<%= config.bin %> spawn --template agents/custom/my-agent.toml',
    '<%= config.bin %> spawn --list',
    '<%= config.bin %> spawn --remove python-expert',
  ];
  static override args = { template: Args.string({ description: 'A template such as coder, or an agent file (see --profiles)', ignoreStdin: true }) };
  static override flags = spawnFlags;

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Spawn);
    const doing = doingOf(args.template, flags);
    if (doing === 'profiles') {
      await this.profiles(flags.json);
      return;
    }
    const { openAgentWorld } = await import('../compose/agent-shown.js');
    const world = await openAgentWorld();
    for (const warning of world.warnings) remark(safeText(warning));
    if (doing === 'list') await this.list(world, flags);
    else if (doing === 'show') await this.show(world, flags);
    else if (doing === 'remove') await this.remove(world, flags);
    else await this.spawn(world, args.template, flags);
  }

  private async spawn(world: AgentWorld, template: string | undefined, flags: SpawnFlagValues): Promise<void> {
    const { backendWords, shownAgent } = await import('../compose/agent-shown.js');
    const agent = await world.registry.spawn(toSpawnRequest(template, flags));
    const shown = shownAgent(agent, world.env);
    await print(flags.json === true ? safeJson(shown) : safeText(`spawned ${agent.name}\n  id       ${agent.id}\n  file     ${shortened(agent.file)}\n  backend  ${await backendWords(agent, world.env)}`));
    for (const warning of agent.warnings) remark(safeText(warning));
    const isHidden = (await world.registry.find(agent.name))?.id !== agent.id;
    if (isHidden) remark(safeText(`in this project "${agent.name}" is the project’s own agent; this one is meant elsewhere, and here by its id`));
    if (flags.json !== true) remark(safeText(`try: massgen run --agent ${isHidden ? agent.id : agent.name} "Your question"`));
  }

  private async list({ registry, env }: AgentWorld, { json, global: isGlobal = false }: SpawnFlagValues): Promise<void> {
    const { shownAgent } = await import('../compose/agent-shown.js');
    const isMeant = ({ scope }: { readonly scope: string }): boolean => !isGlobal || scope === 'user';
    const [all, visible, broken] = [(await registry.all()).filter(isMeant), await registry.list(), (await registry.broken()).filter(isMeant)];
    const isHidden = (agent: RegisteredAgent): boolean => !visible.includes(agent);
    const rows = all.map((agent): AgentRow => {
      const { type, model } = shownAgent(agent, env).backend ?? {};
      return { name: agent.name, profile: agent.profile ?? '-', backend: [type, model].filter((part) => typeof part === 'string').join(' ') || '-', id: agent.id, created: dateOf(agent.created), where: `${agent.scope}${isHidden(agent) ? ', hidden by the project’s' : ''}` };
    });
    const faulty = broken.map(({ name, scope }): AgentRow => ({ name, profile: '-', backend: 'broken', id: '-', created: '-', where: scope }));
    await print(json === true ? safeJson({ agents: all.map((agent) => shownAgent(agent, env)), broken }) : safeText(agentTable([...rows, ...faulty]).join('\n')));
    for (const { name, problem } of broken) remark(safeText(`${name} is broken: ${problem}`));
    if (all.length + broken.length === 0 && json !== true) remark('there are no agents here; "massgen spawn coder" makes one');
  }

  private async show({ registry, env }: AgentWorld, { show: reference = '', json }: SpawnFlagValues): Promise<void> {
    const { backendWords, shownAgent } = await import('../compose/agent-shown.js');
    const { findAgent } = await import('../compose/agent-files.js');
    const agent = await findAgent(reference, registry);
    const shown = shownAgent(agent, env);
    const facts: readonly (readonly [string, string])[] = [
      ['name', agent.name],
      ['id', agent.id],
      ['created', dateOf(agent.created)],
      ['profile', agent.profile ?? '-'],
      ['file', shortened(agent.file)],
      ['backend', await backendWords(agent, env)],
      ['tools', shown.tools === null ? '-' : [shown.tools].flat().join(', ')],
    ];
    await print(json === true ? safeJson(shown) : safeText(agentLines(facts, shown.system_message).join('\n')));
    for (const warning of agent.warnings) remark(safeText(warning));
  }

  private async remove({ registry }: AgentWorld, { remove: reference = '', json, global: isGlobal }: SpawnFlagValues): Promise<void> {
    const removed = await registry.remove(reference, isGlobal === true ? 'user' : undefined);
    await print(json === true ? safeJson(removed) : safeText(`removed ${removed.name} (${shortened(removed.file)})`));
    const behind = await registry.find(removed.name);
    if (behind !== undefined) remark(safeText(`${removed.name} is ${behind.scope === 'user' ? 'now the user’s' : 'still the project’s'}: ${behind.file}`));
  }

  private async profiles(json: boolean): Promise<void> {
    const { listTemplates } = await import('../orchestrator/agents/templates.js');
    const { toolProfiles } = await import('../orchestrator/agents/tool-profiles.js');
    const templates = (await listTemplates()).map(({ name, summary, agent }) => ({ name, summary, tools: typeof agent['tools'] === 'string' ? agent['tools'] : null }));
    const sets = toolProfiles.map(({ name, summary, tools }) => ({ name, summary: `${summary}: ${tools.join(', ')}` }));
    const lines = [...summaryLines('Templates:', templates), '', ...summaryLines('Sets of tools:', sets)];
    await print(json ? safeJson({ templates, tools: toolProfiles }) : lines.join('\n'));
  }
}
