import { MassgenError } from '../../errors.js';
import { toolProfiles } from '../agents/tool-profiles.js';
import { readMcpSettings } from '../tools/mcp/settings.js';
import { readApprovals } from '../tools/rules/approvals.js';
import { readHooks } from '../tools/rules/hooks/settings.js';
import type { Finding } from './issue.js';
import { didYouMean } from './nearest.js';
import { valueAt, type Path } from './path.js';
import { agentPaths } from './placed-agents.js';

type Read = (written: unknown) => unknown;

/** Reads a part of the configuration as a run would; what that throws is a finding. */
function findings(value: unknown, path: Path, read: Read): readonly Finding[] {
  const written = valueAt(value, path);
  if (written === undefined || written === null) return [];
  try {
    read(written);
    return [];
  } catch (error) {
    if (!(error instanceof MassgenError)) throw error;
    return [{ severity: 'error', path, at: 'key', message: error.message.replace(/^mcp_servers: |^[\w.]*tool_approval: /u, '') }];
  }
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

const servers: Read = (written) => readMcpSettings({ mcp_servers: written });
const approvals: Read = (written) => readApprovals(written, '');
const hooks: Read = (written) => readHooks(written, 'hooks', '/');

/** What is wrong with tools and the rules about them, beyond the types of the keys. */
export function toolFindings(value: unknown): readonly Finding[] {
  const ofAgents = agentPaths(value).flatMap((at) => {
    const isOwn = valueAt(value, [...at, 'backend', 'type']) !== 'claude_code';
    const block = [...at, 'backend', 'mcp_servers'];
    return [...(isOwn ? [...findings(value, block, servers), ...unknownKeys(value, block)] : []), ...findings(value, [...at, 'backend', 'hooks'], hooks), ...findings(value, [...at, 'tool_approval'], approvals), ...misspeltProfile(value, [...at, 'tools'])];
  });
  return [...ofAgents, ...findings(value, ['orchestrator', 'tool_approval'], approvals), ...findings(value, ['hooks'], hooks)];
}
