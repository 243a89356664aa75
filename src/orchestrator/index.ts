export { fold, isFact } from './coordination/fold.js';
export { EMPTY, agentList, answerLabel, candidates, liveAgents, newestRevision, type AgentState, type RunState, type TurnState } from './coordination/state.js';
export { streamRun, type StreamDeps } from './engine/stream-run.js';
export type { RunStart } from './engine/run-engine.js';
export { toResult, type AnswerRecord, type RunPlace, type RunResult, type VoteResults } from './result.js';
export { openSessionLog, type SessionLog } from './session/session-log.js';
export type * from './protocol.js';
