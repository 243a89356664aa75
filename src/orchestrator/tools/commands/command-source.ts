import { realpath } from 'node:fs/promises';
import path from 'node:path';
import type { Tool, ToolContext, ToolOutcome, ToolSource } from '../contract.js';
import { resultText } from '../plain-text.js';
import { createBackgroundShells, type BackgroundShells } from './background.js';
import { refuseCommand } from './command-rules.js';
import { openDockerPlace } from './docker/docker-place.js';
import { openLocalPlace } from './local-place.js';
import type { CommandDeps, CommandPlace } from './place.js';
import { runToEnd } from './run-to-end.js';
import type { CommandSettings } from './settings.js';

const USUAL_SECONDS = 60;
const MOST_SECONDS = 600;
/** Over the command's own time limit, for starting and ending it. */
const MARGIN_MS = 30_000;

type Arguments = Readonly<Record<string, unknown>>;

const object = (properties: Record<string, unknown>, ...required: string[]): Record<string, unknown> => ({ type: 'object', properties, required, additionalProperties: false });
const string = (description: string): Record<string, unknown> => ({ type: 'string', description });
const failed = (text: string): ToolOutcome => ({ text, failed: true });
const json = (value: unknown): ToolOutcome => ({ text: JSON.stringify(value, null, 2) });
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const pathsOf = (roots: CommandDeps['folders']['roots']): readonly string[] => roots.map((root) => root.path);

/** The folder that a command asks to run in: within the agent's own folders, wherever links lead. Null for any other. */
async function folderFor({ workspace, roots }: CommandDeps['folders'], wanted: unknown): Promise<string | null> {
  if (typeof wanted !== 'string' || wanted === '' || wanted === '.') return workspace;
  const real = await realpath(path.resolve(workspace, wanted)).catch(() => null);
  return real !== null && [workspace, ...pathsOf(roots)].some((root) => real === root || real.startsWith(`${root}${path.sep}`)) ? real : null;
}

class Commands {
  private readonly settings: CommandSettings;
  private readonly folders: CommandDeps['folders'];
  private readonly place: CommandPlace;
  readonly background: BackgroundShells;

  constructor(settings: CommandSettings, deps: CommandDeps, place: CommandPlace) {
    [this.settings, this.folders, this.place] = [settings, deps.folders, place];
    this.background = createBackgroundShells(place);
  }

  /** The folder to run in, or why not to run. */
  private async admit(command: string, folder: unknown): Promise<{ readonly folder: string } | { readonly refusal: string }> {
    const refusal = refuseCommand(command, this.settings.rules);
    if (refusal !== null) return { refusal: `The command was not run: ${refusal}.` };
    const found = await folderFor(this.folders, folder);
    return found === null ? { refusal: `The command was not run: ${textOf(folder)} is no folder of yours. Yours are ${[...new Set([this.folders.workspace, ...pathsOf(this.folders.roots)])].join(', ')}.` } : { folder: found };
  }

  /** As the agent is shown it. */
  shown(text: string): string {
    return resultText(this.place.secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), text));
  }

  async execute(given: Arguments, { signal, delivering }: ToolContext): Promise<ToolOutcome> {
    const command = textOf(given['command']);
    const admitted = await this.admit(command, given['work_dir']);
    if ('refusal' in admitted) return failed(admitted.refusal);
    const wanted = given['timeout'] ?? given['timeout_seconds'];
    const seconds = Math.min(MOST_SECONDS, typeof wanted === 'number' && wanted > 0 ? wanted : USUAL_SECONDS);
    const child = await this.place.start(command, admitted.folder, delivering);
    const end = await runToEnd(child, () => this.place.end(child), { timeoutMs: seconds * 1000, signal });
    await this.place.settle?.(child);
    const tooLarge = this.place.tooLarge();
    const outcome = json({
      success: end.code === 0 && end.ended === 'itself',
      exit_code: end.code,
      ...(end.ended === 'timeout' ? { error: `it was ended after ${String(seconds)} s; a longer timeout (at most ${String(MOST_SECONDS)}) or start_background_shell may help` } : {}),
      stdout: this.shown(end.stdout),
      stderr: this.shown(end.stderr),
      execution_time: end.seconds,
      work_dir: admitted.folder,
      ...(tooLarge.length === 0 ? {} : { note: `commands do not see ${tooLarge.join(', ')}, which is too large to be looked through for what they may not see; your file tools have it` }),
    });
    return end.code === 0 && end.ended === 'itself' ? outcome : { ...outcome, failed: true };
  }

  async startBackground(given: Arguments, { delivering }: ToolContext): Promise<ToolOutcome> {
    const command = textOf(given['command']);
    const admitted = await this.admit(command, given['work_dir']);
    if ('refusal' in admitted) return failed(admitted.refusal);
    const started = await this.background.start(command, admitted.folder, delivering);
    return 'refusal' in started ? failed(started.refusal) : json({ shell_id: started.id, status: 'running' });
  }

  async close(): Promise<void> {
    this.background.close();
    await this.place.close();
  }
}

