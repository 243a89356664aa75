import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { Calls } from './calls.js';
import type { McpDeps } from './deps.js';
import { readForm } from './read-form.js';
import { rootsOf } from './roots.js';
import type { Sampler } from './sampler.js';
import type { McpServerSettings } from './settings.js';
import { openComplaints } from './stderr-file.js';
import { openTransport } from './transports.js';

/** What a server offers, as it said when it was connected. */
export interface ServerAbilities {
  readonly tools: boolean;
  readonly resources: boolean;
  readonly prompts: boolean;
  readonly instructions: string;
}

type ListKind = 'tools' | 'resources' | 'prompts';

/** One connection to a server, from the handshake until it ends. */
export interface McpSession {
  readonly abilities: ServerAbilities;
  readonly request: Calls['request'];
  readonly isOpen: () => boolean;
  readonly close: () => Promise<void>;
}

export interface SessionEvents {
  readonly changed: (kind: ListKind) => void;
  /** Absent where the server may not ask the model. */
  readonly sampler?: Sampler | undefined;
  /** Once, unless the session was closed from here. */
  readonly ended: (why: string) => void;
}

const MAX_FORMS = 20;

/** Forms one after the other, and not without end. */
async function answerForms(client: Client, settings: McpServerSettings, fillForm: NonNullable<McpDeps['fillForm']>): Promise<void> {
  const { ElicitRequestSchema } = await import('@modelcontextprotocol/sdk/types.js');
  let before: Promise<unknown> = Promise.resolve();
  let count = 0;
  client.setRequestHandler(ElicitRequestSchema, async ({ params }, { signal }) => {
    const form = readForm(settings.name, params);
    count += 1;
    if (form === undefined || count > MAX_FORMS) return { action: 'decline' };
    const reply = before.then(() => (signal.aborted ? ({ action: 'cancel' } as const) : fillForm(form, signal)));
    before = reply.catch(() => undefined);
    const filled = await reply;
    if (filled.action !== 'accept') return { action: filled.action };
    return { action: 'accept', content: Object.fromEntries(Object.entries(filled.content).map(([key, value]) => [key, typeof value === 'object' ? [...value] : value])) };
  });
}

async function createClient(settings: McpServerSettings, deps: McpDeps, { changed, sampler }: Pick<SessionEvents, 'changed' | 'sampler'>): Promise<Client> {
  const types = await import('@modelcontextprotocol/sdk/types.js');
  const { Client } = await import('@modelcontextprotocol/sdk/client/index.js');
  const roots = settings.roots ? await rootsOf(settings, deps) : [];
  const capabilities = { ...(roots.length === 0 ? {} : { roots: {} }), ...(deps.fillForm === undefined ? {} : { elicitation: { form: {} } }), ...(sampler === undefined ? {} : { sampling: {} }) };
  const client = new Client({ name: 'massgen', version: deps.version }, { capabilities });
  if (roots.length > 0) client.setRequestHandler(types.ListRootsRequestSchema, () => ({ roots: [...roots] }));
  if (deps.fillForm !== undefined) await answerForms(client, settings, deps.fillForm);
  if (sampler !== undefined) client.setRequestHandler(types.CreateMessageRequestSchema, ({ params }, { signal }) => sampler.answer(params, signal));
  client.setNotificationHandler(types.ToolListChangedNotificationSchema, () => changed('tools'));
  client.setNotificationHandler(types.ResourceListChangedNotificationSchema, () => changed('resources'));
  client.setNotificationHandler(types.PromptListChangedNotificationSchema, () => changed('prompts'));
  return client;
}

function abilitiesOf(client: Client): ServerAbilities {
  const said = client.getServerCapabilities();
  return { tools: said?.tools !== undefined, resources: said?.resources !== undefined, prompts: said?.prompts !== undefined, instructions: client.getInstructions() ?? '' };
}

/** A promise, or the abort before it. */
function orAbort<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason as Error);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    void promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

/** Connects and shakes hands. Rejects when the server is not ready within its time; nothing of it is left then. */
export async function openSession(settings: McpServerSettings, deps: McpDeps, events: SessionEvents, signal: AbortSignal): Promise<McpSession> {
  const complaints = openComplaints(deps.stderrFile?.(settings.name) ?? null, deps.mask ?? ((text) => text));
  const wait = (connecting: Promise<void>): Promise<void> => orAbort(connecting, AbortSignal.any([signal, AbortSignal.timeout(settings.connectMs)]));
  const opened = await openTransport(settings, deps, complaints, { createClient: () => createClient(settings, deps, events), wait, signal });
  const { client, request, close, why } = opened;
  let isOver = false;
  client.onclose = () => {
    if (isOver) return;
    isOver = true;
    complaints.close();
    void close();
    events.ended(why() ?? 'the connection was closed');
  };
  if (client.transport === undefined) {
    complaints.close();
    throw new Error(why() ?? 'the connection was closed');
  }
  return {
    abilities: abilitiesOf(client),
    request,
    isOpen: () => !isOver,
    close: async () => {
      isOver = true;
      await close();
      complaints.close();
    },
  };
}
