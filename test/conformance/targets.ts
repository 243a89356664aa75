import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { MODEL } from './model/capable-model.js';

const BINARY = fileURLToPath(new URL('../../bin/run.js', import.meta.url));

/** The model takes an effort, and thinks only when a caller asks for it. */
const agentAt = (url: string, id: string): object => ({ id, backend: { type: 'chatcompletion', model: MODEL, base_url: url, api_key: 'k', reasoning: {} } });

/** One agent, or a team of three, whose model is the one at `url`. */
export const configurations = (url: string): Readonly<Record<'single' | 'team', object>> => ({
  single: { agents: [agentAt(url, 'solo')] },
  team: { agents: ['one', 'two', 'three'].map((id) => agentAt(url, id)) },
});

export interface Target {
  /** Without `/v1`. */
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** `massgen serve`, the real one, in a folder of its own with an empty environment. Throws when it does not listen. */
export async function serveMassgen(folder: string, config: object): Promise<Target> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'config.json'), JSON.stringify(config));
  const args = [BINARY, 'serve', '--config', 'config.json', '--host', '127.0.0.1', '--port', '0', '--concurrency', '16', '--quiet', '--log-files', 'events'];
  const child = spawn(process.execPath, args, { cwd: folder, env: { PATH: process.env['PATH'] ?? '', HOME: folder }, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const ended = new Promise<void>((resolve) => child.on('close', () => {
    resolve();
  }));
  const url = await new Promise<string>((resolve, reject) => {
    const hear = (text: string): void => {
      said += text;
      const found = /listening on (http:\/\/\S+)/u.exec(said)?.[1];
      if (found !== undefined) resolve(found);
    };
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', hear);
    void ended.then(() => {
      reject(new Error(`massgen serve ended: ${said}`));
    });
  });
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  return { url, stop };
}
