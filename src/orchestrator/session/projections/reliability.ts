import { unixSeconds } from './log-clock.js';
import { callOf, preview, type RoundRecord } from './turn-record.js';

const BUFFER_PREVIEW = 500;
/** Broken replies that end a round. */
const MAX_ATTEMPTS = 3;

/** Replies of an agent that could not be taken, null when there were none. */
export function reliabilityOf(rounds: readonly RoundRecord[]): Readonly<Record<string, unknown>> | null {
  const attempts = rounds.flatMap((round) =>
    round.rejections.map(({ call, reason, message, at }, index) => {
      const said = callOf(round, call);
      const buffer = said?.text ?? '';
      return {
        round: round.round,
        attempt: index + 1,
        max_attempts: MAX_ATTEMPTS,
        reason,
        tool_calls: said?.toolCalls.map(({ name }) => name) ?? [],
        error_message: message,
        buffer_preview: preview(buffer, BUFFER_PREVIEW),
        buffer_chars: buffer.length,
        timestamp: unixSeconds(at),
      };
    }),
  );
  if (attempts.length === 0) return null;
  const numbers = [...new Set(attempts.map(({ round }) => round))];
  return {
    enforcement_attempts: attempts,
    by_round: Object.fromEntries(numbers.map((number) => {
      const reasons = attempts.filter(({ round }) => round === number).map(({ reason }) => reason);
      return [String(number), { count: reasons.length, reasons }];
    })),
    unknown_tools: [...new Set(attempts.filter(({ reason }) => reason === 'no_workflow_tool').flatMap(({ tool_calls }) => tool_calls))],
    workflow_errors: attempts.map(({ error_message }) => error_message),
    total_enforcement_retries: attempts.length,
    total_buffer_chars_lost: attempts.reduce((sum, { buffer_chars }) => sum + buffer_chars, 0),
    outcome: rounds.some(({ rejections, outcome }) => rejections.length > 0 && (outcome === 'nothing' || outcome === 'abstain' || outcome === 'failed')) ? 'failed' : 'ok',
  };
}
