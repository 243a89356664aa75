import path from 'node:path';
import type { Finding, Issue } from '../issue.js';
import { excerptAt, parseText, type ParsedDocument, type ParsedText } from '../parse.js';
import type { Path } from '../path.js';
import { fromAgentPool, isAgentPool } from './agentpool.js';
import type { NamedTeam } from './agentpool-teams.js';
import { fromAiAgent } from './ai-agent.js';
import { assemble, isTable, type Conversion, type Table } from './move.js';
import { fromOpenFang } from './openfang.js';

/** A document of any language that is read, as a configuration of ours. */
export interface ReadDocument extends ParsedDocument {
  /** What was said about it on the way, with places in the original. */
  readonly findings: readonly Finding[];
  /** Where in the original a place of the configuration comes from. */
  readonly origin: (path: Path) => Path;
  /** The teams that the document names beside its agents. */
  readonly teams: readonly NamedTeam[];
}

const asIs = (path: Path): Path => path;

function converted({ locate, excerpt }: ParsedDocument, { moves, findings }: Conversion, teams: readonly NamedTeam[] = []): ReadDocument {
  return { ...assemble(moves), locate, excerpt, findings, teams };
}

interface Split {
  /** Each line outside is an empty one, so that places stay what they are. */
  readonly frontmatter: string;
  readonly body: string;
  /** The line of the body's first word. */
  readonly line: number;
}

/** Cuts a text at its `---` lines; the number of a line where one is missing. */
function splitFrontmatter(text: string): Split | number {
  const lines = text.split(/\r?\n/);
  const start = lines[0]?.startsWith('#!') === true ? 1 : 0;
  const isMark = (line: string | undefined): boolean => line?.trimEnd() === '---';
  const isOpened = isMark(lines[start]);
  const end = isOpened ? lines.findIndex((line, index) => index > start && isMark(line)) : start - 1;
  if (isOpened && end === -1) return start + 1;
  const body = lines.slice(end + 1);
  const line = end + 2 + Math.max(0, body.findIndex((each) => each.trim() !== ''));
  return { frontmatter: lines.slice(0, Math.max(0, end)).map((each, index) => (index > start ? each : '')).join('\n'), body: body.join('\n'), line };
}

function readAiAgent(file: string, source: string, backendOptional: boolean): ReadDocument | { readonly issue: Issue } {
  const text = source.replace(/^\uFEFF/, '');
  const excerpt: ParsedDocument['excerpt'] = ({ line, column }) => excerptAt(text, line, column);
  const split = splitFrontmatter(text);
  if (typeof split === 'number') return { issue: { severity: 'error', location: 'file', message: 'the frontmatter is never closed', suggestion: 'put a line "---" below it', line: split, column: 1, excerpt: excerpt({ line: split, column: 1 }) } };
  const parsed: ParsedText = split.frontmatter.trim() === '' ? parseText('{}') : parseText(split.frontmatter);
  if ('issue' in parsed) return parsed;
  const locate: ParsedDocument['locate'] = (path, at) => (path[0] === 'prompt' ? { line: split.line, column: 1 } : parsed.locate(path, at));
  const table: Table = isTable(parsed.value) ? parsed.value : {};
  return converted({ value: parsed.value, locate, excerpt }, fromAiAgent(table, split.body, file, backendOptional));
}

export interface ReadOptions {
  /** Of a manifest of agents and teams: also the agents outside its team. */
  readonly everyAgent?: boolean;
  /** A file that names no model is an agent without a backend, and no error. */
  readonly backendOptional?: boolean;
}

/** Reads YAML or JSON of our own or of AgentPool, an OpenFang `.toml`, an ai-agent `.ai` file. Never throws. */
export async function readDocument(file: string, text: string, { everyAgent = false, backendOptional = false }: ReadOptions = {}): Promise<ReadDocument | { readonly issue: Issue }> {
  const extension = path.extname(file).toLowerCase();
  if (extension === '.ai') return readAiAgent(file, text, backendOptional);
  const { parseToml } = extension === '.toml' ? await import('./toml.js') : { parseToml: undefined };
  const parsed = parseToml === undefined ? parseText(text) : await parseToml(text);
  if ('issue' in parsed) return parsed;
  if (parseToml !== undefined) return converted(parsed, fromOpenFang(isTable(parsed.value) ? parsed.value : {}, backendOptional));
  if (!isAgentPool(parsed.value)) return { ...parsed, findings: [], origin: asIs, teams: [] };
  const pool = fromAgentPool(parsed.value, everyAgent, backendOptional);
  return converted(parsed, pool, pool.teams);
}
