import type { AgentReport, SessionReport, TurnReport } from '../../orchestrator/index.js';
import { escapeHtml as safe, shorten } from './logs-escape.js';
import { countText, durationText, moneyText, offsetText } from './logs-format.js';
import { HTML_STYLE } from './logs-html-style.js';
import { voteText } from './logs-show-text.js';
import { timelineSvg } from './logs-svg-timeline.js';
import { votesSvg } from './logs-svg-votes.js';

const TITLE = 80;

/** Cells are HTML already. `kind` is a class of the row. */
interface Row {
  readonly cells: readonly string[];
  readonly kind?: string;
}

const cell = (content: string): string => (/^[\d,.$+-]+(?: (?:ms|s|min|h))?$/u.test(content) ? `<td class="number">${content}</td>` : `<td>${content}</td>`);

function table(head: readonly string[], rows: readonly Row[]): string {
  const body = rows.map(({ cells, kind }) => `<tr${kind === undefined ? '' : ` class="${kind}"`}>${cells.map(cell).join('')}</tr>`).join('\n');
  return `<div class="scroll"><table>\n<tr>${head.map((each) => `<th>${each}</th>`).join('')}</tr>\n${body}\n</table></div>`;
}

const section = (title: string, content: string): string => (content === '' ? '' : `<h3>${title}</h3>\n${content}\n`);
const list = (items: readonly string[]): string => (items.length === 0 ? '' : `<ul>${items.map((item) => `<li>${safe(item)}</li>`).join('')}</ul>`);

function facts(turn: TurnReport): string {
  const status = `<span class="${safe(turn.status)}">${safe(turn.status)}</span>${turn.error === null ? '' : `: ${safe(turn.error)}`}`;
  const rows: readonly (readonly [string, string])[] = [
    ['status', status],
    ['winner', `${safe(turn.winner ?? '-')}${turn.vote_results === null ? '' : ` (${safe(voteText(turn))})`}`],
    ['started', safe(turn.started_at ?? '-')],
    ['took', `${durationText(turn.duration_seconds)}${turn.attempts > 1 ? `, ${String(turn.attempts)} attempts` : ''}`],
    ['cost', `${moneyText(turn.cost)}; ${countText(turn.totals.total_tokens)} tokens, ${countText(turn.totals.input_tokens)} in and ${countText(turn.totals.output_tokens)} out`],
    ...(turn.written_by === null ? [] : [['written by', safe(turn.written_by)] as const]),
  ];
  return `<table>\n${rows.map(([name, value]) => `<tr><th>${name}</th><td>${value}</td></tr>`).join('\n')}\n</table>`;
}

const agentRow = (agent: AgentReport): Row => ({
  cells: [
    `${safe(agent.agent)}${agent.winner ? ' (winner)' : ''}`,
    safe(`${agent.backend ?? '-'} ${agent.model ?? ''}`),
    `<span class="${agent.state}">${agent.state}</span>${agent.error === null ? '' : `: ${safe(agent.error)}`}`,
    ...[agent.answers, agent.votes, agent.calls, agent.retries].map(String),
    durationText(agent.call_seconds),
    ...[agent.input_tokens, agent.output_tokens].map(countText),
    moneyText(agent.cost),
  ],
});

function votesPart(turn: TurnReport): string {
  if (turn.votes.length === 0) return '';
  const rows = turn.votes.map((vote): Row => ({
    cells: [offsetText(vote.seconds), safe(vote.voter), vote.target === null ? '(abstains)' : safe(`${vote.target}${vote.label === null ? '' : ` (${vote.label})`}`), vote.standing, safe(vote.reason)],
    ...(vote.standing === 'superseded' ? { kind: 'superseded' } : {}),
  }));
  return `${votesSvg(turn)}\n${table(['at', 'voter', 'for', 'standing', 'reason'], rows)}`;
}

function answersPart({ answers }: TurnReport): string {
  return answers.map(({ label, agent, seconds, current, text }) => `<details><summary>${safe(label)} by ${safe(agent)} ${offsetText(seconds)}${current ? '' : ', superseded'}</summary>\n<pre>${safe(text)}</pre>\n</details>`).join('\n');
}

function turnPart(turn: TurnReport, count: number): string {
  const { final_answer: final } = turn;
  const timeline = turn.timeline.map(({ seconds, agent, text }): Row => ({ cells: [offsetText(seconds), safe(agent ?? ''), safe(text)] }));
  const errors = turn.errors.map(({ seconds, agent, kind, message }): Row => ({ cells: [offsetText(seconds), safe(agent ?? ''), kind, safe(message)] }));
  return [
    count > 1 ? `<h2>Turn ${String(turn.turn)}</h2>\n` : '',
    `<pre class="question">${safe(turn.question ?? '(missing)')}</pre>\n`,
    `${facts(turn)}\n`,
    section(final === null ? 'Final answer' : `Final answer of ${safe(final.agent)}`, final === null ? '<p>There is none.</p>' : `<pre class="final">${safe(final.text)}</pre>${final.marks.length === 0 ? '' : `<p class="legend">${safe(final.marks.join(', '))}</p>`}`),
    section('Timeline', turn.agents.length === 0 ? '' : `${timelineSvg(turn)}\n<p class="legend">Bars are rounds: first answers, votes, presentation. Circles are answers, diamonds votes, crosses failures, the ring is the final answer.</p>`),
    section('Votes', votesPart(turn)),
    section('Agents', turn.per_agent.length === 0 ? '' : table(['agent', 'backend, model', 'state', 'answers', 'votes', 'calls', 'retries', 'in calls', 'tokens in', 'out', 'cost'], turn.per_agent.map(agentRow))),
    section('Answers', answersPart(turn)),
    section('Errors', errors.length === 0 ? '' : table(['at', 'who', 'kind', 'what'], errors)),
    section('What happened', timeline.length === 0 ? '' : `<details><summary>${String(timeline.length)} entries</summary>\n${table(['at', 'who', 'what'], timeline)}\n</details>`),
    section('Missing', list(turn.missing)),
    section('Problems', list(turn.problems.map(({ message }) => message))),
  ].join('');
}

/** A session as one HTML file that needs nothing else and runs nothing: foreign text is escaped, and a policy forbids scripts and requests. */
export function toHtml(session: SessionReport): string {
  const title = safe(shorten(session.turns.at(-1)?.question ?? session.id, TITLE)).replaceAll('\n', ' ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${HTML_STYLE}</style>
</head>
<body>
<h1>${safe(session.id)}</h1>
${session.turns.map((turn) => turnPart(turn, session.turn_count)).join('\n')}
</body>
</html>
`;
}
