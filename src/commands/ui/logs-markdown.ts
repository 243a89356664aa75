import type { SessionReport, TurnReport, VoteReport } from '../../orchestrator/index.js';
import { countText, durationText, moneyText, offsetText, oneLine } from './logs-format.js';
import { voteText } from './logs-show-text.js';
import { safeText } from './safe-text.js';

// What could be read as markup, or end a table's cell.
const inline = (text: string): string => oneLine(text).replace(/[\\`*_{}[\]<>()#+!|~&$]/gu, '\\$&');

/** A text word for word, inside a fence that it cannot close. */
function fenced(text: string): readonly string[] {
  const longest = Math.max(2, ...[...text.matchAll(/`+/gu)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}text`, ...safeText(text).trimEnd().split('\n'), fence];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}

const section = (title: string, lines: readonly string[]): readonly string[] => (lines.length === 0 ? [] : [`### ${title}`, '', ...lines, '']);
const voteRow = (vote: VoteReport): readonly string[] => [offsetText(vote.seconds), inline(vote.voter), vote.target === null ? '(abstains)' : inline(`${vote.target} (${vote.label ?? ''})`), vote.standing, inline(vote.reason)];

function factLines(turn: TurnReport): readonly string[] {
  const facts: readonly (readonly [string, string])[] = [
    ['status', `${turn.status}${turn.error === null ? '' : `: ${turn.error}`}`],
    ['winner', `${turn.winner ?? '-'}${turn.vote_results === null ? '' : ` (${voteText(turn)})`}`],
    ['started', turn.started_at ?? '-'],
    ['duration', durationText(turn.duration_seconds)],
    ['cost', moneyText(turn.cost)],
    ['tokens', `${countText(turn.totals.total_tokens)} (${countText(turn.totals.input_tokens)} in, ${countText(turn.totals.output_tokens)} out)`],
  ];
  return table(['', ''], facts.map(([name, value]) => [name, inline(value)]));
}

function votesAndAgents(turn: TurnReport): readonly string[] {
  const agents = turn.per_agent.map((agent) => [inline(agent.agent), inline(`${agent.backend ?? '-'} ${agent.model ?? ''}`), agent.state, ...[agent.answers, agent.votes, agent.calls, agent.input_tokens, agent.output_tokens].map(String), moneyText(agent.cost)]);
  return [
    ...section('Votes', turn.votes.length === 0 ? [] : table(['at', 'voter', 'for', 'standing', 'reason'], turn.votes.map(voteRow))),
    ...section('Agents', agents.length === 0 ? [] : table(['agent', 'backend, model', 'state', 'answers', 'votes', 'calls', 'tokens in', 'out', 'cost'], agents)),
  ];
}

function turnLines(turn: TurnReport): readonly string[] {
  const { final_answer: final, errors } = turn;
  return [
    `## Turn ${String(turn.turn)}`,
    '',
    ...section('Question', fenced(turn.question ?? '(missing)')),
    ...section('Facts', factLines(turn)),
    ...section(final === null ? 'Final answer' : `Final answer (${inline(final.agent)})`, final === null ? ['none'] : fenced(final.text)),
    ...votesAndAgents(turn),
    ...section('Answers', turn.answers.flatMap(({ label, agent, text, current }) => [`${inline(label)} by ${inline(agent)}${current ? '' : ', superseded'}:`, '', ...fenced(text), ''])),
    ...section('Timeline', turn.timeline.length === 0 ? [] : table(['at', 'who', 'what'], turn.timeline.map(({ seconds, agent, text }) => [offsetText(seconds), inline(agent ?? ''), inline(text)]))),
    ...section('Errors', errors.map(({ seconds, agent, kind, message }) => `- ${offsetText(seconds)} ${inline(agent ?? '')} ${kind}: ${inline(message)}`)),
    ...section('Missing', turn.missing.map((name) => `- ${inline(name)}`)),
    ...section('Problems', turn.problems.map(({ message }) => `- ${inline(message)}`)),
  ];
}

/** A session as a Markdown document. Texts of models are fenced or escaped: they are shown, never rendered. */
export function toMarkdown(session: SessionReport): string {
  return `${[`# ${inline(session.id)}`, '', ...session.turns.flatMap(turnLines)].join('\n').trimEnd()}\n`;
}
