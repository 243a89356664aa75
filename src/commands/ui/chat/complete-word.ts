import type { Completion, Menu, PromptState } from './prompt-state.js';

function commonStart(items: readonly string[]): string {
  const [first = ''] = items;
  let length = first.length;
  for (const item of items) while (!item.startsWith(first.slice(0, length))) length -= 1;
  return first.slice(0, length);
}

const put = ({ draft }: PromptState, from: number, word: string): PromptState['draft'] => ({ before: draft.before.slice(0, from) + word, after: draft.after });

function chosen(state: PromptState, menu: Menu, step: number): PromptState {
  const count = menu.items.length;
  const at = menu.at === null ? (step > 0 ? 0 : count - 1) : (menu.at + step + count) % count;
  return { ...state, draft: put(state, menu.from, menu.items[at] ?? ''), menu: { ...menu, at } };
}

/** The line after Tab: the word completed, as far as it can only be one thing; again, one of the ways after the other. */
export function completeWord(state: PromptState, step: number, complete: (before: string) => Completion | undefined): PromptState {
  if (state.menu !== null) return chosen(state, state.menu, step);
  const found = complete(state.draft.before);
  if (found === undefined || found.items.length === 0) return { ...state, hint: found === undefined ? null : 'nothing begins like that' };
  const [only = '', ...others] = found.items;
  if (others.length === 0) return { ...state, draft: put(state, found.from, only) };
  const common = commonStart(found.items);
  const typed = state.draft.before.slice(found.from);
  return { ...state, draft: common.length > typed.length ? put(state, found.from, common) : state.draft, menu: { items: found.items, at: null, from: found.from } };
}
