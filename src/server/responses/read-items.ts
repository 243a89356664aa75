import { MassgenError } from '../../errors.js';
import type { HistoryMessage } from '../../orchestrator/index.js';
import type { Said } from '../runs/conversation.js';
import { ShownImages } from '../runs/shown-images.js';
import { customArguments } from './response-tools.js';
import { readContent } from './read-parts.js';
import type { InputItem } from './response-types.js';

/** Items of OpenAI's own tools: they say nothing to other models. */
const FOREIGN = /^(?:(?:web_search|file_search|computer|image_generation|code_interpreter|local_shell|shell|apply_patch|mcp|tool_search)_call|(?:computer|local_shell|shell|apply_patch|tool_search)_(?:call_)?output|mcp_(?:list_tools|approval_request|approval_response)|compaction(?:_trigger|_summary)?|additional_tools|program(?:_output)?)$/u;

const refuse = (message: string, param: string, reason: string): never => {
  throw new MassgenError('request-invalid', message, { param, reason });
};

/** Reads items in order; calls of tools are joined to the message that they belong to. */
class ItemReader {
  readonly said: Said[] = [];
  /** The tool of each call so far. */
  private readonly names = new Map<string, string>();
  private readonly shown = new ShownImages();

  read(item: InputItem, place: string): void {
    const type = item.type ?? 'message';
    if (!type.endsWith('_call_output')) this.show();
    switch (type) {
      case 'message':
        this.message(item, place);
        return;
      case 'function_call':
      case 'custom_tool_call':
        this.call(item, type, place);
        return;
      case 'function_call_output':
      case 'custom_tool_call_output':
        this.result(item, place);
        return;
      case 'reasoning':
        // How an earlier answer came to be is no part of what was said.
        return;
      default:
        if (!FOREIGN.test(type)) refuse(`${place}.type is not known: ${JSON.stringify(type.slice(0, 40))}`, `${place}.type`, 'invalid_value');
        this.said.push({ message: { role: 'system', text: '' }, left: [`an item of type ${type} was left out`] });
    }
  }

  show(): void {
    this.said.push(...this.shown.next());
  }

  private message({ role, content }: InputItem, place: string): void {
    if (role == null) return refuse(`${place}.role is missing`, `${place}.role`, 'missing_required_parameter');
    if (content == null) return refuse(`${place}.content is missing`, `${place}.content`, 'missing_required_parameter');
    const { text, images, left } = readContent(content, `${place}.content`);
    const last = this.said.at(-1)?.message;
    if (role === 'user') this.said.push({ message: { role, text, ...(images.length === 0 ? {} : { images }) }, left });
    // Results must follow the message with their calls.
    else if (role === 'assistant' && last?.toolCalls !== undefined) this.said[this.said.length - 1] = { message: { ...last, text: [last.text, text].filter((each) => each !== '').join('\n') }, left };
    else this.said.push({ message: { role: role === 'assistant' ? role : 'system', text }, left });
  }

  private call(item: InputItem, type: 'function_call' | 'custom_tool_call', place: string): void {
    const field = type === 'function_call' ? 'arguments' : 'input';
    const { call_id: id, name } = item;
    const given = item[field];
    if (id == null || id === '') return refuse(`${place}.call_id is missing`, `${place}.call_id`, 'missing_required_parameter');
    if (name == null || name === '') return refuse(`${place}.name is missing`, `${place}.name`, 'missing_required_parameter');
    if (given == null) return refuse(`${place}.${field} is missing`, `${place}.${field}`, 'missing_required_parameter');
    this.names.set(id, name);
    const call = { id, name, argumentsText: field === 'arguments' ? given : customArguments(given) };
    const last = this.said.at(-1)?.message;
    if (last?.role === 'assistant') {
      const joined: HistoryMessage = { ...last, toolCalls: [...(last.toolCalls ?? []), call] };
      this.said[this.said.length - 1] = { message: joined, left: this.said.at(-1)?.left ?? [] };
    } else this.said.push({ message: { role: 'assistant', text: '', toolCalls: [call] }, left: [] });
  }

  private result({ call_id: id, output }: InputItem, place: string): void {
    if (id == null || id === '') return refuse(`${place}.call_id is missing`, `${place}.call_id`, 'missing_required_parameter');
    if (output == null) return refuse(`${place}.output is missing`, `${place}.output`, 'missing_required_parameter');
    const name = this.names.get(id);
    if (name === undefined) return refuse(`No tool call found for function call output with call_id ${id.slice(0, 100)}.`, `${place}.call_id`, 'invalid_value');
    const { text, images, left } = readContent(output, `${place}.output`);
    this.said.push({ message: { role: 'tool', text: this.shown.take(name, text, images), callId: id, name }, left });
  }
}

/** Items as messages. `placeOf` names each for errors. Throws `request-invalid`. */
export function readItems(items: readonly InputItem[], placeOf: (index: number) => string): readonly Said[] {
  const reader = new ItemReader();
  items.forEach((item, index) => {
    reader.read(item, placeOf(index));
  });
  reader.show();
  return reader.said;
}
