export interface ServedListener {
  readonly url: string;
  readonly host: string;
  /** The one API that it speaks. */
  readonly only?: 'messages' | undefined;
}

/** How many names fit on a line that somebody reads. */
const SHOWN = 12;

const list = (names: readonly string[]): string => (names.length <= SHOWN ? names.join(', ') : `${names.slice(0, SHOWN).join(', ')} and ${String(names.length - SHOWN)} more (GET /v1/models)`);

/** What a server says when it listens: a line for each port, then its models. */
export function startLines(listeners: readonly ServedListener[], models: readonly string[], source: string | undefined): readonly string[] {
  return [
    ...listeners.map(({ url, host, only }) => `massgen: listening on ${url} (${host}), ${only === undefined ? 'OpenAI API' : 'Anthropic API'} at ${url}/v1${only === undefined ? '' : '/messages'}`),
    models.length === 0 ? 'massgen: no models yet; "massgen spawn coder" makes one, and it is served at once' : `massgen: models: ${list(models)}${source === undefined ? '' : `; massgen is ${source}`}`,
  ];
}

const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || host.startsWith('127.');

/** Said loudly: whoever can reach the port can spend money. Undefined where that is nobody, or needs a key. */
export function exposureWarning(listeners: readonly ServedListener[], hasKeys: boolean): string | undefined {
  if (hasKeys || listeners.every(({ host }) => isLoopback(host))) return undefined;
  return 'WARNING: ANYBODY WHO CAN REACH THIS PORT CAN USE IT, AND SPEND YOUR MONEY. Set MASSGEN_SERVER_API_KEY or --api-key-file, or listen on this machine only with --host 127.0.0.1';
}
