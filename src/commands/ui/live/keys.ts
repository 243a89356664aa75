/** A key press: `name` as Node's readline has it, `text` what it types, if anything. `paste` is text that was pasted, in one piece. */
export interface Key {
  readonly name: string;
  readonly text: string;
  readonly ctrl?: boolean;
  /** With Alt, or after Esc. */
  readonly meta?: boolean;
  readonly paste?: boolean;
}

export interface KeyHelp {
  readonly keys: string;
  readonly does: string;
  /** In the line at the bottom; null keeps it to the help. */
  readonly brief: string | null;
  /** Only while a run can be steered. */
  readonly live?: true;
  /** Only where there is nothing to steer. */
  readonly over?: true;
}

/** The keys that mean something. */
export const keysFor = (steers: boolean): readonly KeyHelp[] => KEY_HELP.filter(({ live, over }) => (steers ? over !== true : live !== true));

/** Every key there is, once: the help and the line at the bottom are made of this. */
const KEY_HELP: readonly KeyHelp[] = [
  { keys: '1-9, Tab', does: 'show one agent with all it has said; again or Esc: back', brief: '1-9 agent' },
  { keys: 'arrows, PgUp, PgDn', does: 'scroll; Home and End jump', brief: null },
  { keys: 'v', does: 'votes with their reasons', brief: 'v votes' },
  { keys: 'a', does: 'answers side by side', brief: 'a answers' },
  { keys: 't', does: 'timeline', brief: 't timeline' },
  { keys: 'c', does: 'tokens and cost by agent', brief: 'c cost' },
  { keys: 'q, Ctrl-C', does: 'stop the run and keep its best answer; Ctrl-C twice leaves at once', brief: 'q stop', live: true },
  { keys: 'q, Ctrl-C', does: 'leave', brief: 'q leave', over: true },
  { keys: 'Enter, i', does: 'write a message to all agents; they hear it before their next call', brief: 'Enter message', live: true },
  { keys: '/', does: 'a command: /votes, /answers, /cost, /timeline, /status, /cancel; //word says "/word"', brief: null, live: true },
  { keys: 'f', does: 'answer now: end the discussion, present what is there', brief: 'f answer now', live: true },
  { keys: 'x', does: 'stop the agent that is shown', brief: 'x stop agent', live: true },
  { keys: 's', does: 'system: session, settings, limits', brief: 's system' },
  { keys: 'p', does: 'pause the output, not the run; again: go on', brief: 'p pause' },
  { keys: 'l', does: 'open the log directory', brief: 'l log' },
  { keys: 'Ctrl-Z', does: 'suspend; fg goes on', brief: null },
  { keys: '?', does: 'this help', brief: '? help' },
];
