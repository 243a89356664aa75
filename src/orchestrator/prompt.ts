/** A piece of a prompt: literal text, or a reference to something the log already holds. */
export type PromptPart =
  | string
  | { readonly ref: 'task' }
  | { readonly ref: 'history' }
  | { readonly ref: 'instructions' }
  /** The caller's instructions, its tools in words, and what has been said since the task. */
  | { readonly ref: 'caller' | 'tools' | 'trail' }
  | { readonly ref: 'answer'; readonly agent: string; readonly rev: number }
  /** The agent's own tools, by the place of their offer among its offers, from 0. */
  | { readonly ref: 'own-tools'; readonly offer: number }
  /** What the user said during the run, by its place among such messages, from 0. */
  | { readonly ref: 'message'; readonly index: number }
  /** What would be delivered: the presentation, else the winner's answer. */
  | { readonly ref: 'final' };

/** `history` and `trail` stand for the messages themselves, each in its own role. */
export type PromptMessage =
  | { readonly role: 'history' | 'trail'; readonly parts: readonly PromptPart[] }
  | { readonly role: 'system' | 'user'; readonly parts: readonly PromptPart[] }
  | { readonly role: 'tool'; readonly callId: string; readonly name: string; readonly parts: readonly PromptPart[] };
