// Reads streams of one dialect with one reader in this process and prints the CPU it took: {"cpuMs": ms per 1,000 chunks}.
// node bench/wires-run.mjs <wire> <massgen|sdk> <url> <bundle of src/backends/create.ts> <chunks> <streams>
const [wire, reader, url, bundle, chunkText, streamText] = process.argv.slice(2);
const chunks = Number(chunkText);
const streams = Number(streamText);

const BLOCKS = {
  'openai-chat': { type: 'openai', api: 'chat', base_url: `${url}/v1` },
  'openai-responses': { type: 'openai', api: 'responses', base_url: `${url}/v1` },
  'anthropic-messages': { type: 'claude', base_url: url },
  'gemini-generate': { type: 'gemini', base_url: url },
};

async function ours() {
  const { createBackend } = await import(bundle);
  const backend = createBackend({ ...BLOCKS[wire], model: 'mock', api_key: 'none' }, { env: {} });
  return async (count) => {
    const request = { messages: [{ role: 'user', content: String(count) }], tools: [], toolChoice: 'auto', callIndex: 0 };
    let length = 0;
    for await (const event of backend.stream(request, new AbortController().signal)) {
      if (event.type === 'text-delta') length += event.text.length;
      if (event.type === 'error') throw new Error(event.error.message);
    }
    return length;
  };
}

const SDKS = {
  async 'openai-chat'() {
    const { OpenAI } = await import('openai');
    const client = new OpenAI({ apiKey: 'none', baseURL: `${url}/v1` });
    return async (count) => {
      let length = 0;
      for await (const chunk of await client.chat.completions.create({ model: 'mock', messages: [{ role: 'user', content: String(count) }], stream: true })) length += chunk.choices[0]?.delta.content?.length ?? 0;
      return length;
    };
  },
  async 'openai-responses'() {
    const { OpenAI } = await import('openai');
    const client = new OpenAI({ apiKey: 'none', baseURL: `${url}/v1` });
    return async (count) => {
      let length = 0;
      for await (const event of await client.responses.create({ model: 'mock', input: String(count), stream: true })) if (event.type === 'response.output_text.delta') length += event.delta.length;
      return length;
    };
  },
  async 'anthropic-messages'() {
    const { Anthropic } = await import('@anthropic-ai/sdk');
    const client = new Anthropic({ apiKey: 'none', baseURL: url });
    return async (count) => {
      let length = 0;
      for await (const event of await client.messages.create({ model: 'mock', max_tokens: 9, messages: [{ role: 'user', content: String(count) }], stream: true })) if (event.type === 'content_block_delta') length += event.delta.text.length;
      return length;
    };
  },
  async 'gemini-generate'() {
    const { GoogleGenAI } = await import('@google/genai');
    const { models } = new GoogleGenAI({ apiKey: 'none', httpOptions: { baseUrl: url } });
    return async (count) => {
      let length = 0;
      for await (const chunk of await models.generateContentStream({ model: 'mock', contents: String(count) })) length += chunk.candidates?.[0]?.content?.parts?.[0]?.text?.length ?? 0;
      return length;
    };
  },
};

const read = reader === 'massgen' ? await ours() : await SDKS[wire]();
const cpuOf = async (count, times) => {
  const before = process.cpuUsage();
  for (let done = 0; done < times; done++) if ((await read(count)) !== count * 5) throw new Error(`${reader} read something else`);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / times;
};

await cpuOf(chunks, 2);
// The cost of a request drops out.
const perStream = (await cpuOf(chunks, streams)) - (await cpuOf(10, streams));
console.log(JSON.stringify({ cpuMs: (1000 * perStream) / (chunks - 10) }));
process.exit(0);
