import type { FormField, FormReply, McpDeps } from '../orchestrator/tools/mcp/deps.js';
import type { Ask, AskText } from './consent.js';

type Value = string | number | boolean | readonly string[];
type Read = { readonly value: Value } | { readonly wrong: string };

const MOST_TRIES = 3;

function numbered({ choices = [] }: FormField, text: string): string | undefined {
  const byNumber = /^\d+$/u.test(text) ? choices[Number(text) - 1] : undefined;
  return (byNumber ?? choices.find(({ value, title }) => value === text || title.toLowerCase() === text.toLowerCase()))?.value;
}

function read(field: FormField, text: string): Read {
  switch (field.type) {
    case 'text':
      return { value: text };
    case 'flag':
      return /^(?:y|yes|true)$/iu.test(text) ? { value: true } : /^(?:n|no|false)$/iu.test(text) ? { value: false } : { wrong: 'write yes or no' };
    case 'number':
    case 'integer': {
      const value = Number(text);
      return Number.isFinite(value) && (field.type === 'number' || Number.isInteger(value)) ? { value } : { wrong: field.type === 'integer' ? 'write a whole number' : 'write a number' };
    }
    case 'choice': {
      const value = numbered(field, text);
      return value === undefined ? { wrong: 'write one of the numbers' } : { value };
    }
    case 'choices': {
      const values = text.split(',').map((each) => numbered(field, each.trim()));
      return values.every((each): each is string => each !== undefined) ? { value: values } : { wrong: 'write numbers, separated by commas' };
    }
  }
}

function questionFor({ title, choices, required, otherwise }: FormField, complaint: string): string {
  const list = choices?.map(({ title: name }, index) => `\n  ${String(index + 1)}. ${name}`).join('') ?? '';
  const empty = otherwise === undefined ? (required ? '' : ' (empty: leave it out)') : ` (empty: ${String(otherwise)})`;
  return `${complaint === '' ? '' : `${complaint}. `}${title}${list}${empty}:`;
}

/** The field's value; undefined where it is left out; null where the user has had enough. */
async function fill(field: FormField, askText: AskText, signal: AbortSignal): Promise<Value | undefined | null> {
  let complaint = '';
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const text = await askText(questionFor(field, complaint), signal);
    if (text === null) return null;
    if (text === '' && (field.otherwise !== undefined || !field.required)) return field.otherwise;
    const said = text === '' ? { wrong: 'it is needed' } : read(field, text);
    if ('value' in said) return said.value;
    complaint = said.wrong;
  }
  return null;
}

/** Fills the forms of MCP servers in at the terminal, field by field, once the user agreed to it. */
export function formFiller(ask: Ask, askText: AskText): NonNullable<McpDeps['fillForm']> {
  return async ({ server, message, fields }, signal): Promise<FormReply> => {
    const what = fields.length === 0 ? '' : ` It wants to know: ${fields.map(({ name }) => name).join(', ')}.`;
    if (!(await ask(`The MCP server ${server} asks: ${message}${what} Answer it?`, signal))) return { action: signal.aborted ? 'cancel' : 'decline' };
    const content: Record<string, Value> = {};
    for (const field of fields) {
      const value = await fill(field, askText, signal);
      if (value === null) return { action: 'cancel' };
      if (value !== undefined) content[field.name] = value;
    }
    return { action: 'accept', content };
  };
}
