import type { ToolSpec } from '../../contract.js';
import { isObject, objectOf, stringOf, type Json } from '../json.js';

/** The name that the model sees our tools under: `mcp__massgen__vote`. */
export const WORKFLOW_SERVER = 'massgen';
export const WORKFLOW_PREFIX = `mcp__${WORKFLOW_SERVER}__`;

interface Transport {
  onmessage?: (message: unknown) => void;
  start?: () => Promise<void>;
  send: (message: unknown) => unknown;
}

/** `claude/endTurn`: the agent stops after the call, as it would with any provider. `alwaysLoad`: never behind the search for tools. */
const META = { 'claude/endTurn': true, 'anthropic/alwaysLoad': true };

/**
 * The tools of a call as an MCP server in this process (https://modelcontextprotocol.io/specification/2025-11-25): what
 * `createSdkMcpServer` makes, except that tools keep their JSON Schemas as they are and the model's arguments go unjudged.
 */
export function workflowServer(tools: readonly ToolSpec[]): Readonly<Record<string, unknown>> {
  const listed = tools.map(({ name, description, parameters }) => ({ name, description, inputSchema: parameters, _meta: META }));
  return {
    type: 'sdk',
    name: WORKFLOW_SERVER,
    instance: {
      connect: async (transport: Transport) => {
        transport.onmessage = (message) => {
          if (!isObject(message) || message['id'] === undefined) return;
          void transport.send({ jsonrpc: '2.0', id: message['id'], ...answerTo(stringOf(message['method']), objectOf(message['params']) ?? {}, listed) });
        };
        await transport.start?.();
      },
      close: () => Promise.resolve(),
    },
  };
}

function answerTo(method: string, params: Json, tools: readonly unknown[]): Json {
  switch (method) {
    case 'initialize':
      return { result: { protocolVersion: params['protocolVersion'], capabilities: { tools: {} }, serverInfo: { name: WORKFLOW_SERVER, version: '1' } } };
    case 'tools/list':
      return { result: { tools } };
    // What comes of the call is for the team to decide.
    case 'tools/call':
      return { result: { content: [{ type: 'text', text: 'Received.' }], _meta: META } };
    case 'ping':
      return { result: {} };
    default:
      return { error: { code: -32601, message: 'method not found' } };
  }
}
