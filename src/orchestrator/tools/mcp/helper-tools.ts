import type { Tool, ToolContext, ToolOutcome } from '../contract.js';
import { plainLine } from '../plain-text.js';
import { listAll } from './list.js';
import { mediaOf } from '../read-binary.js';
import { readContent } from './read-result.js';
import type { McpServer } from './server.js';
import { paced } from './server-tools.js';
import { isMap, type JsonMap } from '../../json-map.js';

const line = (value: unknown): string => plainLine(typeof value === 'string' ? value : '', 300);
const MAX_LISTED_SERVERS_MS = 30_000;

function how({ signal, progress }: ToolContext): { readonly signal: AbortSignal; readonly onProgress: (message: string) => void; readonly repeatable: true } {
  return { signal, onProgress: paced(progress), repeatable: true };
}

async function items(server: McpServer, method: string, key: string, context: ToolContext): Promise<readonly JsonMap[]> {
  const request = { request: (name: string, params: JsonMap) => server.request(name, params, { ...how(context), timeoutMs: MAX_LISTED_SERVERS_MS }) };
  return (await listAll(request, method, key, how(context))).items.filter(isMap);
}

const said = ({ name, description, title }: JsonMap): string => [line(title) || line(name), line(description)].filter(Boolean).join(': ');

async function resourcesOf(server: McpServer, context: ToolContext): Promise<string> {
  const [resources, templates] = await Promise.all([
    items(server, 'resources/list', 'resources', context),
    items(server, 'resources/templates/list', 'resourceTemplates', context).catch(() => []),
  ]);
  const lines = [...resources.map((each) => `- ${line(each['uri'])} (${said(each)})`), ...templates.map((each) => `- ${line(each['uriTemplate'])} (a template: ${said(each)})`)];
  return [`Resources of ${server.name}:`, ...(lines.length === 0 ? ['(none)'] : lines)].join('\n');
}

async function promptsOf(server: McpServer, context: ToolContext): Promise<string> {
  const lines = (await items(server, 'prompts/list', 'prompts', context)).map((each) => {
    const wanted = Array.isArray(each['arguments']) ? each['arguments'].filter(isMap).map((one) => `${line(one['name'])}${one['required'] === true ? ' (required)' : ''}`) : [];
    return `- ${line(each['name'])}: ${line(each['description'])}${wanted.length === 0 ? '' : `; arguments: ${wanted.join(', ')}`}`;
  });
  return [`Prompts of ${server.name}:`, ...(lines.length === 0 ? ['(none)'] : lines)].join('\n');
}

/** The server that was meant; the only one where none was named. */
function chosen(servers: readonly McpServer[], name: unknown): McpServer {
  const found = name === undefined && servers.length === 1 ? servers[0] : servers.find((server) => server.name === name);
  if (found === undefined) throw new Error(`say which server: ${servers.map((server) => server.name).join(', ')}`);
  return found;
}

async function fromAll(servers: readonly McpServer[], name: unknown, list: (server: McpServer) => Promise<string>): Promise<ToolOutcome> {
  const asked = name === undefined ? servers : [chosen(servers, name)];
  const texts = await Promise.all(asked.map((server) => list(server).catch((error: unknown) => `${server.name}: ${error instanceof Error ? error.message : String(error)}`)));
  return { text: texts.join('\n\n') };
}

const serverParameter = (servers: readonly McpServer[]): JsonMap => ({ type: 'string', enum: servers.map(({ name }) => name), description: 'The server.' });

function resourcesTool(servers: readonly McpServer[]): Tool {
  return {
    name: 'mcp_resources',
    aliases: [],
    description: 'Lists the resources that MCP servers offer, or reads the one with the given uri.',
    parameters: { type: 'object', properties: { server: serverParameter(servers), uri: { type: 'string', description: 'The resource to read; without it they are listed.' } } },
    effects: 'none',
    run: async ({ server: name, uri }, context) => {
      if (uri === undefined) return fromAll(servers, name, (server) => resourcesOf(server, context));
      const { contents } = await chosen(servers, name).request('resources/read', { uri }, how(context));
      const parts = (Array.isArray(contents) ? (contents as readonly unknown[]) : []).map((resource) => ({ type: 'resource', resource }));
      const { text, images, files } = readContent(parts);
      return { text: text === '' && files.length === 0 ? '(the resource is empty)' : text, ...mediaOf({ texts: [], images, files }) };
    },
  };
}

function promptsTool(servers: readonly McpServer[]): Tool {
  return {
    name: 'mcp_prompts',
    aliases: [],
    description: 'Lists the prompts that MCP servers offer, or gives the text of the one with the given name.',
    parameters: {
      type: 'object',
      properties: {
        server: serverParameter(servers),
        name: { type: 'string', description: 'The prompt to read; without it they are listed.' },
        arguments: { type: 'object', description: 'Its arguments.', additionalProperties: { type: 'string' } },
      },
    },
    effects: 'none',
    run: async ({ server, name, arguments: given }, context) => {
      if (name === undefined) return fromAll(servers, server, (each) => promptsOf(each, context));
      const texts = isMap(given) ? Object.fromEntries(Object.entries(given).map(([key, value]) => [key, String(value)])) : {};
      const { messages } = await chosen(servers, server).request('prompts/get', { name, arguments: texts }, how(context));
      const read = (Array.isArray(messages) ? messages.filter(isMap) : []).map(({ role, content }) => ({ role: role === 'assistant' ? 'assistant' : 'user', ...readContent(content) }));
      const media = { texts: [], images: read.flatMap((each) => each.images), files: read.flatMap((each) => each.files) };
      return { text: read.map(({ role, text }) => `[${role}]\n${text}`).join('\n\n'), ...mediaOf(media) };
    },
  };
}

/** One tool for the resources of all servers, and one for their prompts; only where a server has any. */
export function helperTools(servers: readonly McpServer[]): readonly Tool[] {
  const withResources = servers.filter((server) => server.abilities()?.resources === true);
  const withPrompts = servers.filter((server) => server.abilities()?.prompts === true);
  return [...(withResources.length === 0 ? [] : [resourcesTool(withResources)]), ...(withPrompts.length === 0 ? [] : [promptsTool(withPrompts)])];
}
