import { newestRevision, type RunState } from '../../../coordination/state.js';
import type { RunEvent } from '../../../protocol.js';
import type { AnswerReport } from '../report.js';
import { inSeconds } from './call-times.js';

/** Follows the answers, each revision with its own text. */
export interface AnswerDigest {
  readonly take: (event: RunEvent) => void;
  readonly answers: (state: RunState) => readonly AnswerReport[];
}

export function createAnswerDigest(): AnswerDigest {
  const accepted: { readonly report: Omit<AnswerReport, 'current'>; readonly rev: number }[] = [];
  return {
    take: (event) => {
      if (event.type !== 'answer-accept') return;
      const { label, agent, text, rev, t } = event;
      accepted.push({ report: { label, agent, seconds: inSeconds(t), text }, rev });
    },
    answers: ({ agents }) =>
      accepted.map(({ report, rev }) => {
        const agent = agents[report.agent];
        return { ...report, current: agent !== undefined && newestRevision(agent)?.rev === rev };
      }),
  };
}
