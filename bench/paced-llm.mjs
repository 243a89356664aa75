#!/usr/bin/env node
// A provider that streams answers at a steady number of chunks a second, which the mock's pause between chunks cannot: paced-llm.mjs PORT RATE CHUNKS.
// Agents answer until answers are listed, then vote for the first.
import http from 'node:http';

const [port, rate, chunks] = process.argv.slice(2).map(Number);
const frame = (delta, reason = null) => `data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', model: 'm', choices: [{ index: 0, delta, finish_reason: reason }] })}\n\n`;
const call = (name, text) => frame({ tool_calls: [{ index: 0, ...(name === undefined ? {} : { id: 'call_1', type: 'function' }), function: { ...(name === undefined ? {} : { name }), arguments: text } }] });
const END = `${frame({}, 'tool_calls')}data: [DONE]\n\n`;
const piece = (place) => call(undefined, place % 12 === 11 ? 'end of line.\\n' : 'word ');

http
  .createServer(async (request, response) => {
    let body = '';
    for await (const data of request) body += data;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    if (body.includes('<end of agent1>')) {
      response.end(call('vote', '{"agent_id":"agent1","reason":"the first"}') + END);
      return;
    }
    response.write(call('new_answer', '{"content":"'));
    const begun = performance.now();
    let sent = 0;
    const timer = setInterval(() => {
      const due = Math.min(chunks, Math.floor(((performance.now() - begun) * rate) / 1000));
      let text = '';
      for (; sent < due; sent += 1) text += piece(sent);
      if (text !== '') response.write(text);
      if (sent < chunks) return;
      clearInterval(timer);
      response.end(call(undefined, '"}') + END);
    }, 1);
  })
  .listen(port, '127.0.0.1');
