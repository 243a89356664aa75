import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { MassgenError } from '../../../errors.js';
import { systemReason } from '../system-reason.js';
import { NO_TURN, type Handler } from './command-world.js';
import { absolute } from './complete.js';

/** Resolves once the editor is closed. */
function openEditor(file: string): Promise<void> {
  const editor = [process.env['VISUAL'], process.env['EDITOR']].find(Boolean) ?? (process.platform === 'win32' ? 'notepad' : 'vi');
  // VISUAL and EDITOR may hold arguments too, which a shell takes apart.
  const child = process.platform === 'win32' ? spawn(editor, [file], { stdio: 'inherit', shell: true }) : spawn('/bin/sh', ['-c', `${editor} "$1"`, 'sh', file], { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code === 0) resolve();
      else reject(new MassgenError('usage-invalid', `the editor "${editor}" ended with ${String(code)}; set EDITOR to one that is installed`));
    });
  });
}

/** Opens the configuration in the user's editor, and goes on with what it says then. */
export const editConfig: Handler = async ({ conversation, input }, rest) => {
  if (rest !== 'edit') throw new MassgenError('usage-invalid', 'write /config, or /config edit');
  const { source } = conversation.team();
  if (!existsSync(source)) throw new MassgenError('usage-invalid', `there is no file to edit: the configuration is ${source}; "massgen config init" or /setup writes one`);
  if (!input.isPerson) throw new MassgenError('usage-invalid', 'an editor needs a terminal');
  input.release();
  await openEditor(source);
  await conversation.change({ config: source });
  return [`read ${source} again`];
};

/** Another model, for all agents or for one. */
export const changeModel: Handler = async ({ conversation }, rest) => {
  const words = rest.split(/\s+/u);
  const [agent, model] = words.length === 1 ? [undefined, words[0]] : words;
  const { given, source, team } = conversation.team();
  if (model === undefined || words.length > 2) throw new MassgenError('usage-invalid', 'write /model MODEL, or /model AGENT MODEL');
  if (agent === undefined && team.agents.some(({ id }) => id === model)) throw new MassgenError('usage-invalid', `${model} is an agent; write /model ${model} MODEL`);
  const { withModel } = await import('../../../compose/change-model.js');
  await conversation.change({ config: withModel(given, model, agent), source });
  return conversation.team().team.agents.map(({ id, backend, model: now }) => `${id}: ${backend} ${now}`);
};

/** Writes the conversation as Markdown; never over a file that is there. */
export const saveConversation: Handler = async ({ conversation }, rest) => {
  const history = conversation.history();
  if (history.length === 0) throw new MassgenError('usage-invalid', NO_TURN);
  const directory = conversation.directory();
  const file = absolute(rest === '' ? `${directory === null ? 'conversation' : path.basename(directory)}.md` : rest, process.cwd());
  const sections = history.map(({ role, text }) => (role === 'user' ? text.split('\n').map((each) => `> ${each}`).join('\n') : text));
  try {
    await writeFile(file, `${sections.join('\n\n')}\n`, { flag: 'wx' });
  } catch (thrown) {
    const why = (thrown as NodeJS.ErrnoException).code === 'EEXIST' ? 'it exists already' : systemReason(thrown as Error);
    throw new MassgenError('usage-invalid', `cannot write ${file}: ${why}; name another file`, { cause: thrown });
  }
  return [`wrote ${file}`];
};
