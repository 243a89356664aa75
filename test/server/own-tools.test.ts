import { afterEach, describe, expect, it } from '@jest/globals';
import { cleanUp } from '../support/massgen-process.js';
import { serverOf } from '../support/mcp.js';
import { bodyOf, framesOf, joined, serveHere, stopServers } from '../support/server.js';

afterEach(async () => {
  await stopServers();
  await cleanUp();
});

type Expose = 'never' | 'stream' | 'always';

/** One agent that looks twice, with a real MCP server, before it answers. */
const looking = (expose: Expose): Readonly<Record<string, unknown>> => ({
  serve: { expose_agent_tools: expose },
  agents: [
    {
      id: 'solo',
      backend: {
        type: 'scripted',
        mcp_servers: { all: { command: process.execPath, args: [serverOf('everything')] } },
        script: [
          { text: 'I look.', tool: { name: 'mcp__all__echo', arguments: { message: 'one' } } },
          { tool: { name: 'mcp__all__get-sum', arguments: { a: 1, b: 2 } } },
          { text: 'It is three.' },
        ],
      },
    },
  ],
});

interface CallPiece {
  readonly index: number;
  readonly id?: string;
  readonly function: { readonly name?: string; readonly arguments: string };
}

const WHOLE = 'I look.\n\nIt is three.';

describe("a served agent's own tools", () => {
  it('are streamed as calls whose index never starts again, with a final stop', async () => {
    const { chat } = await serveHere({ config: looking('stream') });
    const frames = framesOf(await (await chat({ stream: true })).text());
    const pieces = frames.flatMap(({ data }) => (data === '[DONE]' ? [] : ((data as { choices: { delta: { tool_calls?: CallPiece[] } }[] }).choices[0]?.delta.tool_calls ?? [])));
    expect(pieces.map(({ index, function: called }) => `${index} ${called.name ?? called.arguments}`)).toEqual(['0 mcp__all__echo', '0 {"message":"one"}', '1 mcp__all__get-sum', '1 {"a":1,"b":2}']);
    expect(joined(frames)).toMatchObject({ content: WHOLE, finish: 'stop', done: true });
  });

  it('are progress only, where they are never to be shown as calls', async () => {
    const config = looking('never');
    const { chat } = await serveHere({ config });
    const text = await (await chat({ stream: true })).text();
    expect(text).not.toContain('tool_calls');
    expect(joined(framesOf(text))).toMatchObject({ content: WHOLE, finish: 'stop' });
    const body = await bodyOf(await chat({}));
    expect(body.choices[0]).toMatchObject({ message: { content: WHOLE }, finish_reason: 'stop' });
    expect(body.choices[0].message.tool_calls).toBeUndefined();
    expect(body.choices[0].message.reasoning_content).toContain('[solo] uses mcp__all__echo: message: one');
  });

  it('are in the whole message too, where they always are', async () => {
    const { chat } = await serveHere({ config: looking('always') });
    const body = await bodyOf(await chat({}));
    expect(body.choices[0]).toMatchObject({ message: { content: WHOLE, tool_calls: [{ function: { name: 'mcp__all__echo' } }, { function: { name: 'mcp__all__get-sum' } }] }, finish_reason: 'stop' });
  });
});
