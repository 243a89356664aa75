import type { AgentState, RunState, TurnState } from './state.js';

/**
 * States are never changed: these give another one, with some fields new. Each names every field, because to V8 in Node 20 what is made by
 * spreading one object into another is of another kind at every place that does so, and all that reads it is slow (docs/decisions/0014).
 */
export const stateWith = (state: RunState, change: Partial<RunState>): RunState =>
  Object.assign<RunState, Partial<RunState>>(
    {
      phase: state.phase,
      session: state.session,
      task: state.task,
      history: state.history,
      settings: state.settings,
      request: state.request,
      fence: state.fence,
      order: state.order,
      agents: state.agents,
      heads: state.heads,
      attempt: state.attempt,
      attemptAt: state.attemptAt,
      patienceOver: state.patienceOver,
      stop: state.stop,
      stopError: state.stopError,
      messages: state.messages,
      asked: state.asked,
      broke: state.broke,
      runTimeUp: state.runTimeUp,
      feedback: state.feedback,
      selection: state.selection,
      previousWinner: state.previousWinner,
      presented: state.presented,
      marks: state.marks,
      evaluated: state.evaluated,
      spent: state.spent,
      final: state.final,
      ending: state.ending,
    },
    change,
  );

export const agentWith = (agent: AgentState, change: Partial<AgentState>): AgentState =>
  Object.assign<AgentState, Partial<AgentState>>(
    {
      info: agent.info,
      revisions: agent.revisions,
      ballot: agent.ballot,
      abstentions: agent.abstentions,
      turns: agent.turns,
      calls: agent.calls,
      turn: agent.turn,
      firstTurn: agent.firstTurn,
      failed: agent.failed,
      conversation: agent.conversation,
      seen: agent.seen,
      heard: agent.heard,
      room: agent.room,
      draft: agent.draft,
      offers: agent.offers,
      told: agent.told,
      trouble: agent.trouble,
      timedOut: agent.timedOut,
    },
    change,
  );

export const turnWith = (turn: TurnState, change: Partial<TurnState>): TurnState =>
  Object.assign<TurnState, Partial<TurnState>>(
    {
      turn: turn.turn,
      kind: turn.kind,
      startedAt: turn.startedAt,
      seen: turn.seen,
      fresh: turn.fresh,
      calls: turn.calls,
      rejects: turn.rejects,
      attempt: turn.attempt,
      running: turn.running,
      retryAt: turn.retryAt,
      rejectMessage: turn.rejectMessage,
      spoken: turn.spoken,
      timedOut: turn.timedOut,
      reply: turn.reply,
      toolRounds: turn.toolRounds,
      said: turn.said,
    },
    change,
  );
