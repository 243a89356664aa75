// Calls one tool of an MCP server again and again, through a toolbox and with the bare SDK, and prints what a call takes: {"toolbox": {"ms": median, "cpuMs": mean}, "sdk": …}.
// node bench/tools-run.mjs <server.js> <bundle> <calls>
const [server, bundle, callText] = process.argv.slice(2);
const calls = Number(callText);

async function ours() {
  const { openMcpSource, readMcpSettings, openToolbox, startGroup, endGroup } = await import(bundle);
  const signal = new AbortController().signal;
  const settings = readMcpSettings({ mcp_servers: { all: { command: process.execPath, args: [server] } } });
  const deps = { processes: { start: startGroup, end: endGroup }, environment: { PATH: process.env.PATH ?? '' }, cwd: process.cwd(), version: '0' };
  const box = await openToolbox([(opened) => openMcpSource(settings, deps, opened)], { agent: 'a', allowed: [], denied: [], rules: [], timeoutMs: 60_000, resultLimit: 40_000, resultFolder: null }, signal);
  const call = async (count) => {
    const result = await box.call({ id: '1', name: 'mcp__all__echo', argumentsText: JSON.stringify({ message: `hello ${count}` }) }, { agent: 'a', signal, delivering: false, progress: () => undefined });
    return result.text;
  };
  return { call, close: box.close };
}

async function bare() {
  const { Client } = await import('@modelcontextprotocol/sdk/client/index.js');
  const { StdioClientTransport } = await import('@modelcontextprotocol/sdk/client/stdio.js');
  const client = new Client({ name: 'bench', version: '0' });
  await client.connect(new StdioClientTransport({ command: process.execPath, args: [server], stderr: 'ignore' }));
  const call = async (count) => {
    const result = await client.callTool({ name: 'echo', arguments: { message: `hello ${count}` } });
    return result.content[0].text;
  };
  return { call, close: () => client.close() };
}

/** Turns of so many calls, one after the other, so that what else the machine does falls on both. */
const TURN = 50;
const callers = { toolbox: await ours(), sdk: await bare() };
let asked = 0;
const taken = { toolbox: { times: [], cpu: 0 }, sdk: { times: [], cpu: 0 } };

async function turn(name) {
  const { call } = callers[name];
  const before = process.cpuUsage();
  for (let left = TURN; left > 0; left--) {
    // Each call is another: a toolbox says something about the same one again.
    const count = asked++;
    const from = performance.now();
    if ((await call(count)) !== `Echo: hello ${count}`) throw new Error(`${name} heard something else`);
    taken[name].times.push(performance.now() - from);
  }
  const { user, system } = process.cpuUsage(before);
  taken[name].cpu += (user + system) / 1000;
}

const names = Object.keys(callers);
for (let again = 0; again < 4; again++) for (const name of names) await turn(name);
for (const name of names) taken[name] = { times: [], cpu: 0 };
for (let done = 0; done < calls; done += TURN) for (const name of (done / TURN) % 2 === 0 ? names : names.toReversed()) await turn(name);

const median = (times) => times.sort((one, other) => one - other)[Math.floor(times.length / 2)];
console.log(JSON.stringify(Object.fromEntries(names.map((name) => [name, { ms: median(taken[name].times), cpuMs: taken[name].cpu / taken[name].times.length }]))));
for (const name of names) await callers[name].close();
process.exit(0);
