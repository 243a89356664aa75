import type { AgentId, RunEvent } from '../../protocol.js';
import { maskedText } from './agent-status.js';
import { folderOf, type TurnRecord } from './turn-record.js';

/** The texts of agent_outputs/<id>.txt as they grow: what an agent streams, and marks of what it did. */
export interface AgentOutputs {
  readonly take: (record: TurnRecord, event: RunEvent) => void;
  /** What has been added since the last time, by file name. */
  readonly drain: (record: TurnRecord) => readonly (readonly [file: string, text: string])[];
}

interface Output {
  text: string;
  inLine: boolean;
}

const TURNS = { answer: 'first answer', vote: 'reads the answers', solo: 'answers', present: 'final presentation', evaluate: 'checks the final answer' } as const;

function markOf(event: RunEvent): readonly [agent: AgentId, mark: string] | undefined {
  switch (event.type) {
    case 'turn-start':
      return [event.agent, `🔄 turn ${event.turn}: ${TURNS[event.kind]}`];
    case 'answer-accept':
      return [event.agent, `✨ NEW ANSWER: ${event.label}`];
    case 'answer-reject':
      return [event.agent, `⚠️ reply not taken (${event.reason})`];
    case 'vote-cast':
      return [event.agent, `🗳️ VOTE: ${event.label} (${event.target}): ${event.reason}`];
    case 'vote-abstain':
      return [event.agent, `⚪ abstains: ${event.why}`];
    case 'retry-wait':
      return [event.agent, `⏳ attempt ${event.attempt} failed: ${maskedText(event.error.message)}`];
    case 'conversation-compact':
      return [event.agent, `✂️ conversation shortened from ${event.from} to ${event.to} characters`];
    case 'agent-fail':
      return [event.agent, `❌ failed: ${maskedText(event.error.message)}`];
    case 'draft-discard':
      return [event.agent, '🗑️ what it had written is withdrawn'];
    case 'provider-tool':
      return [event.agent, event.status === 'start' ? `🔧 Calling ${event.name}(${event.detail ?? ''})` : `✅ ${event.name} completed${event.detail === undefined ? '' : `: ${event.detail}`}`];
    case 'tool-start':
      return [event.agent, `🔧 Calling ${event.name}`];
    case 'tool-end':
      return [event.agent, event.status === 'ok' ? `✅ ${event.name} completed` : `❌ ${event.name} ${event.status}: ${maskedText(event.text).slice(0, 500)}`];
    case 'answer-final':
      return [event.agent, `🎯 FINAL ANSWER: ${event.label}`];
    default:
      return undefined;
  }
}

export function createAgentOutputs(): AgentOutputs {
  const outputs = new Map<AgentId, Output>();
  const append = (output: Output, text: string): void => {
    output.text += text;
    output.inLine = !text.endsWith('\n');
  };
  const addLine = (output: Output, line: string): void => {
    append(output, `${output.inLine ? '\n' : ''}${line}\n`);
  };
  const take = (record: TurnRecord, event: RunEvent): void => {
    if (event.type === 'text-delta') {
      const output = outputs.get(event.agent);
      if (output !== undefined && event.text !== '') append(output, event.text);
      return;
    }
    if (event.type === 'run-start') for (const { id } of event.agents) outputs.set(id, { text: `=== ${id.toUpperCase()} OUTPUT LOG ===\n\n`, inLine: false });
    if (event.type === 'run-end') for (const output of outputs.values()) addLine(output, `=== SESSION ENDED at ${record.clock.dateTime(event.at)} ===`);
    const mark = markOf(event);
    const output = mark === undefined ? undefined : outputs.get(mark[0]);
    if (mark !== undefined && output !== undefined) addLine(output, `[${record.clock.time(event.at)}] ${mark[1]}`);
  };
  const drain: AgentOutputs['drain'] = (record) =>
    [...outputs].flatMap(([agent, output]) => {
      if (output.text === '') return [];
      const { text } = output;
      output.text = '';
      return [[`agent_outputs/${folderOf(record, agent)}.txt`, text] as const];
    });
  return { take, drain };
}
