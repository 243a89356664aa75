import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { CATALOG } from '../backends/catalog.js';
import { listModels } from '../backends/list-models.js';
import type { Environment } from '../backends/resolve.js';
import { AGENT_SDK, AGENT_SDK_INSTALL, findAgentSdk } from '../backends/wires/claude-code/agent-sdk.js';
import { pythonOf } from '../backends/wires/ag2/ag2.js';
import { MassgenError } from '../errors.js';
import { loadEnvironment } from '../orchestrator/config/dotenv.js';
import type { Places } from '../orchestrator/config/places.js';

export interface KeyFinding {
  readonly variable: string;
  /** The end of the value, when it is set. */
  readonly value: string | null;
  readonly unlocks: string;
}

export interface ServerFinding {
  readonly backend: string;
  readonly url: string;
  readonly answers: boolean;
  readonly models: readonly string[];
  /** What to do when it does not answer. */
  readonly remedy: string | null;
}

export interface PartFinding {
  readonly part: string;
  /** Null when it is not installed. */
  readonly version: string | null;
  readonly unlocks: string;
  readonly install: string;
}

export interface Diagnosis {
  readonly node: string;
  readonly keys: readonly KeyFinding[];
  readonly servers: readonly ServerFinding[];
  readonly parts: readonly PartFinding[];
}

const SHOWN = 4;
const SHORTEST = 12;
const PATIENCE_MS = 5000;

/** Only its end, and of a short one nothing: enough to tell two keys apart. Addresses and versions are no secrets. */
function shown(variable: string, value: string | undefined): string | null {
  const text = value?.trim() ?? '';
  if (text === '') return null;
  if (!/KEY|TOKEN/.test(variable)) return text.replace(/\/\/[^/@]*@/, '//');
  return text.length < SHORTEST ? '…' : `…${text.slice(-SHOWN)}`;
}

function keysOf(env: Environment): readonly KeyFinding[] {
  return CATALOG.filter(({ looksAround }) => !looksAround).flatMap((row) => {
    const alternatives = row.keyEnvs.length > 1 ? ` (one of ${row.keyEnvs.join(', ')} is enough)` : '';
    const needed = [...row.keyEnvs, ...(row.addressEnv === undefined ? [] : [row.addressEnv])].map((variable) => ({ variable, unlocks: row.keyRequired ? `${row.id}${alternatives}` : `${row.id}, ${row.program ? 'in place of a login' : 'where it asks for a key'}` }));
    const version = row.apiVersion === undefined ? [] : [{ variable: row.apiVersion.env, unlocks: `${row.id} in another version than ${row.apiVersion.usual}` }];
    return [...needed, ...version].map((each) => ({ ...each, value: shown(each.variable, env[each.variable]) }));
  });
}

async function serversOf(env: Environment): Promise<readonly ServerFinding[]> {
  return Promise.all(
    CATALOG.filter(({ local, looksAround }) => local && !looksAround).map(async ({ id, baseUrl = '', label }): Promise<ServerFinding> => {
      try {
        return { backend: id, url: baseUrl, answers: true, models: await listModels({ type: id }, env), remedy: null };
      } catch (thrown) {
        if (!(thrown instanceof MassgenError)) throw thrown;
        return { backend: id, url: baseUrl, answers: false, models: [], remedy: thrown.code === 'backend-unreachable' ? `start ${label}, or set base_url` : thrown.message };
      }
    }),
  );
}

/** The first word that looks like a version in what a command prints; null when it does not run. */
function versionOf(file: string, args: readonly string[]): Promise<string | null> {
  return new Promise((resolve) => {
    execFile(file, [...args], { timeout: PATIENCE_MS }, (error, stdout) => {
      resolve(error === null ? (/\d+(?:\.\w+)+/.exec(stdout)?.[0] ?? stdout.trim()) : null);
    });
  });
}

function agentSdkVersion(env: Environment): string | null {
  const entry = findAgentSdk(env);
  if (entry === undefined) return null;
  try {
    return (JSON.parse(readFileSync(path.join(path.dirname(entry), 'package.json'), 'utf8')) as { readonly version: string }).version;
  } catch {
    return null;
  }
}

async function partsOf(env: Environment): Promise<readonly PartFinding[]> {
  const [ag2, lms, docker, bubblewrap] = await Promise.all([
    versionOf(pythonOf({}, env), ['-c', 'import autogen; print(autogen.__version__)']),
    versionOf('lms', ['version']),
    // The daemon's: a program without one runs nothing.
    versionOf('docker', ['version', '--format', '{{.Server.Version}}']),
    // In itself: where the kernel allows no namespaces the program is there and shuts nothing in.
    process.platform === 'linux' ? versionOf('bwrap', ['--unshare-all', '--ro-bind', '/', '/', 'bwrap', '--version']) : null,
  ]);
  return [
    { part: AGENT_SDK, version: agentSdkVersion(env), unlocks: 'claude_code', install: AGENT_SDK_INSTALL },
    { part: 'ag2 (Python)', version: ag2, unlocks: 'ag2', install: 'pip install "ag2[openai]<1"' },
    { part: 'lms (LM Studio)', version: lms, unlocks: 'lmstudio: loading of models', install: 'npx lmstudio install-cli' },
    { part: 'docker', version: docker, unlocks: 'commands in a container', install: 'https://docs.docker.com/engine/install, and start it' },
    ...(process.platform === 'linux' ? [{ part: 'bubblewrap', version: bubblewrap, unlocks: 'local commands that are shut in', install: 'the package bubblewrap of your system, and user namespaces' }] : []),
  ];
}

/** What of this machine massgen could use: keys, local model servers, optional parts. Asks this machine only. */
export async function diagnose(base: Environment, places: Partial<Places> = {}): Promise<Diagnosis> {
  const { env } = await loadEnvironment(base, places);
  const [servers, parts] = await Promise.all([serversOf(env), partsOf(env)]);
  return { node: process.version, keys: keysOf(env), servers, parts };
}
