import type { BackendEvent } from '../contract.js';
import { isObject, listOf, objectOf, stringOf, type Json } from './json.js';

const RESULT = /^(.+)_tool_result$/;

/** The call of a tool that runs at the vendor, said when its input is whole: the query, the code, the command. */
export function serverToolStart(block: Json, input: unknown): BackendEvent {
  const fields = objectOf(input) ?? {};
  const asked = ['query', 'pattern', 'url', 'code', 'command', 'path'].map((name) => stringOf(fields[name])).find((text) => text !== '') ?? '';
  return { type: 'provider-tool', id: stringOf(block['id']), name: stringOf(block['name']), status: 'start', ...(asked === '' ? {} : { detail: asked }) };
}

/** The result of such a tool, if the block is one. */
export function serverToolEnd(block: Json): BackendEvent | undefined {
  const name = RESULT.exec(stringOf(block['type']))?.[1];
  if (name === undefined) return undefined;
  const detail = resultText(block['content']);
  return { type: 'provider-tool', id: stringOf(block['tool_use_id']), name, status: 'end', ...(detail === '' ? {} : { detail }) };
}

function resultText(content: unknown): string {
  if (Array.isArray(content)) return listOf(content).flatMap((result) => (isObject(result) ? [stringOf(result['url'])] : [])).join(' ');
  if (!isObject(content)) return '';
  const found = listOf(content['tool_references']).flatMap((reference) => (isObject(reference) ? [stringOf(reference['tool_name'])] : []));
  if (found.length > 0) return found.join(' ');
  const failed = stringOf(content['error_code']);
  if (failed !== '') return `failed: ${failed}`;
  const code = content['return_code'];
  const output = [content['stdout'], content['stderr']].map(stringOf).filter((text) => text !== '').join('\n');
  return typeof code === 'number' && code !== 0 ? `exit code ${String(code)}\n${output}`.trim() : output;
}

/** The source of a passage, if it has an address. */
export function citationOf(citation: unknown): BackendEvent | undefined {
  if (!isObject(citation)) return undefined;
  const url = stringOf(citation['url']) || stringOf(citation['source']);
  const title = stringOf(citation['title']);
  return url === '' ? undefined : { type: 'citation', url, ...(title === '' ? {} : { title }) };
}
