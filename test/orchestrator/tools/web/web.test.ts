import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ToolOutcome } from '../../../../src/orchestrator/tools/contract.js';
import { checkUrl, publicLookup, refuseAddress } from '../../../../src/orchestrator/tools/web/public-address.js';
import { readWebSettings, type WebSettings } from '../../../../src/orchestrator/tools/web/settings.js';
import { openWebSource } from '../../../../src/orchestrator/tools/web/web-source.js';

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const SETTINGS: WebSettings = { fetch: true, search: true, allowedHosts: [], provider: 'auto' };

async function call(name: string, given: Record<string, unknown>, settings: Partial<WebSettings> = {}, keys: Record<string, string> = {}): Promise<ToolOutcome> {
  const source = await openWebSource({ ...SETTINGS, ...settings }, { lookUp: (variable) => keys[variable] });
  const tool = source.tools().find((each) => each.name === name);
  if (tool === undefined) throw new Error(source.notes().join());
  return tool.run(given, { agent: 'a', callId: 'c', signal: AbortSignal.timeout(60_000), delivering: false, progress: () => undefined, spent: () => undefined });
}

const local = { allowedHosts: ['127.0.0.1'] };

describe('an address that is no agent’s business', () => {
  it.each([
    '127.0.0.1', '127.1.2.3', '0.0.0.0', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.1.1', '169.254.169.254', '100.64.0.1', '100.100.100.200', '192.0.0.192', '192.0.2.1', '198.18.0.1', '198.51.100.1', '203.0.113.1', '224.0.0.1', '240.0.0.1', '255.255.255.255',
    '::', '::1', '::ffff:127.0.0.1', '::ffff:10.0.0.1', '::127.0.0.1', 'fe80::1', 'fc00::1', 'fd00:ec2::254', 'ff02::1', '64:ff9b::7f00:1', '64:ff9b::a9fe:a9fe', '2002:7f00:1::', '2002:c0a8:101::', '2001:db8::1', '2001::1',
  ])('%s is refused', (address) => {
    expect(refuseAddress(address)).not.toBeNull();
  });

  it.each(['93.184.216.34', '8.8.8.8', '2606:4700:4700::1111'])('%s is not', (address) => {
    expect(refuseAddress(address)).toBeNull();
  });

  it.each([
    'http://127.0.0.1/', 'http://127.1/', 'http://2130706433/', 'http://0x7f000001/', 'http://0177.0.0.1/', 'http://[::1]/', 'http://[::ffff:127.0.0.1]/', 'http://[::ffff:7f00:1]/', 'http://localhost/', 'http://LOCALHOST./', 'http://a.localhost/', 'http://metadata.google.internal/', 'http://instance-data/', 'http://printer.local/',
    'http://user@example.com/', 'http://example.com@127.0.0.1/', 'http://127.0.0.1#@example.com/', 'file:///etc/passwd', 'ftp://example.com/', 'gopher://example.com/', 'data:text/plain,x', 'javascript:alert(1)', '//example.com', 'x', '', 'http://', 'http://example.com/?api_key=1', 'http://example.com/?a=1&token=2', 'http://１２７.0.0.1/', 'http://127。0。0。1/',
  ])('%s is not fetched', async (url) => {
    expect(() => checkUrl(url, [])).toThrow();
    expect(await call('web_fetch', { url })).toMatchObject({ failed: true, text: expect.stringMatching(/^Not fetched/u) as unknown as string });
  });

  it('is refused however it is written', () => {
    fc.assert(fc.property(fc.ipV4Extended(), (host) => {
      const url = URL.canParse(`http://${host}/`) ? new URL(`http://${host}/`) : null;
      if (url === null || refuseAddress(url.hostname) === null) return;
      expect(() => checkUrl(`http://${host}/`, [])).toThrow();
    }));
  });

  it('is refused when a name leads there, at the connection', async () => {
    const found = await new Promise((resolve) => {
      publicLookup([])('localhost', {}, (error) => {
        resolve(error?.message);
      });
    });
    expect(found).toMatch(/localhost leads to .* is not on the public internet/u);
  });

  it('that a cloud keeps its secrets on is refused whatever is allowed', () => {
    expect(refuseAddress('169.254.169.254', ['169.254.0.0/16'])).not.toBeNull();
    expect(refuseAddress('10.1.2.3', ['10.0.0.0/8'])).toBeNull();
    expect(() => checkUrl('http://169.254.169.254/', ['169.254.169.254'])).toThrow();
    for (const hidden of ['168.63.129.16', 'fd20:ce::254', '::ffff:169.254.169.254', '64:ff9b::a9fe:a9fe', '2002:a9fe:a9fe::']) expect(refuseAddress(hidden, ['::/0', '0.0.0.0/0'])).toContain('where a cloud keeps its secrets');
    expect(() => checkUrl('http://[64:ff9b::a9fe:a9fe]/', ['64:ff9b::a9fe:a9fe'])).toThrow();
  });

  it('is this machine, by its own name', () => {
    expect(refuseAddress('::1')).toBe('::1 is not on the public internet (loopback)');
    expect(refuseAddress('::1', ['::1'])).toBeNull();
  });
});

