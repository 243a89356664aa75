import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterEach, expect, it } from '@jest/globals';
import { serverOf } from '../support/mcp.js';
import { bodyOf, serveHere, stopServers } from '../support/server.js';
import { removeSessions, sessionRoot } from '../support/session-run.js';

afterEach(async () => {
  await stopServers();
  await removeSessions();
});

it('a served agent’s tool that is to be asked for is not run', async () => {
  const root = sessionRoot();
  const made = path.join(root, 'made.txt');
  const { chat } = await serveHere({
    config: {
      agents: [
        {
          id: 'solo',
          tool_approval: 'ask',
          backend: {
            type: 'scripted',
            mcp_servers: { files: { command: process.execPath, args: [serverOf('filesystem'), root] } },
            script: [{ tool: { name: 'mcp__files__write_file', arguments: { path: made, content: 'x' } } }, { text: 'I could not.' }],
          },
        },
      ],
    },
  });
  const { message } = (await bodyOf(await chat({}))).choices[0];
  expect(message.content).toBe('I could not.');
  expect(message.reasoning_content).toContain('mcp__files__write_file was refused');
  expect(existsSync(made)).toBe(false);
});
