import type { Glyphs } from '../../ui/live/glyphs.js';
import type { PromptContext } from '../../ui/chat/press-prompt.js';
import type { ProcessScreen } from '../screen.js';
import type { ChatHistory } from './history-file.js';
import type { ChatInput } from './input.js';

export interface EditorInputOptions {
  readonly screen: ProcessScreen;
  readonly history: ChatHistory;
  readonly complete: PromptContext['complete'];
  readonly signal: AbortSignal;
  /** What Ctrl-C does while no line is written and no view is open. */
  readonly interrupt: () => void;
}

/** Lines that a person writes at a terminal, with history, search and completion. */
export async function editorInput({ screen, history, complete, signal, interrupt }: EditorInputOptions): Promise<ChatInput> {
  const [{ readLine }, { sharedTerminal }, { processTerminal }, { glyphsFor }] = await Promise.all([import('../../ui/chat/read-line.js'), import('../../ui/chat/shared-terminal.js'), import('../../ui/live/terminal.js'), import('../../ui/live/glyphs.js')]);
  const terminal = sharedTerminal(processTerminal(process.stderr, process.stdin), interrupt);
  terminal.take();
  const glyphs: Glyphs = glyphsFor(process.env, process.platform);
  const nothing = (): undefined => undefined;
  const askPerson: ChatInput['ask'] = async (question, kind, aborted) => {
    screen.progress(`${question}\n`);
    const status = [kind === 'yes-no' ? 'y: yes  anything else: no' : 'Enter answers', 'Ctrl-D: no answer'];
    return (await readLine({ terminal, paint: screen.paint, glyphs, status, signal: aborted === undefined ? signal : AbortSignal.any([signal, aborted]), history: [], complete: nothing })) ?? null;
  };
  const next: ChatInput['next'] = async (status, initial) => {
    const line = await readLine({ terminal, paint: screen.paint, glyphs, status, initial, signal, history: history.all(), complete });
    if (line !== undefined) history.add(line);
    return line;
  };
  return { next, isPerson: true, history: history.all, ask: askPerson, terminal, release: terminal.release, close: terminal.release };
}
