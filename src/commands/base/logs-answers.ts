import { MassgenError } from '../../errors.js';
import type { AnswerReport, FinalAnswer, SessionReport, TurnReport } from '../../orchestrator/index.js';

/** The answer with a label, or the final one; undefined when there is no final answer. Throws `usage-invalid` for a label that the turn does not have. */
export function pickAnswer({ id }: Pick<SessionReport, 'id'>, turn: TurnReport, label: string | undefined): AnswerReport | FinalAnswer | undefined {
  const { final_answer: final, answers } = turn;
  if (label === undefined || label === 'final' || label === final?.label) return final ?? undefined;
  const found = answers.find((answer) => answer.label === label);
  if (found !== undefined) return found;
  const labels = [...answers.map((answer) => answer.label), ...(final === null ? [] : [final.label])];
  throw new MassgenError('usage-invalid', `turn ${String(turn.turn)} of ${id} has no answer "${label}"; it has ${labels.length === 0 ? 'none' : labels.join(', ')}`);
}
