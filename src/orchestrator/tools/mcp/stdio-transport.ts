import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import type { McpDeps } from './deps.js';
import { createLineReader } from './line-reader.js';
import { MAX_MESSAGE_BYTES, MAX_SKIPPED_BYTES, TOO_LARGE_CODE, tooLarge } from './limits.js';
import type { StdioServerSettings } from './settings.js';
import type { ServerComplaints } from './stderr-file.js';

const MAX_WAITING_BYTES = 32 * 1024 * 1024;
const GRACE_MS = 1000;

/** The call that a cut message answers, where either end of it says so. */
function answeredCall(head: string, tail: string): number | undefined {
  const [, last] = /"id"\s*:\s*(\d+)\s*(?:,\s*"jsonrpc"\s*:\s*"2\.0"\s*)?\}\s*$/u.exec(tail) ?? [];
  const [, first] = /^\s*\{\s*(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?"id"\s*:\s*(\d+)\s*,/u.exec(head) ?? [];
  const id = last ?? first;
  return id === undefined ? undefined : Number(id);
}

type Deps = Pick<McpDeps, 'processes' | 'environment' | 'cwd'>;

/**
 * A server that is a program of ours: one message a line. It leads a process group, which ends with the connection, and
 * with massgen. Why it ended, `ending` says. `start` rejects when there is no such program.
 */
export class StdioServerTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: Transport['onmessage'];
  readonly #settings: StdioServerSettings;
  readonly #deps: Deps;
  readonly #complaints: ServerComplaints;
  #child: ChildProcessWithoutNullStreams | undefined;
  #ending: string | undefined;
  #isClosed = false;

  constructor(settings: StdioServerSettings, deps: Deps, complaints: ServerComplaints) {
    [this.#settings, this.#deps, this.#complaints] = [settings, deps, complaints];
  }

  ending(): string | undefined {
    return this.#ending;
  }

  async start(): Promise<void> {
    const { command, args, env } = this.#settings;
    const at = path.resolve(this.#deps.cwd, this.#settings.cwd ?? '.');
    const child = this.#deps.processes.start(command, args, { cwd: at, env: { ...this.#deps.environment, ...env } });
    this.#child = child;
    child.stderr.on('data', this.#complaints.read);
    child.stdout.on('data', this.#reader());
    child.once('exit', (code, signal) => {
      // What it started goes with it; what it said last may still be in the pipe.
      this.#deps.processes.end(child);
      const how = signal === null ? `with exit code ${code ?? 'unknown'}` : `by ${signal}`;
      void Promise.race([once(child, 'close'), sleep(GRACE_MS, undefined, { ref: false })]).then(() => {
        const last = this.#complaints.tail();
        this.#end(`it ended ${how}${last === '' ? '' : `: ${last}`}`);
      });
    });
    await once(child, 'spawn').catch((error: unknown) => {
      const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      this.#end(isMissing ? `there is no program ${command}, or no folder ${at}` : String(error));
      throw error;
    });
  }

  send(message: JSONRPCMessage): Promise<void> {
    const child = this.#child;
    if (child?.stdin.writable !== true || this.#isClosed) return Promise.reject(new Error(this.#ending ?? 'it is not running'));
    if (child.stdin.writableLength > MAX_WAITING_BYTES) return Promise.reject(new Error('it does not read what it is sent'));
    child.stdin.write(`${JSON.stringify(message)}\n`);
    return Promise.resolve();
  }

  async close(): Promise<void> {
    const child = this.#child;
    this.#ending ??= 'it was closed';
    if (child?.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      const gone = once(child, 'exit');
      child.stdin.end();
      if ((await Promise.race([gone, sleep(GRACE_MS, 'late' as const, { ref: false })])) === 'late') {
        this.#deps.processes.end(child, GRACE_MS);
        await Promise.race([gone, sleep(GRACE_MS + 200, undefined, { ref: false })]);
      }
      this.#deps.processes.end(child);
    }
    this.#end('it was closed');
  }

  #end(why: string): void {
    this.#ending ??= why;
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.onclose?.();
  }

  #giveUp(why: string): void {
    if (this.#child !== undefined) this.#deps.processes.end(this.#child);
    this.#end(why);
  }

  #read(line: string): void {
    if (line.trim() === '' || this.#isClosed) return;
    try {
      const message: unknown = JSON.parse(line);
      if (typeof message === 'object' && message !== null && !Array.isArray(message)) this.onmessage?.(message as JSONRPCMessage);
    } catch {
      this.#complaints.say(`[stdout] ${line.slice(0, 2000)}`);
    }
  }

  #reader(): (chunk: Buffer) => void {
    const handlers = {
      line: (line: string) => this.#read(line),
      long: (head: string, tail: string, bytes: number) => {
        const id = answeredCall(head, tail);
        if (id === undefined) this.#giveUp(`it sent a message of ${Math.round(bytes / 1e6)} MB`);
        else this.onmessage?.({ jsonrpc: '2.0', id, error: { code: TOO_LARGE_CODE, message: tooLarge(bytes) } });
      },
      endless: () => this.#giveUp('it sent a message without an end'),
    };
    return createLineReader(handlers, MAX_MESSAGE_BYTES, MAX_SKIPPED_BYTES);
  }
}
