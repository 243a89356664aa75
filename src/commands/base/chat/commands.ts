import { readdirSync } from 'node:fs';
import path from 'node:path';
import { MassgenError } from '../../../errors.js';
import { estimateTokens } from '../../../orchestrator/index.js';
import { findCommand, SLASH_COMMANDS, type SlashCommand } from '../../ui/chat/slash-commands.js';
import { durationText, moneyText, oneLine, plural } from '../../ui/logs-format.js';
import { planLines } from '../../ui/plan-lines.js';
import { editConfig, changeModel, saveConversation } from './change-commands.js';
import { NO_TURN, type CommandWorld, type Handler, type Said } from './command-world.js';
import { panelOf } from './panel-commands.js';

function helpLines(rest: string): readonly string[] {
  const one: SlashCommand | undefined = rest === '' ? undefined : findCommand(rest.replace(/^\//u, ''));
  if (rest !== '' && one === undefined) throw new MassgenError('usage-invalid', `there is no command /${rest}; /help lists them`);
  const shown: readonly SlashCommand[] = one === undefined ? SLASH_COMMANDS : [one];
  const called = ({ name, arguments: given }: SlashCommand): string => `/${name}${given === '' ? '' : ` ${given}`}`;
  const width = Math.max(...shown.map((each) => called(each).length));
  const lines = shown.map((each) => `${called(each).padEnd(width)}  ${each.does}${each.aliases.length === 0 ? '' : ` (${each.aliases.map((alias) => `/${alias}`).join(', ')})`}`);
  if (one !== undefined) return lines;
  return [...lines, '', '""" begins several lines and ends them; so do Alt-Enter, Ctrl-J and a backslash at the end of a line.', '@path lets the agents read a file or a folder, @path:w change it; Tab completes paths and commands; Ctrl-R searches what you asked before.', 'Ctrl-C stops the agents and keeps their best answer, twice it leaves; Ctrl-D leaves.'];
}

const teamLines = ({ conversation }: CommandWorld): readonly string[] => conversation.team().team.agents.map(({ id, anonymous, backend, model }) => `${id}: ${backend} ${model}, ${anonymous} to the others`);

async function statusLines({ conversation, display }: CommandWorld): Promise<readonly string[]> {
  const { team, source, plan } = conversation.team();
  const directory = conversation.directory();
  const { reportOf } = await import('./past-turn.js');
  const turns = directory === null ? [] : (await reportOf(directory, 'all')).turns;
  const last = turns.at(-1);
  const costs = turns.map(({ cost }) => cost);
  const cost = costs.some((each) => each === null) ? null : costs.reduce<number>((sum, each) => sum + (each ?? 0), 0);
  return [
    `session: ${directory === null ? 'a new one' : path.basename(directory)}`,
    `log: ${directory ?? (plan.logging ? `below ${conversation.team().logRoot}` : 'not kept (logging_enabled: false)')}`,
    `configuration: ${source}`,
    `team: ${team.agents.map(({ id }) => id).join(', ')}`,
    `next: turn ${String(conversation.nextTurn())}; display: ${display}`,
    ...(last === undefined ? [NO_TURN] : [`last turn: ${last.status}${last.winner === null ? '' : `, ${last.winner} won`} after ${durationText(last.duration_seconds)}`, `cost so far: ${moneyText(cost)} for ${plural(turns.length, 'turn')}`]),
  ];
}

function contextLines({ conversation }: CommandWorld): readonly string[] {
  const history = conversation.history();
  const tokens = history.reduce((sum, { text }) => sum + estimateTokens(text.length), 0);
  const messages = conversation.team().plan.agents.filter(({ systemMessage }) => systemMessage !== '');
  return [
    history.length === 0 ? 'the agents are told nothing before your next question' : `before your next question every agent is told ${plural(history.length, 'message')}, about ${plural(tokens, 'token')}:`,
    ...history.map(({ role, text }) => `  ${role === 'user' ? 'you' : 'answer'}: ${oneLine(text).slice(0, 200)}`),
    ...messages.map(({ id, systemMessage }) => `system message of ${id}: ${oneLine(systemMessage).slice(0, 200)}`),
  ];
}

function historyLines({ input }: CommandWorld, rest: string): readonly string[] {
  const found = input.history().filter((each) => each.toLowerCase().includes(rest.toLowerCase()));
  return found.length === 0 ? ['there is none'] : found.slice(-50).map((each) => oneLine(each));
}

function fileLines({ conversation }: CommandWorld): readonly string[] {
  const directory = conversation.directory();
  if (directory === null) throw new MassgenError('usage-invalid', NO_TURN);
  const turn = path.join(directory, `turn_${String(conversation.nextTurn() - 1)}`);
  const files = readdirSync(turn, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => path.relative(turn, path.join(entry.parentPath, entry.name)));
  return [turn, ...files.sort().slice(0, 100).map((file) => `  ${file}`), ...(files.length > 100 ? [`  and ${String(files.length - 100)} more`] : [])];
}

async function openLines({ conversation }: CommandWorld): Promise<readonly string[]> {
  const directory = conversation.directory();
  if (directory === null) throw new MassgenError('usage-invalid', NO_TURN);
  const { openFolder } = await import('../logs-open-folder.js');
  const trouble = await openFolder(directory);
  return [directory, ...(trouble === undefined ? [] : [trouble])];
}

function configLines({ conversation }: CommandWorld): readonly string[] {
  const { source, team, plan, logRoot } = conversation.team();
  // The lines of a dry run but for its prompt and its last word.
  return planLines({ source, agents: team.agents, settings: plan.settings, prompt: '', logRoot }).filter((each) => !/^(?:prompt|dry run):/u.test(each));
}

type Name = (typeof SLASH_COMMANDS)[number]['name'];

const isName = (name: string): name is Name => SLASH_COMMANDS.some((each) => each.name === name);

const HANDLERS: Readonly<Record<Name, Handler>> = {
  help: (_world, rest) => helpLines(rest),
  status: statusLines,
  config: (world, rest) => (rest === '' ? configLines(world) : editConfig(world, rest)),
  context: contextLines,
  agents: (world) => [...teamLines(world), ...configLines(world).filter((each) => each.startsWith('voting:'))],
  model: (world, rest) => (rest === '' ? teamLines(world) : changeModel(world, rest)),
  history: historyLines,
  inspect: panelOf('inspect'),
  votes: panelOf('votes'),
  answers: panelOf('answers'),
  timeline: panelOf('timeline'),
  cost: panelOf('cost'),
  metrics: panelOf('metrics'),
  events: panelOf('events'),
  files: fileLines,
  open: openLines,
  save: saveConversation,
  clear: ({ conversation }) => {
    conversation.forget();
    return ['a new conversation; the agents are told nothing of the one before'];
  },
  setup: async (world) => {
    world.input.release();
    const { setUp } = await import('./set-up.js');
    if (await setUp()) await world.conversation.change({});
    return teamLines(world);
  },
  cancel: () => ['nothing is running'],
  quit: () => [],
};

/** Does what a command says; what it has to say, in lines. Throws a MassgenError for what cannot be. */
export const runCommand = async ({ name }: SlashCommand, rest: string, world: CommandWorld): Promise<Said> => (isName(name) ? HANDLERS[name](world, rest) : []);
