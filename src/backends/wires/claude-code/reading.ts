import type { BackendEvent, FinishReason } from '../../contract.js';
import type { Endpoint } from '../../spec.js';
import { createBatch } from '../batch.js';
import { countOf, isObject, listOf, objectOf, stringOf, type Json } from '../json.js';
import { REFUSED, agentFailure, deniedNote, usageOf } from './result.js';
import { WORKFLOW_PREFIX } from './workflow-server.js';

const FINISH: Readonly<Record<string, FinishReason>> = { max_tokens: 'length', model_context_window_exceeded: 'length', refusal: 'refusal' };

interface OpenTool {
  readonly id: string;
  /** Without the prefix; undefined for a tool that the agent runs itself. */
  readonly workflow?: string;
  readonly name: string;
  input: string;
}

/**
 * Reads the messages of one `query` (https://platform.claude.com/docs/en/agent-sdk/typescript#sdkmessage): many requests
 * to the model, tools that the agent runs itself between them, one result. A call of ours counts when the agent has made
 * it, not when the model has spelled it. What agents do that the agent starts is not told.
 */
export class AgentReading {
  over = false;
  private readonly batch = createBatch();
  private readonly streamed = new Set<string>();
  private readonly blocks = new Map<unknown, OpenTool>();
  private readonly tools = new Map<string, OpenTool>();
  private called = false;
  private spoken = false;
  private paragraph = false;
  private trouble: { kind: string; text: string } | undefined;
  /** The vendor's last reply ended in a refusal. */
  private refused = false;
  private readonly endpoint: Endpoint;

  constructor(endpoint: Endpoint) {
    this.endpoint = endpoint;
  }

  /** A tool works, and nothing will be heard before it is done. */
  get working(): boolean {
    return this.tools.size > 0;
  }

  take(message: unknown): BackendEvent[] {
    if (isObject(message) && !this.over && (message['parent_tool_use_id'] ?? null) === null) this.takeMessage(message);
    return this.batch.drain();
  }

  private takeMessage(message: Json): void {
    switch (message['type']) {
      case 'stream_event':
        this.takeFrame(objectOf(message['event']) ?? {});
        return;
      case 'assistant':
        this.takeAssistant(message);
        return;
      case 'user':
        for (const block of listOf(objectOf(message['message'])?.['content'])) if (isObject(block) && block['type'] === 'tool_result') this.takeResult(block);
        return;
      case 'system':
        if (message['subtype'] === 'api_retry') this.batch.push({ type: 'waiting', message: `Claude Code asks again in ${String(Math.ceil(countOf(message['retry_delay_ms']) / 1000))} s (${stringOf(message['error']) || 'no connection'})` });
        return;
      case 'result':
        this.conclude(message);
    }
  }

  private takeFrame(frame: Json): void {
    switch (frame['type']) {
      case 'message_start':
        this.streamed.add(stringOf(objectOf(frame['message'])?.['id']));
        this.blocks.clear();
        this.paragraph = this.spoken;
        return;
      case 'content_block_start':
        this.begin(frame['index'], objectOf(frame['content_block']) ?? {});
        return;
      case 'content_block_delta':
        this.grow(this.blocks.get(frame['index']), objectOf(frame['delta']) ?? {});
        return;
      case 'content_block_stop':
        this.spelled(this.blocks.get(frame['index']));
        return;
      case 'message_delta':
        this.refused = objectOf(frame['delta'])?.['stop_reason'] === 'refusal';
    }
  }

  private begin(index: unknown, block: Json): void {
    if (block['type'] !== 'tool_use') return;
    const name = stringOf(block['name']);
    const workflow = name.startsWith(WORKFLOW_PREFIX) ? { workflow: name.slice(WORKFLOW_PREFIX.length) } : {};
    const tool: OpenTool = { id: stringOf(block['id']), name, ...workflow, input: '' };
    this.blocks.set(index, tool);
    if (tool.workflow !== undefined) this.batch.toolStart(tool.id, tool.workflow);
  }

  private grow(tool: OpenTool | undefined, delta: Json): void {
    if (delta['type'] === 'text_delta') this.say(stringOf(delta['text']));
    else if (delta['type'] === 'thinking_delta' && delta['thinking'] !== '') this.batch.reasoning(stringOf(delta['thinking']));
    else if (delta['type'] === 'input_json_delta' && tool !== undefined) this.spell(tool, stringOf(delta['partial_json']));
  }

  /** What it says between its tools is told apart from what it says next. */
  private say(text: string): void {
    if (text === '') return;
    this.batch.text(this.paragraph ? `\n\n${text}` : text);
    this.paragraph = false;
    this.spoken = true;
  }

  private spell(tool: OpenTool, piece: string): void {
    if (piece === '') return;
    tool.input += piece;
    if (tool.workflow !== undefined) this.batch.toolDelta(tool.id, piece);
  }

  private spelled(tool: OpenTool | undefined): void {
    if (tool === undefined) return;
    this.tools.set(tool.id, tool);
    if (tool.workflow === undefined) this.batch.push({ type: 'provider-tool', id: tool.id, name: tool.name, status: 'start', ...(tool.input === '' ? {} : { detail: tool.input }) });
  }

  /** Blocks come whole, too; where the vendor did not stream they come only so. An error is a message of the agent's own. */
  private takeAssistant(message: Json): void {
    const { id, content } = objectOf(message['message']) ?? {};
    const blocks = listOf(content).filter(isObject);
    const kind = stringOf(message['error']);
    if (kind !== '') {
      this.trouble = { kind, text: blocks.map((block) => stringOf(block['text'])).join(' ') };
      return;
    }
    if (this.streamed.has(stringOf(id))) return;
    this.paragraph = this.spoken;
    for (const block of blocks) {
      if (block['type'] === 'text') this.say(stringOf(block['text']));
      else if (block['type'] === 'thinking') this.grow(undefined, { type: 'thinking_delta', thinking: block['thinking'] });
      this.begin('whole', block);
      const tool = this.blocks.get('whole');
      if (block['type'] !== 'tool_use' || tool === undefined) continue;
      this.spell(tool, JSON.stringify(block['input'] ?? {}));
      this.spelled(tool);
    }
  }

  private takeResult(block: Json): void {
    const tool = this.tools.get(stringOf(block['tool_use_id']));
    if (tool === undefined) return;
    this.tools.delete(tool.id);
    const { id, workflow, name, input } = tool;
    if (workflow === undefined) this.batch.push({ type: 'provider-tool', id, name, status: 'end', ...(block['is_error'] === true ? { detail: 'failed' } : {}) });
    else if (block['is_error'] !== true) {
      this.called = true;
      this.batch.toolEnd({ id, name: workflow, argumentsText: input === '' ? '{}' : input });
    }
  }

  private conclude(result: Json): void {
    this.over = true;
    const usage = usageOf(result, this.endpoint);
    if (usage !== undefined) this.batch.push({ type: 'usage', usage });
    const trouble = this.refused && this.trouble !== undefined ? { ...this.trouble, kind: REFUSED } : this.trouble;
    const failure = agentFailure(result, trouble, this.endpoint);
    if (failure !== undefined && !this.called) {
      this.batch.push({ type: 'error', error: failure });
      return;
    }
    const denied = deniedNote(result);
    if (denied !== undefined) this.batch.push({ type: 'waiting', message: denied });
    const reason = this.trouble?.kind === 'max_output_tokens' ? 'length' : (FINISH[stringOf(result['stop_reason'])] ?? 'stop');
    this.batch.push({ type: 'finish', reason: this.called ? 'tool-calls' : reason });
  }
}
