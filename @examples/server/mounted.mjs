// The server inside an Express app that has other things to do.
//
// Needs: nothing; the agent's answer is canned.
// Run:   node @examples/server/mounted.mjs
import express from 'express';
import { createServer } from 'massgen';

const massgen = createServer({
  config: { agent: { id: 'parrot', backend: { type: 'scripted', loop: true, script: [{ text: 'You said: {{task}}' }] } } },
  docs: false,
});

const app = express();
app.get('/', (_request, response) => response.send('The front page.'));
app.use('/ai', await massgen.app());

const listener = app.listen(0, '127.0.0.1');
await new Promise((resolve) => listener.once('listening', resolve));
const url = `http://127.0.0.1:${listener.address().port}`;

console.log(await (await fetch(url)).text());
const response = await fetch(`${url}/ai/v1/chat/completions`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ model: 'parrot', messages: [{ role: 'user', content: 'Hello!' }] }),
});
console.log((await response.json()).choices[0].message.content);

await massgen.stop();
listener.close();
listener.closeAllConnections();
