import { startMassgen, type Running, type Setting } from './massgen-process.js';

/** `massgen serve` as a process. */
export interface Started extends Running {
  readonly url: string;
  readonly urls: readonly string[];
}

/** Starts `massgen serve` on this machine, at free ports, and waits until it says what its models are. */
export async function serving(args: readonly string[], setting: Setting = {}): Promise<Started> {
  const running = startMassgen(['serve', ...(args.includes('--host') ? [] : ['--host', '127.0.0.1']), ...(args.includes('--port') || args.includes('--openai-completions') ? [] : ['--port', '0']), ...args], setting);
  let out = '';
  running.child.stdout?.on('data', (text: string) => (out += text));
  await running.says('models');
  const urls = [...out.matchAll(/listening on (\S+)/gu)].map((match) => match[1] ?? '');
  return { ...running, url: urls[0] ?? '', urls };
}

/** Asks for a chat completion. */
export const ask = (url: string, body: object = {}, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
  fetch(`${url}/v1/chat/completions`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify({ messages: [{ role: 'user', content: 'Hi' }], ...body }) });

export const modelsAt = async (url: string): Promise<readonly string[]> => ((await (await fetch(`${url}/v1/models`)).json()) as { data: { id: string }[] }).data.map(({ id }) => id);
export const answerOf = async (response: Response): Promise<string> => ((await response.json()) as { choices: { message: { content: string } }[] }).choices[0]!.message.content;
