import type { Message, ToolSpec } from '../../../backends/contract.js';
import { render } from '../../coordination/render.js';
import { agentOf, agentList, answerLabel, newestRevision, type RunState } from '../../coordination/state.js';
import { offersOwnTools } from '../../coordination/own-tools.js';
import { toolsOfCall } from '../../coordination/tools.js';
import type { AgentId, ToolSet } from '../../protocol.js';
import type { Quote } from '../quoted.js';
import { prettyAt, prettyMembers, type TurnRecord } from './turn-record.js';

interface Sent {
  readonly role: string;
  readonly content: string;
  readonly tool_calls?: readonly { readonly name: string; readonly arguments: string }[];
}

function sent(message: Message): Sent {
  switch (message.role) {
    case 'user':
      return { role: 'user', content: typeof message.content === 'string' ? message.content : message.content.map((part) => (part.type === 'text' ? part.text : `[${part.mediaType}]`)).join('\n') };
    case 'assistant':
      return { role: 'assistant', content: message.text, ...(message.toolCalls.length === 0 ? {} : { tool_calls: message.toolCalls.map(({ name, argumentsText }) => ({ name, arguments: argumentsText })) }) };
    default:
      return { role: message.role, content: message.text };
  }
}

/** What an agent's backend had been sent when it last spoke: its reply itself is left out. */
function conversationOf(state: RunState, agent: AgentId): readonly Sent[] {
  const { conversation } = agentOf(state, agent);
  const asked = conversation.at(-1)?.role === 'assistant' ? conversation.slice(0, -1) : conversation;
  return render(state, agent, asked).map(sent);
}

/** `pretty` of messages that stand in an object. */
function prettyMessages(messages: readonly Sent[], quote: Quote): string {
  const each = messages.map(({ role, content, tool_calls: calls }) =>
    prettyMembers('    ', [['role', quote(role)], ['content', quote(content)], ...(calls === undefined ? [] : [['tool_calls', prettyAt('      ', calls)] as const])]),
  );
  return each.length === 0 ? '[]' : `[\n    ${each.join(',\n    ')}\n  ]`;
}

const shownTool = ({ name, description, parameters }: ToolSpec): ToolSpec => ({ name, description, parameters });

/** `pretty` of the tools that an agent was offered. Those of a set are the same all through a run. */
function toolsText({ state, toolTexts }: TurnRecord, agent: AgentId, tools: ToolSet): string {
  if (offersOwnTools(agentOf(state, agent), 'answer')) return prettyAt('  ', toolsOfCall(state, { agent, tools, own: true }).map(shownTool));
  const text = toolTexts.get(tools) ?? prettyAt('  ', toolsOfCall(state, { agent, tools }).map(shownTool));
  toolTexts.set(tools, text);
  return text;
}

/** context.txt of an answer or a vote: the prompt as it was sent. `messages` is there when there was more than a system and a user message. */
export function stepContext(record: TurnRecord, agent: AgentId, tools: ToolSet): string {
  const { state, quote } = record;
  const messages = conversationOf(state, agent);
  return prettyMembers('', [
    ['system_message', quote(messages.find(({ role }) => role === 'system')?.content ?? '')],
    ['user_message', quote(messages.findLast(({ role }) => role === 'user')?.content ?? '')],
    ['tools', toolsText(record, agent, tools)],
    ...(messages.length > 2 ? [['messages', prettyMessages(messages, quote)] as const] : []),
  ]);
}

interface Cast {
  readonly voter: AgentId;
  readonly target: AgentId;
  readonly reason: string;
}

const castVotes = (state: RunState): readonly Cast[] => agentList(state).flatMap(({ info, ballot, failed }) => (ballot?.target == null || failed !== null ? [] : [{ voter: info.id, target: ballot.target, reason: ballot.reason }]));

/** Votes by the agent voted for, of those whom the count names. */
function voterDetails(votes: readonly Cast[], counts: Readonly<Record<AgentId, number>>): Readonly<Record<AgentId, unknown>> {
  const counted = Object.keys(counts);
  return Object.fromEntries(counted.map((agent) => [agent, votes.filter(({ target }) => target === agent).map(({ voter, reason }) => ({ voter, reason }))]));
}

/** context.txt of the final answer: what the presenter was sent, if it was asked, and how it came to be the one. */
export function finalContext({ state, newest, quote }: TurnRecord): string {
  const { selection, final } = state;
  const presented = final !== null && newest.get(final.agent)?.kind === 'present';
  const answers = agentList(state).flatMap((agent) => {
    const revision = newestRevision(agent);
    return revision === undefined ? [] : [[answerLabel(agent, revision.rev), revision.text] as const];
  });
  const votes = castVotes(state);
  const counts = Object.fromEntries((selection?.tally ?? []).map(({ agent, votes: count }) => [agent, count]));
  const details = voterDetails(votes, counts);
  return prettyMembers('', [
    ['messages', prettyMessages(presented ? conversationOf(state, final.agent) : [], quote)],
    ['is_final', 'true'],
    ['vote_summary', quote(Object.entries(counts).map(([agent, count]) => `${agent}: ${count}`).join(', '))],
    ['all_answers', prettyMembers('  ', answers.map(([label, text]) => [label, quote(text)]))],
    ['complete_vote_results', prettyAt('  ', {
      vote_counts: counts,
      voter_details: details,
      winner: selection?.agent ?? null,
      is_tie: selection?.tie ?? false,
      total_votes: Object.values(counts).reduce((sum, count) => sum + count, 0),
      agents_with_answers: answers.length,
      agents_voted: votes.length,
    })],
    ['vote_counts', prettyAt('  ', counts)],
    ['voter_details', prettyAt('  ', details)],
    ['all_votes', prettyAt('  ', Object.fromEntries(votes.map(({ voter, target, reason }) => [voter, { voted_for: target, reason }])))],
  ]);
}
