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

const nameOf = ({ name, shift }: Press, typed: string): string => {
  if (name === undefined || (typed !== '' && shift === true)) return typed;
  return name === 'tab' && shift === true ? 'backtab' : name;
};

function toKey(text: string | undefined, press: Press): Key {
  const { ctrl = false, meta = false } = press;
  const typed = text !== undefined && !ctrl && !meta && !CONTROL.test(text) ? text : '';
  return { name: nameOf(press, typed), text: typed, ...(ctrl ? { ctrl } : {}), ...(meta ? { meta } : {}) };
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
