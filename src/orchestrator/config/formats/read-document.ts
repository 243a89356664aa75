import path from 'node:path';
import type { Finding, Issue } from '../issue.js';
import { parseText, type ParsedDocument, type ParsedText } from '../parse.js';
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

/** Each line outside the frontmatter becomes an empty one, so that places stay what they are. */
function splitFrontmatter(text: string): { readonly frontmatter: string; readonly body: string } {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const start = lines[0]?.startsWith('#!') === true ? 1 : 0;
  const end = lines[start]?.trimEnd() === '---' ? lines.findIndex((line, index) => index > start && line.trimEnd() === '---') : -1;
  if (end < 0) return { frontmatter: '', body: lines.slice(start).join('\n') };
  return { frontmatter: [...lines.slice(0, start + 1).map(() => ''), ...lines.slice(start + 1, end)].join('\n'), body: lines.slice(end + 1).join('\n') };
}

function readAiAgent(file: string, text: string, backendOptional: boolean): ReadDocument | { readonly issue: Issue } {
  const { frontmatter, body } = splitFrontmatter(text);
  const parsed: ParsedText = frontmatter.trim() === '' ? parseText('{}') : parseText(frontmatter);
  if ('issue' in parsed) return parsed;
  const table: Table = isTable(parsed.value) ? parsed.value : {};
  return converted(parsed, fromAiAgent(table, body, file, backendOptional));
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
