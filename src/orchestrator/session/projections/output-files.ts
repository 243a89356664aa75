import { agentList } from '../../coordination/state.js';
import { agentWord, type StatusWord } from './agent-status.js';
import { folderOf, type DerivedFile, type EventOf, type TurnRecord } from './turn-record.js';

const RULE = '='.repeat(60);

/** agent_outputs/final_presentation_<id>.txt: the answer that was delivered, framed as MassGen's scripts expect it. */
export const finalPresentation = (record: TurnRecord, { agent, at, text }: EventOf<'answer-final'>): DerivedFile => ({
  path: `agent_outputs/final_presentation_${folderOf(record, agent)}.txt`,
  text: `=== FINAL PRESENTATION FROM ${agent.toUpperCase()} ===\nGenerated at: ${record.clock.dateTime(at)}\n${RULE}\n${text}\n${RULE}\nEnd of Final Presentation\n`,
});

const SIGNS: Readonly<Record<StatusWord, string>> = { waiting: '⏳', streaming: '🔄', answered: '✅', voted: '🗳️', restarting: '🔁', error: '❌', timeout: '⏰', cancelled: '🛑', completed: '✅' };

/** Said of the table's columns rather than of what happened. */
const QUIET: ReadonlySet<string> = new Set(['status_change', 'context_received']);

/** Most have only single blanks. */
const oneLine = (text: string): string => (/[^\S ]|\s{2}/u.test(text) ? text.replace(/\s+/gu, ' ') : text);

function bullets({ timeline, clock }: TurnRecord): readonly string[] {
  let [second, time] = [NaN, ''];
  const lines: string[] = [];
  for (const { timestamp, event_type: type, agent_id: agent, details } of timeline) {
    if (QUIET.has(type)) continue;
    if (Math.floor(timestamp) !== second) [second, time] = [Math.floor(timestamp), clock.time(new Date(timestamp * 1000).toISOString())];
    lines.push(`  • [${time}] ${agent === null ? '' : `${agent}: `}${oneLine(details)}`);
  }
  return lines;
}

/** agent_outputs/system_status.txt: how many agents are at what, and what happened. */
export function systemStatus(record: TurnRecord): DerivedFile {
  const counts = new Map<StatusWord, number>();
  for (const agent of agentList(record.state)) {
    const word = agentWord(record, agent);
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const shown = [...counts].map(([word, count]) => `${SIGNS[word]} ${word[0]?.toUpperCase() ?? ''}${word.slice(1)}: ${count}`).join(' | ');
  return { path: 'agent_outputs/system_status.txt', text: ['=== SYSTEM STATUS LOG ===', '', `📊 Agent Status: ${shown}`, '', '📋 Orchestrator Events:', ...bullets(record), ''].join('\n') };
}
