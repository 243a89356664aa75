import type { AgentId } from '../../protocol.js';
import type { ToolAfter, ToolRule } from '../contract.js';

export interface ToolboxSettings {
  readonly agent: AgentId;
  /** Each list names the only tools there are, by name, alias or glob. */
  readonly allowed: readonly (readonly string[])[];
  /** Tools that there are not, whoever allows them. */
  readonly denied: readonly string[];
  /** Asked in this order before a tool runs. */
  readonly rules: readonly ToolRule[];
  /** Given each outcome before it is cut and told. */
  readonly after?: ToolAfter;
  /** Takes the secrets out of what a tool says. */
  readonly mask?: (text: string) => string;
  /** For tools that name no time of their own. */
  readonly timeoutMs: number;
  /** Characters of a result that the agent is shown. */
  readonly resultLimit: number;
  /** Where longer results go whole; null for nowhere. */
  readonly resultFolder: string | null;
}

export const TOOLBOX_DEFAULTS: Pick<ToolboxSettings, 'timeoutMs' | 'resultLimit'> = { timeoutMs: 180_000, resultLimit: 40_000 };
