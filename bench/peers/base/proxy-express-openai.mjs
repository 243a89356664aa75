// What one would write by hand: Express and the openai package, every chunk parsed and serialised again.
import express from 'express';
import OpenAI from 'openai';

const client = new OpenAI({ baseURL: `${process.env.UPSTREAM}`, apiKey: 'sk-mock', maxRetries: 0 });
const app = express();
app.use(express.json({ limit: '20mb' }));
app.post('/v1/chat/completions', async (request, response) => {
  try {
    if (request.body.stream) {
      const stream = await client.chat.completions.create(request.body);
      response.setHeader('content-type', 'text/event-stream');
      for await (const chunk of stream) response.write(`data: ${JSON.stringify(chunk)}\n\n`);
      response.end('data: [DONE]\n\n');
    } else response.json(await client.chat.completions.create(request.body));
  } catch (error) {
    response.status(error.status ?? 500).json({ error: { message: error.message } });
  }
});
app.listen(Number(process.env.PORT), '127.0.0.1');
