import { MassgenError } from '../../errors.js';
import { readMcpSettings } from '../tools/mcp/settings.js';
import { readApprovals } from '../tools/rules/approvals.js';
import { readHooks } from '../tools/rules/hooks/settings.js';
import type { Finding } from './issue.js';
import { valueAt, type Path } from './path.js';

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

const servers: Read = (written) => readMcpSettings({ mcp_servers: written });
const approvals: Read = (written) => readApprovals(written, '');
const hooks: Read = (written) => readHooks(written, 'hooks', '/');

/** What is wrong with tools and the rules about them, beyond the types of the keys. */
export function toolFindings(value: unknown): readonly Finding[] {
  const list = valueAt(value, ['agents']);
  const members: readonly Path[] = Array.isArray(list) ? list.map((_agent, index) => ['agents', index]) : [['agent']];
  const ofAgents = members.flatMap((at) => {
    const isOwn = valueAt(value, [...at, 'backend', 'type']) !== 'claude_code';
    return [...(isOwn ? findings(value, [...at, 'backend', 'mcp_servers'], servers) : []), ...findings(value, [...at, 'backend', 'hooks'], hooks), ...findings(value, [...at, 'tool_approval'], approvals)];
  });
  return [...ofAgents, ...findings(value, ['orchestrator', 'tool_approval'], approvals), ...findings(value, ['hooks'], hooks)];
}
