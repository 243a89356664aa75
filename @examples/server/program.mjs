// A server of one's own program: two agents behind a key, then two requests, then the end.
//
// Needs: nothing; the agents' answers are canned.
// Run:   node @examples/server/program.mjs
import { createServer } from 'massgen';

const agent = (id, answer) => ({
  id,
  backend: { type: 'scripted', loop: true, script: [{ answer }, { vote: 'agent1' }] },
});

const server = createServer({
  config: { agents: [agent('optimist', 'The glass is half full.'), agent('pessimist', 'The glass is half empty.')] },
  host: '127.0.0.1',
  port: 0,
  apiKey: 'your-secret-key',
  cors: true,
  docs: true,
});

await server.start();
console.log(`listening on ${server.url}`);

const headers = { authorization: 'Bearer your-secret-key', 'content-type': 'application/json' };
const models = await (await fetch(`${server.url}/v1/models`, { headers })).json();
console.log(models.data.map(({ id }) => id).join(', '));

const body = JSON.stringify({ model: 'massgen', messages: [{ role: 'user', content: 'How full is the glass?' }] });
const reply = await (await fetch(`${server.url}/v1/chat/completions`, { method: 'POST', headers, body })).json();
console.log(reply.choices[0].message.content);

await server.stop();
