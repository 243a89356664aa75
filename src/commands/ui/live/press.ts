import type { AgentId } from '../../../orchestrator/index.js';
import { safeText } from '../safe-text.js';
import { readSlash } from '../chat/slash-commands.js';
import { editDraft, tooMuch } from './edit-draft.js';
import type { Key } from './keys.js';
import { shownAgent } from './shown-agent.js';
import type { Panel, UiState } from './ui-state.js';
import type { ViewState } from './view-state.js';

/** What a key asks of the world outside the screen. */
export type Action = { readonly type: 'interrupt' | 'suspend' | 'answer-now' | 'open-log' } | { readonly type: 'stop-agent'; readonly agent: AgentId } | { readonly type: 'say'; readonly text: string };

export interface Pressed {
  readonly ui: UiState;
  readonly action?: Action;
}

export interface PressContext {
  readonly view: ViewState;
  /** How far the present panel can be scrolled. */
  readonly maxScroll: number;
  /** Whether the run takes messages and orders; a replay does not. */
  readonly steers: boolean;
}

const PANELS: Readonly<Record<string, Panel>> = { v: 'votes', a: 'answers', t: 'timeline', c: 'cost', s: 'system', '?': 'help', h: 'help' };
const PAGE = 10;
/** Panels that begin at their top; the others at their newest row. */
const FROM_TOP: ReadonlySet<Panel | null> = new Set<Panel | null>(['votes', 'answers', 'cost', 'system', 'help']);

const overview = (ui: UiState): UiState => ({ ...ui, focus: null, panel: null, scroll: 0 });

function focused(ui: UiState, agent: AgentId | undefined): UiState {
  if (agent === undefined) return { ...ui, hint: 'there is no such agent' };
  return ui.focus === agent && ui.panel === null ? overview(ui) : { ...ui, focus: agent, panel: null, scroll: 0 };
}

function nextFocus(ui: UiState, order: readonly AgentId[], step: number): UiState {
  const at = ui.focus === null ? (step > 0 ? -1 : order.length) : order.indexOf(ui.focus);
  return { ...ui, focus: order[at + step] ?? null, panel: null, scroll: 0 };
}

function scrolled(ui: UiState, name: string, maxScroll: number): UiState | null {
  const up = FROM_TOP.has(ui.panel) ? -1 : 1;
  const steps: Readonly<Record<string, number>> = { up, down: -up, pageup: up * PAGE, pagedown: -up * PAGE, home: up * Infinity, end: -up * Infinity };
  const step = Object.hasOwn(steps, name) ? steps[name] : undefined;
  return step === undefined ? null : { ...ui, scroll: Math.min(maxScroll, Math.max(0, ui.scroll + step)) };
}

/** What commands of a conversation show while the agents work. */
const SLASH_PANELS: Readonly<Record<string, Panel>> = { votes: 'votes', answers: 'answers', timeline: 'timeline', events: 'timeline', cost: 'cost', metrics: 'cost', help: 'help', status: 'system', config: 'system', context: 'system', agents: 'system', model: 'system' };

/** A line that was sent: a message to the agents, or a command. */
function sent(ui: UiState, text: string): Pressed {
  const read = text.startsWith('/') ? readSlash(text) : { type: 'question' as const, text };
  if (read.type === 'question') return { ui: { ...ui, draft: null, hint: 'queued for all agents' }, action: { type: 'say', text: read.text } };
  if (read.type === 'unknown') return { ui: { ...ui, hint: `there is no command /${read.name}; to say it to the agents write //${read.name}` } };
  const { name } = read.command;
  const panel = SLASH_PANELS[name];
  if (panel !== undefined) return { ui: { ...ui, draft: null, panel, scroll: 0 } };
  if (name === 'cancel' || name === 'quit') return { ui: { ...ui, draft: null, paused: false }, action: { type: 'interrupt' } };
  if (name === 'open') return { ui: { ...ui, draft: null }, action: { type: 'open-log' } };
  return { ui: { ...ui, draft: null, hint: `/${name} has to wait until the agents are done; /cancel stops them` } };
}

function writing(ui: UiState, key: Key): Pressed {
  const { draft } = ui;
  if (draft === null) return { ui };
  if (key.ctrl !== true && key.meta !== true && key.paste !== true && (key.name === 'return' || key.name === 'enter')) {
    const text = safeText(draft.before + draft.after).trim();
    return text === '' ? { ui: { ...ui, draft: null } } : sent(ui, text);
  }
  if (key.name === 'escape') return { ui: { ...ui, draft: null } };
  const written = { ...key, text: safeText(key.text) };
  return { ui: { ...ui, hint: tooMuch(draft, written), draft: editDraft(draft, written) } };
}

function steering(ui: UiState, key: Key, { view, steers }: PressContext): Pressed | null {
  if (!['i', '/', 'return', 'enter', 'f', 'x'].includes(key.name)) return null;
  if (!steers) return { ui: { ...ui, hint: 'this run is over: there is nobody to tell' } };
  if (key.name === 'f') return { ui: { ...ui, hint: 'answer now: as soon as there is one' }, action: { type: 'answer-now' } };
  if (key.name !== 'x') return { ui: { ...ui, draft: { before: key.name === '/' ? '/' : '', after: '' } } };
  const agent = ui.focus ?? (view.run.order.length === 1 ? shownAgent(view, ui) : null);
  if (agent === null) return { ui: { ...ui, hint: 'press its number first, then x' } };
  return { ui: { ...ui, hint: `stopping ${agent}` }, action: { type: 'stop-agent', agent } };
}

function command(ui: UiState, key: Key, context: PressContext): Pressed {
  const { order } = context.view.run;
  const panel = Object.hasOwn(PANELS, key.name) ? PANELS[key.name] : undefined;
  if (panel !== undefined) return { ui: ui.panel === panel ? overview(ui) : { ...ui, panel, scroll: 0 } };
  if (/^[1-9]$/u.test(key.name)) return { ui: focused(ui, order[Number(key.name) - 1]) };
  switch (key.name) {
    case 'tab':
    case 'backtab':
      return { ui: nextFocus(ui, order, key.name === 'tab' ? 1 : -1) };
    case 'escape':
      return { ui: overview(ui) };
    case 'p':
      return { ui: { ...ui, paused: !ui.paused } };
    case 'q':
      return { ui: { ...ui, paused: false }, action: { type: 'interrupt' } };
    case 'l':
      return { ui, action: { type: 'open-log' } };
    default:
      return steering(ui, key, context) ?? { ui: scrolled(ui, key.name, context.maxScroll) ?? ui };
  }
}

/** What a key press means. Pure. Pasted text is only ever text: outside the message line it does nothing. */
export function press(before: UiState, key: Key, context: PressContext): Pressed {
  const ui: UiState = { ...before, hint: null };
  if (key.ctrl === true && key.name === 'c') return { ui: { ...ui, paused: false }, action: { type: 'interrupt' } };
  if (key.ctrl === true && key.name === 'z') return { ui, action: { type: 'suspend' } };
  if (ui.draft !== null) return writing(ui, key);
  if (key.paste === true) return { ui: { ...ui, hint: context.steers ? 'press Enter before you paste a message' : null } };
  return key.ctrl === true ? { ui } : command(ui, key, context);
}

