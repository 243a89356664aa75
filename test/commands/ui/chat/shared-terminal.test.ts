import { describe, expect, it } from '@jest/globals';
import { sharedTerminal } from '../../../../src/commands/ui/chat/shared-terminal.js';
import type { Key } from '../../../../src/commands/ui/live/keys.js';
import type { Listeners, Terminal } from '../../../../src/commands/ui/live/terminal.js';

const typed = (text: string): Key => ({ name: text, text });

function world() {
  const said: string[] = [];
  let listeners: Listeners | undefined;
  const bare: Terminal = { columns: () => 80, rows: () => 24, write: () => undefined, keys: true, open: (listen) => void ((listeners = listen), said.push('open')), listen: () => said.push('listen'), suspend: () => said.push('suspend'), stops: () => 0, close: () => said.push('close') };
  const terminal = sharedTerminal(bare, () => said.push('interrupt'));
  const listen = (name: string): Listeners => ({ onKey: ({ name: key }) => said.push(`${name} ${key}`), onResize: () => said.push(`${name} resized`), onResume: () => undefined, onEnd: () => said.push(`${name} ended`) });
  return { terminal, said, listen, press: (key: Key) => listeners?.onKey(key), listeners: () => listeners };
}

describe('a terminal that several views share', () => {
  it('is taken once, and belongs to whoever opened it last', () => {
    const { terminal, said, listen, press, listeners } = world();
    terminal.open(listen('first'));
    press(typed('a'));
    terminal.close();
    terminal.open(listen('second'));
    press(typed('b'));
    listeners()?.onResize();
    terminal.release();
    terminal.open(listen('third'));
    expect(said).toEqual(['open', 'first a', 'second b', 'second resized', 'close', 'open']);
  });

  it('keeps what is typed while nobody listens for who asks for it, but not Ctrl-C', () => {
    const { terminal, said, listen, press } = world();
    terminal.take();
    press(typed('a'));
    press({ name: 'c', text: '', ctrl: true });
    press({ name: 'z', text: '', ctrl: true });
    press(typed('b'));
    terminal.open(listen('view'));
    expect(said).toEqual(['open', 'interrupt', 'suspend']);
    terminal.catchUp();
    expect(said.slice(3)).toEqual(['view a', 'view b']);
  });

  it('tells everybody that no more keys come', () => {
    const { terminal, said, listen, listeners } = world();
    terminal.open(listen('first'));
    listeners()?.onEnd?.();
    terminal.close();
    terminal.open(listen('second'));
    expect(said).toEqual(['open', 'first ended', 'second ended']);
  });
});
