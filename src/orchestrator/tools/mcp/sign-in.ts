import { randomBytes } from 'node:crypto';
import type { OAuthClientProvider, OAuthDiscoveryState } from '@modelcontextprotocol/sdk/client/auth.js';
import type { OAuthClientInformationMixed, OAuthClientMetadata, OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js';
import { SignInNeeded } from './fault.js';
import type { HttpServerSettings } from './settings.js';

/** What is kept of a sign-in at one server: massgen as its client, and what it may show. */
export interface KeptSignIn {
  readonly client?: OAuthClientInformationMixed;
  readonly tokens?: OAuthTokens;
}

/** Where the browser comes back to, while a user signs in. */
export interface SignInDesk {
  readonly redirectUrl: string;
  /** Sends the user to the address and waits for the code that comes back with this state. Rejects when none does. */
  readonly codeFor: (address: URL, state: string) => Promise<string>;
  readonly close: () => void;
}

/** The sign-ins of the user, by the address of the server. */
export interface SignIns {
  readonly read: (url: string) => Promise<KeptSignIn>;
  readonly change: (url: string, change: (kept: KeptSignIn) => KeptSignIn) => Promise<void>;
  /** Absent where nobody sits at a terminal. `port` is where the browser came back to the last time. */
  readonly openDesk?: (server: string, port: number | undefined, signal: AbortSignal) => Promise<SignInDesk>;
  /** One after the other for each server: agents that share one sign in once. */
  readonly inTurn: (url: string, work: () => Promise<void>) => Promise<void>;
}

/** Nobody comes back to it: a server that has no client for us says so when somebody signs in. */
const NOWHERE = 'http://127.0.0.1/callback';

/** A server that says nothing of OAuth only wants another header. */
const refused = (): Error => Object.assign(new Error('it refuses access (HTTP 401)'), { code: 401 });

/** Shows the server what is kept, and renews it; whoever is not signed in is told so. */
export class KeptProvider implements OAuthClientProvider {
  protected readonly settings: HttpServerSettings;
  protected readonly kept: SignIns;
  #shown: OAuthTokens | undefined;
  #found: OAuthDiscoveryState | undefined;
  #verifier = '';

  constructor(settings: HttpServerSettings, kept: SignIns, found?: OAuthDiscoveryState) {
    [this.settings, this.kept, this.#found] = [settings, kept, found];
  }

  get redirectUrl(): string {
    return NOWHERE;
  }

  get clientMetadata(): OAuthClientMetadata {
    const { clientSecret, scope } = this.settings.oauth ?? {};
    return { client_name: 'massgen', redirect_uris: [this.redirectUrl], grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'], token_endpoint_auth_method: clientSecret === undefined ? 'none' : 'client_secret_post', ...(scope === undefined ? {} : { scope }) };
  }

  async clientInformation(): Promise<OAuthClientInformationMixed | undefined> {
    const { client } = await this.kept.read(this.settings.url);
    const { clientId, clientSecret } = this.settings.oauth ?? {};
    if (clientId === undefined) return this.known(client);
    const issuer = client?.client_id === clientId ? client.issuer : undefined;
    return { client_id: clientId, ...(clientSecret === undefined ? {} : { client_secret: clientSecret }), ...(issuer === undefined ? {} : { issuer }) };
  }

  /** The client that was registered; without one nothing can be renewed. */
  protected known(client: OAuthClientInformationMixed | undefined): OAuthClientInformationMixed | undefined {
    if (client !== undefined) return client;
    throw this.#found?.authorizationServerMetadata === undefined && this.#found?.resourceMetadata === undefined ? refused() : new SignInNeeded(this.#found);
  }

  async saveClientInformation(client: OAuthClientInformationMixed): Promise<void> {
    // A secret of the configuration is not written anywhere else.
    const { client_id, issuer } = client;
    const written = this.settings.oauth?.clientId === undefined ? client : { client_id, ...(issuer === undefined ? {} : { issuer }) };
    await this.kept.change(this.settings.url, (kept) => ({ ...kept, client: written }));
  }

  async tokens(): Promise<OAuthTokens | undefined> {
    this.#shown = (await this.kept.read(this.settings.url)).tokens;
    return this.#shown;
  }

  saveTokens(tokens: OAuthTokens): Promise<void> {
    return this.kept.change(this.settings.url, (kept) => ({ ...kept, tokens }));
  }

  redirectToAuthorization(address: URL): void | Promise<void> {
    throw new SignInNeeded(this.#found, `at ${address.host}`);
  }

  saveCodeVerifier(verifier: string): void {
    this.#verifier = verifier;
  }

  codeVerifier(): string {
    return this.#verifier;
  }

  saveDiscoveryState(found: OAuthDiscoveryState): void {
    this.#found = found;
  }

  discoveryState(): OAuthDiscoveryState | undefined {
    return this.#found;
  }

  async invalidateCredentials(scope: 'all' | 'client' | 'tokens' | 'verifier' | 'discovery'): Promise<void> {
    if (scope === 'discovery') this.#found = undefined;
    if (scope === 'verifier' || scope === 'discovery') return;
    const shown = this.#shown;
    await this.kept.change(this.settings.url, ({ client, tokens }) => ({
      ...(client === undefined || scope !== 'tokens' ? {} : { client }),
      // Another agent, or another massgen, may have new ones.
      ...(tokens === undefined || scope === 'all' || tokens.refresh_token === shown?.refresh_token ? {} : { tokens }),
    }));
  }
}

/** The same for a user who is about to sign in. */
class DeskProvider extends KeptProvider {
  readonly #desk: SignInDesk;
  #state = '';
  #address: URL | undefined;

  constructor(settings: HttpServerSettings, kept: SignIns, desk: SignInDesk, found: OAuthDiscoveryState | undefined) {
    super(settings, kept, found);
    this.#desk = desk;
  }

  override get redirectUrl(): string {
    return this.#desk.redirectUrl;
  }

  /** One that was registered for another way back is not taken. */
  protected override known(client: OAuthClientInformationMixed | undefined): OAuthClientInformationMixed | undefined {
    return redirectsOf(client).includes(this.redirectUrl) ? client : undefined;
  }

  state(): string {
    this.#state = randomBytes(24).toString('base64url');
    return this.#state;
  }

  override redirectToAuthorization(address: URL): void {
    this.#address = address;
  }

  async code(): Promise<string> {
    if (this.#address === undefined) throw new Error('the server did not say where to sign in');
    return this.#desk.codeFor(this.#address, this.#state);
  }
}

const redirectsOf = (client: OAuthClientInformationMixed | undefined): readonly string[] => (client !== undefined && 'redirect_uris' in client ? client.redirect_uris : []);

const portOf = (client: OAuthClientInformationMixed | undefined): number | undefined => {
  const [redirect] = redirectsOf(client);
  return redirect !== undefined && URL.canParse(redirect) ? Number(new URL(redirect).port) || undefined : undefined;
};

/** Has the user sign in at a server that wants it; resolves when there is something new to show it. */
export async function signIn(settings: HttpServerSettings, kept: SignIns, needed: SignInNeeded, fetchFn: typeof fetch, signal: AbortSignal): Promise<void> {
  const { openDesk } = kept;
  if (openDesk === undefined) throw needed;
  const before = (await kept.read(settings.url)).tokens?.access_token;
  await kept.inTurn(settings.url, async () => {
    const { client, tokens } = await kept.read(settings.url);
    if (signal.aborted || (tokens !== undefined && tokens.access_token !== before)) return;
    const { auth } = await import('@modelcontextprotocol/sdk/client/auth.js');
    const desk = await openDesk(settings.name, portOf(client), signal).catch((error: unknown) => Promise.reject(new SignInNeeded(needed.found, (error as Error).message)));
    try {
      const provider = new DeskProvider(settings, kept, desk, needed.found);
      const options = { serverUrl: settings.url, fetchFn };
      if ((await auth(provider, options)) === 'REDIRECT') await auth(provider, { ...options, authorizationCode: await provider.code() });
    } catch (error) {
      throw new SignInNeeded(needed.found, error instanceof Error ? error.message : String(error));
    } finally {
      desk.close();
    }
  });
}
