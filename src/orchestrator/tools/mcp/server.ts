import type { JsonMap } from '../../json-map.js';
import { plainText } from '../plain-text.js';
import type { RequestHow } from './calls.js';
import { isBroken } from './circuit.js';
import type { McpDeps } from './deps.js';
import { faultOf, reasonOf } from './fault.js';
import type { ListedTool } from './read-tool.js';
import type { Sampler } from './sampler.js';
import { ServerConnection } from './server-connection.js';
import type { McpSession, ServerAbilities } from './session.js';
import type { McpServerSettings } from './settings.js';

/** A configured server over the length of a run: connected, lost, started again, given up for a while. */
export interface McpServer {
  readonly name: string;
  readonly settings: McpServerSettings;
  /** None while it is given up. */
  readonly tools: () => readonly ListedTool[];
  readonly abilities: () => ServerAbilities | undefined;
  readonly notes: () => readonly string[];
  /** The first connection; what went wrong is a note. */
  readonly open: () => Promise<void>;
  /** `repeatable`: to be sent again when the connection broke. Waits for a server that is being started again. */
  readonly request: (method: string, params: JsonMap, how: RequestHow & { readonly repeatable: boolean }) => Promise<JsonMap>;
  /** Around each call of a tool, for a server that may ask the model. */
  readonly sampler: Sampler | undefined;
  readonly close: () => Promise<void>;
}

const MAX_INSTRUCTIONS = 1500;

/** What a failed request says to the agent, and what may be done about it. */
interface Judgement {
  readonly error: Error;
  readonly again: 'never' | 'if-repeatable' | 'always';
}

const wasTimedOut = (signal: AbortSignal): boolean => signal.aborted && (signal.reason as Error | undefined)?.name === 'TimeoutError';

/** Judges the server by a failed request. */
function judge(thrown: unknown, session: McpSession, connection: ServerConnection, signal: AbortSignal): Judgement {
  const { name, connectMs } = connection.settings;
  const own = reasonOf(thrown, connectMs);
  const reason = connection.trouble ?? own;
  const fault = wasTimedOut(signal) ? 'slow' : signal.aborted ? 'stopped' : faultOf(thrown, session.isOpen());
  switch (fault) {
    case 'stopped':
      return { error: new Error(own), again: 'never' };
    case 'answered':
      connection.prove();
      return { error: new Error(own), again: 'never' };
    case 'slow':
      connection.slow(session);
      return { error: new Error(`the MCP server ${name} did not answer in time`), again: 'never' };
    case 'barred':
      connection.drop(session, reason);
      return { error: new Error(`the MCP server ${name}: ${reason}`), again: 'never' };
    case 'unsent':
    case 'gone':
      connection.drop(session, reason);
      return { error: new Error(`the connection to the MCP server ${name} broke during the call (${reason}); whether it did what was asked is not known`), again: fault === 'unsent' ? 'always' : 'if-repeatable' };
  }
}

function notesOf({ settings: { name }, session, trouble, circuit, isLasting, remarks }: ServerConnection): readonly string[] {
  const said = plainText(session?.abilities.instructions ?? '', MAX_INSTRUCTIONS);
  const hope = isLasting || isBroken(circuit) ? 'Its tools are missing; go on without them.' : 'It is being started again.';
  return [
    ...(session === undefined && trouble !== undefined ? [`The MCP server ${name} is not available: ${trouble}. ${hope}`] : []),
    ...remarks.map((remark) => `The MCP server ${name}: ${remark}.`),
    ...(said === '' ? [] : [`The MCP server ${name} says how it is used: ${said}`]),
  ];
}

/** `onChange` is called when the tools or the notes are others than before. */
export function createMcpServer(settings: McpServerSettings, deps: McpDeps, onChange: () => void): McpServer {
  const connection = new ServerConnection(settings, deps, onChange);
  return {
    name: settings.name,
    settings,
    tools: () => (connection.session !== undefined || !(connection.isLasting || isBroken(connection.circuit)) ? connection.tools : []),
    abilities: () => connection.session?.abilities,
    notes: () => notesOf(connection),
    open: async () => {
      await connection.connect().catch(() => undefined);
    },
    request: (method, params, { repeatable, ...how }) => {
      const attempt = async (session: McpSession, isLast: boolean): Promise<JsonMap> => {
        try {
          const result = await session.request(method, params, how);
          connection.prove();
          return result;
        } catch (thrown) {
          const { error, again } = judge(thrown, session, connection, how.signal);
          if (isLast || again === 'never' || (again === 'if-repeatable' && !repeatable)) throw error;
          return attempt(await connection.obtain(how.signal), true);
        }
      };
      const { session } = connection;
      return session === undefined ? connection.obtain(how.signal).then((next) => attempt(next, false)) : attempt(session, false);
    },
    sampler: connection.sampler,
    close: () => connection.close(),
  };
}
