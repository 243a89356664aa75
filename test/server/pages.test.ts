import { statSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import express from 'express';
import { createServer as createHttpServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { browserReason, openPage, type Page } from '../support/browser.js';
import { cleanUp, temporaryFolder } from '../support/massgen-process.js';
import { ECHO, looped } from '../support/scripts.js';
import { serveHere, stopServers } from '../support/server.js';

const open: { readonly pages: Page[]; readonly servers: Server[] } = { pages: [], servers: [] };
afterEach(async () => {
  for (const page of open.pages.splice(0)) await page.close();
  for (const server of open.servers.splice(0)) server.close();
  await stopServers();
  await cleanUp();
});

// Where a person wants to look at what a browser shows.
const PICTURES = process.env['MASSGEN_TEST_PICTURES'];
const inBrowser = browserReason === undefined ? it : it.skip;

async function pageAt(url: string): Promise<Page> {
  const page = await openPage(url);
  open.pages.push(page);
  return page;
}

async function picture(page: Page, name: string): Promise<void> {
  const file = path.join(PICTURES ?? temporaryFolder(), `${name}.png`);
  await page.screenshot(file);
  expect(statSync(file).size).toBeGreaterThan(20_000);
}

/** Nothing but the logo of Redoc, which its maker's server would send and which is not asked for. */
const unexpected = ({ complaints }: Page): readonly string[] => complaints.filter((each) => !each.includes('cdn.redoc.ly'));

describe('the pages of documentation, in a browser', () => {
  inBrowser(`/docs shows every operation, and tries one out${browserReason ?? ''}`, async () => {
    const { url } = await serveHere({ config: looped(ECHO) });
    const page = await pageAt(`${url}/docs`);
    const paths = await page.eventually(`(() => { const all = [...document.querySelectorAll('.opblock-summary-path')].map((each) => each.dataset.path); return all.length > 10 && all; })()`);
    expect(paths).toEqual(expect.arrayContaining(['/v1/chat/completions', '/v1/responses', '/v1/messages', '/v1/models', '/v1/sessions/{id}/events']));
    await picture(page, 'docs');
    await page.eventually(`(document.querySelector('[data-path="/v1/chat/completions"]').closest('.opblock-summary').querySelector('button').click(), true)`);
    await page.eventually(`(document.querySelector('.try-out__btn').click(), true)`);
    await page.eventually(`(document.querySelector('.execute').click(), true)`);
    expect(await page.eventually(`document.querySelector('.live-responses-table tbody .response-col_status').innerText.trim()`)).toMatch(/^200/u);
    expect(await page.eventually(`document.querySelector('.live-responses-table .microlight').innerText`)).toContain('"content": "<Hello!>"');
    await picture(page, 'docs-tried');
    expect(unexpected(page)).toEqual([]);
  });

  inBrowser(`/redoc shows the same${browserReason ?? ''}`, async () => {
    const { url } = await serveHere({ config: looped(ECHO) });
    const page = await pageAt(`${url}/redoc`);
    const text = (await page.eventually(`document.body.innerText.includes('/v1/messages/count_tokens') && document.body.innerText`)) as string;
    for (const words of ['Ask a team or an agent', '/v1/chat/completions', '/v1/responses/{id}/cancel', 'massgen (']) expect(text).toContain(words);
    await picture(page, 'redoc');
    expect(unexpected(page)).toEqual([]);
  });

  inBrowser(`are the same where the app is mounted below a path${browserReason ?? ''}`, async () => {
    const { server } = await serveHere({ config: looped(ECHO) });
    const outer = createHttpServer(express().use('/ai', await server.app()));
    open.servers.push(outer);
    await new Promise<void>((resolve) => outer.listen(0, '127.0.0.1', resolve));
    const page = await pageAt(`http://127.0.0.1:${String((outer.address() as AddressInfo).port)}/ai/docs`);
    await page.eventually(`(document.querySelector('[data-path="/health"]').closest('.opblock-summary').querySelector('button').click(), true)`);
    await page.eventually(`(document.querySelector('.try-out__btn').click(), true)`);
    await page.eventually(`(document.querySelector('.execute').click(), true)`);
    expect(await page.eventually(`document.querySelector('.live-responses-table .microlight').innerText`)).toContain('"status": "ok"');
    expect(unexpected(page)).toEqual([]);
  });
});
