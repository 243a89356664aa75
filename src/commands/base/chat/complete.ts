import { readdirSync, type Dirent } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { atPathAtEnd } from '../../ui/chat/at-paths.js';
import type { Completion } from '../../ui/chat/prompt-state.js';
import { commandsLike, findCommand } from '../../ui/chat/slash-commands.js';
import { safeText } from '../../ui/safe-text.js';

/** More ways than anybody looks through. */
const MOST = 200;

/** `~` and what lies below it; everything else is of the working directory. */
export const absolute = (typed: string, cwd: string): string => (typed === '~' || typed.startsWith('~/') ? path.join(homedir(), typed.slice(1)) : path.resolve(cwd, typed));

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function pathItems(typed: string, quoted: boolean, cwd: string): readonly string[] {
  const cut = typed.lastIndexOf('/') + 1;
  const [folder, begun] = [typed.slice(0, cut), typed.slice(cut)];
  // Names that could not be shown as they are cannot be completed either.
  const isMeant = ({ name }: Dirent): boolean => name.startsWith(begun) && (begun.startsWith('.') || !name.startsWith('.')) && safeText(name) === name && !/[\n\t"]/u.test(name);
  const found = entriesOf(absolute(folder === '' ? '.' : folder, cwd)).filter(isMeant);
  const items = found.map((entry) => {
    const isFolder = entry.isDirectory();
    const whole = folder + entry.name;
    const needsQuotes = quoted || /\s/u.test(whole);
    return `${needsQuotes ? '"' : ''}${whole}${isFolder ? '/' : needsQuotes ? '" ' : ' '}`;
  });
  return items.sort((one, other) => one.localeCompare(other, 'en')).slice(0, MOST);
}

/** What could stand at the end of a line: commands with `/` at its beginning and their arguments, paths after `@`. */
export function completer(cwd: string, agents: () => readonly string[]): (before: string) => Completion | undefined {
  return (before) => {
    const [, name] = /^\/([a-z]*)$/iu.exec(before) ?? [];
    if (name !== undefined) return { from: 1, items: commandsLike(name).map((each) => `${each} `) };
    const [whole = '', command = '', begun = ''] = /^\/([a-z]+)\s+(\S*)$/iu.exec(before) ?? [];
    const meant = findCommand(command)?.name;
    const from = whole.length - begun.length;
    if (meant === 'help') return { from, items: commandsLike(begun) };
    if (meant === 'model') return { from, items: agents().filter((id) => id.startsWith(begun)).map((id) => `${id} `) };
    if (meant === 'save') return { from, items: pathItems(begun, false, cwd) };
    const place = atPathAtEnd(before);
    return place === undefined ? undefined : { from: place.from, items: pathItems(place.typed, place.quoted, cwd) };
  };
}
