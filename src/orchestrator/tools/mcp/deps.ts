import type { Processes } from '../processes.js';
import type { AskModel } from './sampler.js';
import type { SignIns } from './sign-in.js';

/** One field of a form that a server asks the user to fill in. */
export interface FormField {
  readonly name: string;
  readonly title: string;
  readonly type: 'text' | 'number' | 'integer' | 'flag' | 'choice' | 'choices';
  readonly required: boolean;
  readonly choices?: readonly { readonly value: string; readonly title: string }[];
  readonly otherwise?: string | number | boolean;
}

export interface FormRequest {
  /** The server's name, as the configuration has it. */
  readonly server: string;
  readonly message: string;
  readonly fields: readonly FormField[];
}

/** The filled form; `decline` when the user will not, `cancel` when nobody chose. */
export type FormReply = { readonly action: 'accept'; readonly content: Readonly<Record<string, string | number | boolean | readonly string[]>> } | { readonly action: 'decline' | 'cancel' };

/** What an agent's servers are reached with. */
export interface McpDeps {
  readonly processes: Processes;
  /** What every program is given to know; no keys. A server's `env` comes on top. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where massgen was started: relative paths of the configuration begin here. */
  readonly cwd: string;
  /** Of massgen, for the server's log. */
  readonly version: string;
  readonly fetch?: typeof fetch;
  /** The agent's workspace, absolute: what the servers are told as their root. */
  readonly workspace?: string;
  /** File for what a server writes to stderr; null when nothing is logged. */
  readonly stderrFile?: (server: string) => string | null;
  /** Takes out what must not be written anywhere. */
  readonly mask?: (text: string) => string;
  /** Where sign-ins are kept; absent where servers over HTTP have only their headers. */
  readonly signIns?: SignIns;
  /** The agent's own model, for servers that may ask it. */
  readonly askModel?: AskModel;
  /** Puts a server's form to the user. Absent where nobody sits at a terminal: servers are told that there is no asking. */
  readonly fillForm?: (form: FormRequest, signal: AbortSignal) => Promise<FormReply>;
}
