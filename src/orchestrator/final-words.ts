import type { Fact, FinalMark } from './protocol.js';

/** What a final answer's source is called, wherever people read it. */
export const FINAL_SOURCES: Readonly<Record<Extract<Fact, { type: 'answer-final' }>['source'], string>> = {
  winner: 'the winning answer as it stands',
  presentation: 'presented by the winner',
  synthesis: 'combined from all answers',
  solo: 'the only agent',
  draft: 'an unfinished draft',
};

/** What a mark of a final answer says, wherever people read it. */
export const FINAL_MARKS: Readonly<Record<FinalMark, string>> = {
  'time-limit': 'the time limit was reached',
  budget: 'the budget was reached',
  cancelled: 'the run was interrupted',
  draft: 'nobody had finished an answer',
  'presentation-failed': 'the presentation failed, so this is the stored answer',
  truncated: 'the answer was cut off at the token limit',
};

/** What came of checking the final answer. A reason to let it pass is why it was not checked. */
export function evaluationWords({ verdict, reason }: Pick<Extract<Fact, { type: 'evaluation-end' }>, 'verdict' | 'reason'>): string {
  if (verdict === 'restart') return `asks for another attempt: ${reason}`;
  return reason === '' ? 'approves the final answer' : `leaves the final answer as it is, ${reason}`;
}