const COMMAND = { command: string('A line for /bin/sh'), work_dir: string('Where to run it; your workspace if absent') };
const SHELL_ID = object({ shell_id: string('What start_background_shell returned') }, 'shell_id');

function toolsOf(commands: Commands, place: CommandPlace): readonly Tool[] {
  const { background } = commands;
  const effects = place.isConfined ? ('workspace' as const) : ('outside' as const);
  const ofShell = (name: string, description: string, found: (id: string) => unknown, changes = false): Tool => ({
    name,
    aliases: [`mcp__command_line__${name}`],
    description,
    parameters: SHELL_ID,
    effects: changes ? 'workspace' : 'none',
    run: (given) => {
      const id = textOf(given['shell_id']);
      const result = background.status(id) === undefined ? undefined : found(id);
      return Promise.resolve(result === undefined ? failed(`There is no background shell ${id}; list_background_shells shows yours.`) : json(result));
    },
  });
  const runs = `Runs ${place.description}.`;
  return [
    {
      name: 'execute_command',
      aliases: ['mcp__command_line__execute_command', 'shell_exec'],
      description: `Runs a shell command in your workspace and returns its exit code and output. ${runs}`,
      parameters: object({ ...COMMAND, timeout: { type: 'number', description: `Seconds, ${String(USUAL_SECONDS)} if absent, at most ${String(MOST_SECONDS)}` }, timeout_seconds: { type: 'number', description: 'The same' } }, 'command'),
      effects,
      timeoutMs: MOST_SECONDS * 1000 + MARGIN_MS,
      run: (given, context) => commands.execute(given, context),
    },
    {
      name: 'start_background_shell',
      aliases: ['mcp__command_line__start_background_shell'],
      description: `Starts a shell command that runs on while you work, and returns its shell_id. ${runs} It ends with you.`,
      parameters: object(COMMAND, 'command'),
      effects,
      run: (given, context) => commands.startBackground(given, context),
    },
    ofShell('get_background_shell_output', 'What a background command has written so far.', (id) => ({ ...background.status(id), output: commands.shown(background.output(id) ?? '') })),
    ofShell('get_background_shell_status', 'Whether a background command still runs.', (id) => background.status(id)),
    ofShell('kill_background_shell', 'Ends a background command and all that it started.', (id) => ({ shell_id: id, killed: background.kill(id) }), true),
    { name: 'list_background_shells', aliases: ['mcp__command_line__list_background_shells'], description: 'Your background commands.', parameters: object({}), effects: 'none', run: () => Promise.resolve(json(background.list())) },
  ];
}

/** The tools by which an agent runs commands. Rejects with `config-invalid` when there is no place for them. */
export async function openCommandSource(settings: CommandSettings, deps: CommandDeps): Promise<ToolSource> {
  const place = settings.mode === 'docker' ? await openDockerPlace(settings, deps) : await openLocalPlace(settings, deps);
  const commands = new Commands(settings, deps, place);
  const tools = toolsOf(commands, place);
  const { allowed, blocked } = settings.rules;
  const notes = [
    `Your commands run ${place.description}.`,
    ...(allowed === undefined ? [] : [`Only these commands may be run: ${allowed.join(', ')}.`]),
    ...(blocked.length === 0 ? [] : [`These commands may not be run: ${blocked.join(', ')}.`]),
  ];
  return { tools: () => tools, notes: () => notes, close: () => commands.close() };
}
