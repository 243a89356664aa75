import path from 'node:path';
import type { Path } from '../path.js';
import { all, convertTable, literal, moveTextTo, moveTo, named, nothing, quietly, refuse, spareModel, warn, type Conversion, type Rule, type Rules, type Table } from './move.js';
import { backendFor, noProvider, splitModel } from './providers.js';

const agent: Path = ['agent'];
const backend: Path = ['agent', 'backend'];

const none = ['none', 'off', 'unset', 'default'];
/** A setting that may be switched off by a word. */
const unlessOff =
  (rule: Rule): Rule =>
  (value, from) =>
    typeof value === 'string' && none.includes(value.toLowerCase()) ? nothing : rule(value, from);

const rules: Rules = {
  toolName: quietly,
  models: quietly,
  description: moveTextTo(...agent, 'description'),
  temperature: unlessOff(moveTo(...backend, 'temperature')),
  topP: unlessOff(moveTo(...backend, 'top_p')),
  topK: unlessOff(moveTo(...backend, 'top_k')),
  repeatPenalty: unlessOff(moveTo(...backend, 'repetition_penalty')),
  maxOutputTokens: unlessOff(moveTo(...backend, 'max_tokens')),
  reasoning: unlessOff(moveTo(...backend, 'reasoning', 'effort')),
};

/** The name of a file's agent: its `toolName`, else the file's name without extension. */
function nameOf(frontmatter: Table, file: string): string {
  const written = frontmatter['toolName'];
  const name = typeof written === 'string' && written.trim() !== '' ? written.trim() : path.basename(file);
  return name.replace(/\.ai$/i, '') || 'agent';
}

function modelsOf(value: unknown): { readonly first: unknown; readonly at: Path; readonly others: Conversion } {
  const models: readonly unknown[] = typeof value === 'string' ? value.split(',').map((text) => text.trim()) : Array.isArray(value) ? value : [value];
  const at = (index: number): Path => (Array.isArray(value) ? ['models', index] : ['models']);
  return { first: models[0], at: at(0), others: all(models.slice(1).map((other, index) => spareModel(other, at(index + 1)))) };
}

// Liquid and the variables of ai-agent.
const templates = /\{\{[^}]*\}\}|\{%[^%]*%\}|\$\{[A-Z_]+\}/g;

function promptOf(body: string): Conversion {
  const found = [...new Set(body.match(templates) ?? [])].slice(0, 3);
  const remarks = found.map((template) => warn(['prompt'], `${template.slice(0, 60)} has no counterpart here and stays as it is`));
  return all([{ moves: body === '' ? [] : [{ from: ['prompt'], to: [...agent, 'system_message'], value: literal(body) }], findings: [] }, ...remarks]);
}

/** An ai-agent `.ai` file: one agent, whose prompt is all that follows the frontmatter. Without `models` it is an error, or an agent without a backend if that is `optional`. */
export function fromAiAgent(frontmatter: Table, body: string, file: string, optional = false): Conversion {
  const start: Conversion = { moves: [{ from: [], to: agent, value: {} }, { from: ['toolName'], to: [...agent, 'id'], value: nameOf(frontmatter, file) }], findings: [] };
  const rest = all([convertTable(frontmatter, [], rules), promptOf(body.trim())]);
  if (optional && (frontmatter['models'] ?? '') === '') return all([start, rest]);
  const { first, at, others } = modelsOf(frontmatter['models']);
  if (typeof first !== 'string') return refuse(['models'], first === undefined ? 'is missing' : 'must be text such as "openai/gpt-5-mini"', first === undefined ? 'for example "models: openai/gpt-5-mini"' : undefined);
  const choice = splitModel(first, '/');
  if (choice === undefined) return refuse(at, `names no provider: ${named(first)}`, 'write it as "provider/model", such as "openai/gpt-5-mini"');
  const found = backendFor({ ...choice, from: at, to: backend });
  if (found === undefined) return noProvider(choice.provider, at, refuse);
  return all([start, found, others, rest]);
}
