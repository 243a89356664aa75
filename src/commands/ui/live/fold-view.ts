import { TOOL_ENDINGS, argumentsOfTool, fold, type AgentId, type RunEvent } from '../../../orchestrator/index.js';
import { usesTool } from '../plain-lines.js';
import { safeText } from '../safe-text.js';
import { entriesOf } from './entries.js';
import { append } from './scroll.js';
import { NEW_AGENT, viewOf, type AgentView, type ViewState } from './view-state.js';

/** Entries that are kept; a run has a few dozen, one that never ends more. */
const KEPT = 2000;

const KINDS = { answer: 'first answer', vote: 'vote or improve', solo: 'answer', present: 'final answer', evaluate: 'check of the final answer' } as const;

type EventOf<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>;

const withAgent = (view: ViewState, id: AgentId, change: Partial<AgentView>): ViewState => ({ ...view, agents: { ...view.agents, [id]: { ...viewOf(view, id), ...change } } });

const noted = (view: ViewState, id: AgentId, text: string, change: Partial<AgentView> = {}): ViewState =>
  withAgent(view, id, { ...change, scroll: append(viewOf(view, id).scroll, 'note', safeText(text)) });

function heard(view: ViewState, event: EventOf<'text-delta' | 'reasoning-delta'>): ViewState {
  const { scroll, written } = viewOf(view, event.agent);
  const text = safeText(event.text);
  return withAgent(view, event.agent, { scroll: append(scroll, event.type === 'text-delta' ? 'text' : 'thinking', text), written: written + text.length, heardAt: event.t });
}

function callEnd(view: ViewState, event: EventOf<'call-end'>): ViewState {
  const { usage: before, costMicros, costKnown, estimated } = viewOf(view, event.agent);
  const { usage } = event;
  return withAgent(view, event.agent, {
    usage: {
      inputTokens: before.inputTokens + usage.inputTokens,
      outputTokens: before.outputTokens + usage.outputTokens,
      cachedInputTokens: before.cachedInputTokens + (usage.cachedInputTokens ?? 0),
      reasoningTokens: before.reasoningTokens + (usage.reasoningTokens ?? 0),
    },
    costMicros: costMicros + (event.costMicros ?? 0),
    costKnown: costKnown && event.costMicros !== null,
    estimated: estimated || (event.usageSource === 'estimated' && usage.inputTokens + usage.outputTokens > 0),
    tool: null,
    heardAt: event.t,
  });
}

function voted(view: ViewState, event: EventOf<'vote-cast'>): ViewState {
  const { agent, target, label, seen } = event;
  const reason = safeText(event.reason);
  const vote = { voter: agent, target, label, reason, seen, attempt: view.run.attempt };
  return { ...noted(view, agent, `votes for ${target} (${label})${reason === '' ? '' : `: ${reason}`}`), votes: [...view.votes, vote].slice(-KEPT) };
}

function ofAgent(view: ViewState, event: RunEvent): ViewState {
  switch (event.type) {
    case 'text-delta':
    case 'reasoning-delta':
      return heard(view, event);
    case 'turn-start':
      return noted(view, event.agent, `turn ${event.turn}: ${KINDS[event.kind]}`, { trouble: null, tool: null, written: 0, heardAt: event.t });
    case 'call-start':
      return withAgent(view, event.agent, { calls: viewOf(view, event.agent).calls + 1, written: 0, heardAt: event.t, tool: null });
    case 'call-end':
      return callEnd(view, event);
    case 'provider-tool': {
      const tool = safeText(`${event.name}${event.detail === undefined ? '' : `: ${event.detail}`}`);
      return event.status === 'start' ? noted(view, event.agent, `uses ${tool}`, { tool, heardAt: event.t }) : withAgent(view, event.agent, { tool: null, heardAt: event.t });
    }
    case 'tool-start': {
      const tool = safeText(usesTool(event.name, argumentsOfTool(fold(view.run, event), event)));
      return noted(view, event.agent, tool, { tool: tool.replace(/^uses /u, ''), heardAt: event.t });
    }
    case 'tool-progress':
      return withAgent(view, event.agent, { tool: safeText(event.message), heardAt: event.t });
    case 'tool-end':
      return event.status === 'ok' ? withAgent(view, event.agent, { tool: null, heardAt: event.t }) : noted(view, event.agent, `${event.name} ${TOOL_ENDINGS[event.status]}: ${event.text.slice(0, 200)}`, { tool: null, heardAt: event.t });
    case 'retry-wait':
    case 'agent-fail':
      return noted(view, event.agent, event.error.message, { trouble: event.error.message });
    case 'conversation-compact':
      return noted(view, event.agent, 'the conversation was too long and is shortened', { trouble: null });
    case 'answer-reject':
      return noted(view, event.agent, `reply not taken: ${event.message}`, { trouble: event.message });
    case 'draft-discard':
      return noted(view, event.agent, 'withdrawn');
    case 'answer-accept':
      return noted(view, event.agent, `submitted as ${event.label}`);
    case 'vote-cast':
      return voted(view, event);
    case 'vote-abstain':
      return noted(view, event.agent, `abstains: ${event.why}`);
    default:
      return view;
  }
}

const begun = (view: ViewState, event: EventOf<'run-start'>): ViewState => ({ ...view, agents: Object.fromEntries(event.agents.map(({ id }) => [id, NEW_AGENT])), votes: [] });

/** What a screen shows after an event. Pure; an event that does not fit, such as one of an unknown agent, changes nothing but the time. */
export function foldView(view: ViewState, event: RunEvent): ViewState {
  const t = Math.max(view.t, event.t);
  const known = event.type === 'run-start' || !('agent' in event) || Object.hasOwn(view.run.agents, event.agent);
  if (!known) return { ...view, t };
  const told = event.type === 'run-start' ? begun(view, event) : ofAgent(view, event);
  const next = { ...told, run: fold(view.run, event), t };
  const entries = entriesOf(event, next.run);
  return entries.length === 0 ? next : { ...next, entries: [...view.entries, ...entries].slice(-KEPT) };
}
