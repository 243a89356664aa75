import { openServer } from '../../../src/compose/serve/open-server.js';
import { planServer, type ServePlan } from '../../../src/compose/serve/serve-settings.js';
import { checkConfig } from '../../../src/orchestrator/config/check.js';
import { placesWith } from '../../../src/orchestrator/config/places.js';
import { folderWith } from './temporary-folder.js';

type Block = Readonly<Record<string, unknown>>;

const agents = [{ id: 'one', backend: { type: 'scripted', loop: true, script: [{ text: 'Hi.' }] }, description: 'Says hi.' }];

/** What a `serve` block makes of a server, where nothing else says anything. */
export async function serverFrom(serve: Block, files: Readonly<Record<string, string>> = {}): Promise<ServePlan> {
  const { config, issues } = checkConfig({ agents, serve }, {});
  if (config === undefined || issues.length > 0) throw new Error(JSON.stringify(issues));
  return planServer({}, {}, config.serve, placesWith({ cwd: folderWith(files) }));
}

/** Keys of `serve`, and the part of the server's plan that is then this and was not before. */
export const servedKeys: Readonly<Record<string, readonly [given: Block, expected: object]>> = {
  host: [{ host: '127.0.0.1' }, { listeners: [{ host: '127.0.0.1' }] }],
  port: [{ port: 8123 }, { listeners: [{ port: 8123 }] }],
  api_key: [{ api_key: 'sesame' }, { keys: ['sesame'] }],
  api_keys: [{ api_keys: ['one', 'two'] }, { keys: ['one', 'two'] }],
  api_key_file: [{ api_key_file: 'keys.txt' }, { keys: ['from-a-file'] }],
  cors: [{ cors: 'https://a.example https://b.example' }, { cors: ['https://a.example', 'https://b.example'] }],
  docs: [{ docs: false }, { docs: false }],
  reasoning: [{ reasoning: 'full' }, { reasoning: 'full' }],
  expose_agent_tools: [{ expose_agent_tools: 'never' }, { exposeAgentTools: 'never' }],
  max_concurrent: [{ max_concurrent: 2 }, { listeners: [{ concurrency: 2 }] }],
  max_queued: [{ max_queued: 7 }, { queueLimit: 7 }],
  queue_timeout_seconds: [{ queue_timeout_seconds: 1.5 }, { queueTimeoutMs: 1500 }],
  drain_timeout_seconds: [{ drain_timeout_seconds: 0 }, { drainTimeoutMs: 0 }],
  rate_limit: [{ rate_limit: 60 }, { rateLimit: 60 }],
};

/** Of `serve.models`, for which the plan of a server has no place. */
export const MORE_MODELS = { duo: ['one'], quick: '@examples/offline_demo' };

interface Listed {
  readonly id: string;
  readonly description?: string;
}

/** What a server lists as models. */
export async function modelsOf(serve: Block = {}): Promise<readonly Listed[]> {
  const server = await openServer({ config: { agents, serve }, host: '127.0.0.1', port: 0, cwd: folderWith(), home: folderWith(), env: {}, report: () => undefined });
  try {
    const [listener] = await server.start();
    const reply = (await (await fetch(`${listener?.url ?? ''}/v1/models`)).json()) as { readonly data: readonly Listed[] };
    return reply.data;
  } finally {
    await server.stop({ drainTimeoutMs: 0 });
  }
}