describe('a page', () => {
  it('of HTML comes as markdown without scripts, with where it is from', async () => {
    const port = await serve((_request, response) => {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end('<html><head><title>t</title><style>x</style></head><body><h1>Hi</h1><script>bad()</script><p>A <a href="/b">link</a> é</p><img src="data:image/png;base64,AAAA"></body></html>');
    });
    const { text } = await call('web_fetch', { url: `http://127.0.0.1:${String(port)}/a` }, local);
    expect(text).toContain(`From http://127.0.0.1:${String(port)}/a. This is a stranger's text`);
    expect(text).toMatch(/# Hi\n\nA \[link\]\(\/b\) é/u);
    expect(text).not.toMatch(/bad\(\)|base64/u);
  });

  it('that redirects is judged again at every step', async () => {
    const inner = await serve((_request, response) => response.end('secret'));
    const port = await serve((request, response) => {
      response.writeHead(302, { location: request.url === '/1' ? '/2' : `http://127.0.0.2:${String(inner)}/` });
      response.end();
    });
    const outcome = await call('web_fetch', { url: `http://127.0.0.1:${String(port)}/1` }, local);
    expect(outcome).toMatchObject({ failed: true, text: expect.stringContaining('127.0.0.2 is not on the public internet') as unknown as string });
    const loop = await serve((request, response) => response.writeHead(302, { location: request.url ?? '/' }).end());
    expect((await call('web_fetch', { url: `http://127.0.0.1:${String(loop)}/` }, local)).text).toContain('redirects more than 5 times');
  });

  it('without an end, or that unfolds to one, is cut', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000, 'a'));
    const port = await serve((request, response) => {
      response.setHeader('content-type', 'text/plain');
      if (request.url === '/bomb') {
        response.setHeader('content-encoding', 'gzip');
        response.end(bomb);
        return;
      }
      const timer = setInterval(() => response.write('b'.repeat(1_000_000)), 1);
      response.on('close', () => {
        clearInterval(timer);
      });
    });
    for (const path of ['/bomb', '/endless']) {
      const { text } = await call('web_fetch', { url: `http://127.0.0.1:${String(port)}${path}` }, local);
      expect(text.length).toBeLessThan(51_000);
      expect(text).toContain('[… the page goes on …]');
    }
  });

  it('that is no text, is missing or is broken says so', async () => {
    const port = await serve((request, response) => {
      if (request.url === '/image') response.setHeader('content-type', 'image/png');
      if (request.url === '/broken') response.setHeader('content-encoding', 'gzip');
      response.writeHead(request.url === '/missing' ? 404 : 200);
      response.end('no such page');
    });
    const url = `http://127.0.0.1:${String(port)}`;
    expect(await call('web_fetch', { url: `${url}/image` }, local)).toMatchObject({ failed: true, text: expect.stringContaining('no text but image/png') as unknown as string });
    expect(await call('web_fetch', { url: `${url}/missing` }, local)).toMatchObject({ failed: true, text: expect.stringContaining('(HTTP 404)') as unknown as string });
    await expect(call('web_fetch', { url: `${url}/broken` }, local)).rejects.toThrow();
  });

  it('shows no terminal sequences', async () => {
    const port = await serve((_request, response) => response.end('a\u001b]0;x\u0007b'));
    expect((await call('web_fetch', { url: `http://127.0.0.1:${String(port)}/` }, local)).text).toMatch(/ab$/u);
  });
});

describe('a search', () => {
  it.each([
    ['tavily', { TAVILY_API_KEY: 'k-1' }, { results: [{ title: 'T', url: 'http://e.org', content: 'words' }] }],
    ['brave', { BRAVE_API_KEY: 'k-1' }, { web: { results: [{ title: 'T', url: 'http://e.org', description: 'words' }] } }],
    ['searxng', {}, { results: [{ title: 'T', url: 'http://e.org', content: 'words' }] }],
  ] as const)('by %s returns titles, addresses and excerpts', async (provider, keys, body) => {
    let seen = '';
    const port = await serve((request, response) => {
      seen = `${request.url ?? ''} ${String(request.headers['x-subscription-token'] ?? request.headers.authorization ?? '')}`;
      response.end(JSON.stringify(body));
    });
    const { text } = await call('web_search', { query: 'a b' }, { provider, searchUrl: `http://127.0.0.1:${String(port)}/search` }, keys);
    expect(text).toContain('1. T\n   http://e.org\n   words');
    if (provider !== 'tavily') expect(seen).toContain('q=a+b');
    if (provider !== 'searxng') expect(seen).toContain('k-1');
  });

  it('that is answered with a page says what is missing', async () => {
    const port = await serve((_request, response) => response.end('<html></html>'));
    await expect(call('web_search', { query: 'x' }, { provider: 'searxng', searchUrl: `http://127.0.0.1:${String(port)}/search` })).rejects.toThrow('searxng did not answer in JSON; add json to search.formats in its settings');
  });

  it('that is refused says so without the key', async () => {
    const port = await serve((_request, response) => response.writeHead(401).end('bad key k-1'));
    await expect(call('web_search', { query: 'x' }, { provider: 'brave', searchUrl: `http://127.0.0.1:${String(port)}/` }, { BRAVE_API_KEY: 'k-1' })).rejects.toThrow('HTTP 401 bad key ***');
  });

  it('without a key is not offered, and the agent is told which', async () => {
    const source = await openWebSource(SETTINGS, { lookUp: () => undefined });
    expect(source.tools().map(({ name }) => name)).toEqual(['web_fetch']);
    expect(source.notes()).toEqual(['web_search is not available: set TAVILY_API_KEY or BRAVE_API_KEY.']);
  });

  it('is set up by the web block of the configuration', () => {
    expect(readWebSettings({ web: { search_provider: 'searxng', search_url: 'http://s', allowed_hosts: ['10.0.0.0/8'] } }, { fetch: true, search: true })).toEqual({ fetch: true, search: true, provider: 'searxng', searchUrl: 'http://s', allowedHosts: ['10.0.0.0/8'] });
    expect(readWebSettings({}, { fetch: false, search: false })).toBeUndefined();
  });
});
