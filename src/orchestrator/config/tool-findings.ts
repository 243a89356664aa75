import { MassgenError } from '../../errors.js';
import { toolProfiles } from '../agents/tool-profiles.js';
import { isMap } from '../json-map.js';
import { isNameAlone, readCustomTools } from '../tools/custom/settings.js';
import { readMcpSettings } from '../tools/mcp/settings.js';
import { readApprovals } from '../tools/rules/approvals.js';
import { readHooks } from '../tools/rules/hooks/settings.js';
import { workspacePath } from '../tools/workspace/shared/workspace-path.js';
import type { Finding } from './issue.js';
import { didYouMean } from './nearest.js';
import { valueAt, type Path } from './path.js';
import { agentPaths } from './placed-agents.js';

type Read = (written: unknown) => unknown;

// What stands before the complaint says where, which the finding's place does better.
const PLACE = /^(?:mcp_servers: |[\w.]*tool_approval: |custom_tools\[\d+\] |cwd: |hooks: )/u;

function judge(written: unknown, path: Path, read: Read): readonly Finding[] {
  try {
    read(written);
    return [];
  } catch (error) {
    if (!(error instanceof MassgenError)) throw error;
    return [{ severity: 'error', path, at: 'key', message: error.message.replace(PLACE, '') }];
  }
}

/** Reads a part of the configuration as a run would; what that throws is a finding. */
function findings(value: unknown, path: Path, read: Read): readonly Finding[] {
  const written = valueAt(value, path);
  return written === undefined || written === null ? [] : judge(written, path, read);
}

/** The same of each entry of a list or map, with its own place. Entries that are no maps are for the schema to refuse. */
function eachEntry(value: unknown, path: Path, read: (entry: unknown, name: string) => unknown): readonly Finding[] {
  const written = valueAt(value, path);
  if (typeof written !== 'object' || written === null) return [];
  const entries = Object.entries(written).filter(([, entry]) => isMap(entry) || !Array.isArray(written));
  return entries.flatMap(([name, entry]: [string, unknown]) => judge(entry, [...path, Array.isArray(written) ? Number(name) : name], (each) => read(each, name)));
}

/** Servers one by one, then all of them: two may have one name. */
function serverFindings(value: unknown, path: Path): readonly Finding[] {
  const isList = Array.isArray(valueAt(value, path));
  const found = eachEntry(value, path, (entry, name) => readMcpSettings({ mcp_servers: isList ? [entry] : { [name]: entry } }));
  const plain = found.map((finding) => ({ ...finding, message: finding.message.replace(/^entry 1 /u, '') }));
  return found.length > 0 ? plain : findings(value, path, (written) => readMcpSettings({ mcp_servers: written }));
}

/** Of a server's block; the last ones mean something to Claude Code, or to other programs that read such blocks. */
const SERVER_KEYS = ['name', 'type', 'command', 'args', 'env', 'cwd', 'url', 'headers', 'oauth', 'sampling', 'allowed_tools', 'exclude_tools', 'disallowed_tools', 'timeout', 'tool_timeout', 'http_read_timeout', 'roots', 'enabled', 'disabled', 'security', 'description', 'defer_loading', 'strict', 'alwaysLoad'];

/** A filter that is misspelt filters nothing. */
function unknownKeys(value: unknown, path: Path): readonly Finding[] {
  const written = valueAt(value, path);
  if (typeof written !== 'object' || written === null) return [];
  return Object.entries(written).flatMap(([name, block]: [string, unknown]) => {
    if (typeof block !== 'object' || block === null || Array.isArray(block)) return [];
    const at = Array.isArray(written) ? Number(name) : name;
    return Object.keys(block).flatMap((key): readonly Finding[] => {
      if (SERVER_KEYS.includes(key)) return [];
      return [{ severity: 'warning', path: [...path, at, key], at: 'key', message: `unknown key ${JSON.stringify(key)}`, suggestion: didYouMean(key, SERVER_KEYS) ?? `a server has ${SERVER_KEYS.slice(0, -5).join(', ')}` }];
    });
  });
}

const PROFILES = toolProfiles.map(({ name }) => name);

/** A text that is no profile names a single tool, unless somebody slipped. */
function misspeltProfile(value: unknown, path: Path): readonly Finding[] {
  const written = valueAt(value, path);
  if (typeof written !== 'string' || PROFILES.includes(written)) return [];
  const suggestion = didYouMean(written, PROFILES);
  return suggestion === undefined ? [] : [{ severity: 'warning', path, at: 'value', message: `there is no set of tools called ${JSON.stringify(written)}, so it is taken as the name of the only tool`, suggestion }];
}

const approvals: Read = (written) => readApprovals(written, '');
// What is no map is the schema's to refuse.
const hooks: Read = (written) => (isMap(written) ? readHooks(written, 'hooks', '/') : undefined);

/** Of functions of the user's, and of the folder that an agent works in. */
function ownFindings(value: unknown, backend: Path): readonly Finding[] {
  const isAt = (cwd: unknown): unknown => (typeof cwd === 'string' && cwd.trim() !== '' && !cwd.includes('${') ? workspacePath(cwd.trim(), '/', '') : undefined);
  const tools = [...backend, 'custom_tools'];
  const list = valueAt(value, tools);
  const written = Array.isArray(list) ? eachEntry(value, tools, (entry) => readCustomTools({ custom_tools: [entry] }, (file) => file)) : [];
  const alone = Array.isArray(list) ? list.flatMap((entry: unknown, index): readonly Finding[] => (isNameAlone(entry) ? [{ severity: 'warning', path: [...tools, index], at: 'key', message: 'names no file and no program, so it is left out', suggestion: 'add "path: …" of a file with functions, or "command: …"' }] : [])) : [];
  return [...written, ...alone, ...(['ag2', 'autogen'].includes(String(valueAt(value, [...backend, 'type']))) ? [] : findings(value, [...backend, 'cwd'], isAt))];
}

/** What is wrong with tools and the rules about them, beyond the types of the keys. */
export function toolFindings(value: unknown): readonly Finding[] {
  const ofAgents = agentPaths(value).flatMap((at) => {
    const isOwn = valueAt(value, [...at, 'backend', 'type']) !== 'claude_code';
    const block = [...at, 'backend', 'mcp_servers'];
    return [...(isOwn ? [...serverFindings(value, block), ...unknownKeys(value, block), ...ownFindings(value, [...at, 'backend'])] : []), ...findings(value, [...at, 'backend', 'hooks'], hooks), ...findings(value, [...at, 'tool_approval'], approvals), ...misspeltProfile(value, [...at, 'tools'])];
  });
  return [...ofAgents, ...findings(value, ['orchestrator', 'tool_approval'], approvals), ...findings(value, ['hooks'], hooks)];
}
