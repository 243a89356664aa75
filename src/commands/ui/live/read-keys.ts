import type { Key } from './keys.js';

/** A key press as Node's readline tells it. */
export interface Press {
  readonly name?: string | undefined;
  readonly ctrl?: boolean;
  readonly shift?: boolean;
  readonly meta?: boolean;
  readonly sequence?: string;
}

const CONTROL = /[\u0000-\u001f\u007f]/u;

function toKey(text: string | undefined, { name, ctrl = false, shift = false, meta = false }: Press): Key {
  const typed = text !== undefined && !ctrl && !meta && !CONTROL.test(text) ? text : '';
  const tab = name === 'tab' && shift ? 'backtab' : name;
  return { name: typed === '' || tab === undefined ? (tab ?? typed) : shift ? typed : tab, text: typed, ...(ctrl ? { ctrl } : {}) };
}

/** Key presses as keys; what is pasted comes as one piece of text. */
export function keyReader(onKey: (key: Key) => void): (text: string | undefined, press: Press) => void {
  let pasted: string | null = null;
  return (text, press) => {
    if (press.name === 'paste-start') pasted = '';
    else if (press.name === 'paste-end') {
      if (pasted !== null) onKey({ name: 'paste', text: pasted, paste: true });
      pasted = null;
    } else if (pasted !== null) pasted += text ?? press.sequence ?? '';
    else onKey(toKey(text, press));
  };
}
