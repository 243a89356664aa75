import { MassgenError } from '../../errors.js';

/** Names that mean something else to agents who deliberate. */
const RESERVED = ['new_answer', 'vote', 'submit', 'restart_orchestration', 'ask_others', 'respond_to_broadcast', 'check_broadcast_status', 'get_broadcast_responses'];

/** Throws `request-invalid` when a caller's tools cannot be told from each other, or from those of the workflow. */
export function checkToolNames(names: readonly string[]): void {
  const taken = names.filter((name) => RESERVED.includes(name));
  if (taken.length > 0) throw new MassgenError('request-invalid', `Client tool names collide with reserved MassGen workflow tools: ${taken.join(', ')}; rename them`, { param: 'tools', reason: 'tool_name_reserved' });
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new MassgenError('request-invalid', `tools holds "${twice}" twice`, { param: 'tools' });
}
