import { spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { temporaryFolder } from './massgen-process.js';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const BROWSER = process.env['MASSGEN_TEST_BROWSER'] ?? NAMES.find((name) => spawnSync(name, ['--version'], { timeout: 60_000 }).status === 0);

/** Why pages cannot be looked at in a browser here, for the name of a test that is skipped. */
export const browserReason: string | undefined = BROWSER !== undefined || process.env['MASSGEN_TEST_REQUIRE'] === '1' ? undefined : ' (skipped: there is no Chromium; install it or set MASSGEN_TEST_BROWSER)';

type Json = any; // eslint-disable-line @typescript-eslint/no-explicit-any

export interface Page {
  /** What the page wrote into its console, and requests that failed. */
  readonly complaints: readonly string[];
  /** The value of an expression, once it is truthy. */
  readonly eventually: (expression: string) => Promise<unknown>;
  readonly screenshot: (file: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Opens an address in a Chromium without a window, spoken to over a pipe. */
export async function openPage(url: string): Promise<Page> {
  const child = spawn(BROWSER ?? NAMES[0]!, ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run', '--window-size=1280,1800', `--user-data-dir=${temporaryFolder()}`, '--remote-debugging-pipe', 'about:blank'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
  const [to, from] = [child.stdio[3] as Writable, child.stdio[4] as Readable];
  const waiting = new Map<number, { readonly resolve: (result: Json) => void; readonly reject: (error: Error) => void }>();
  const complaints: string[] = [];
  let buffer = '';
  let count = 0;
  const hear = (text: string): void => {
    const { id, result, error, method, params } = JSON.parse(text);
    if (error !== undefined) waiting.get(id as number)?.reject(new Error(JSON.stringify(error)));
    else waiting.get(id as number)?.resolve(result);
    if (method === 'Runtime.exceptionThrown') complaints.push(String(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text));
    if (method === 'Log.entryAdded' && params.entry.level === 'error') complaints.push(`${String(params.entry.text)} ${String(params.entry.url ?? '')}`);
  };
  from.setEncoding('utf8').on('data', (text: string) => {
    const messages = (buffer + text).split('\0');
    buffer = messages.pop() ?? '';
    for (const message of messages) hear(message);
  });
  const send = (method: string, params: object = {}, session?: string): Promise<Json> =>
    new Promise((resolve, reject) => {
      const id = (count += 1);
      waiting.set(id, { resolve, reject });
      to.write(`${JSON.stringify({ id, method, params, ...(session === undefined ? {} : { sessionId: session }) })}\0`);
    });
  const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
  const inPage = (method: string, params?: object): Promise<Json> => send(method, params, sessionId as string);
  for (const domain of ['Page', 'Runtime', 'Log']) await inPage(`${domain}.enable`);
  await inPage('Page.navigate', { url });
  return {
    complaints,
    eventually: async (expression) => {
      for (let left = 900; left > 0; left -= 1) {
        const { result } = await inPage('Runtime.evaluate', { expression: `(() => { try { return ${expression}; } catch { return false; } })()`, returnByValue: true });
        if (result.value) return result.value as unknown;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      throw new Error(`${expression} never came to be; the page complained of: ${complaints.join('; ')}`);
    },
    screenshot: async (file) => {
      writeFileSync(file, Buffer.from((await inPage('Page.captureScreenshot', { format: 'png' })).data as string, 'base64'));
    },
    close: async () => {
      const ended = new Promise((resolve) => child.once('close', resolve));
      // Its children write into its folder until they are told to end.
      await send('Browser.close').catch(() => child.kill('SIGKILL'));
      await ended;
    },
  };
}
