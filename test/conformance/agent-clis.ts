// npm run agent-clis [-- FOLDER]: installs the agent programs below FOLDER (.cache/agent-clis; some 900 MB, so not in CI), lets each
// talk to `massgen serve`, one agent and a team of three, and writes what came of it into docs/compatibility.md.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startCapableModel } from './model/capable-model.js';
import { configurations, serveMassgen } from './targets.js';

const RESULTS = fileURLToPath(new URL('agent-clis.json', import.meta.url));
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const say = (line: string): void => void process.stdout.write(`${line}\n`);

interface Call {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
}

interface AgentCli {
  readonly name: string;
  readonly dialect: string;
  readonly package: string;
  /** Below `node_modules`. */
  readonly program: string;
  /** `url` without `/v1`. */
  readonly call: (url: string, question: string) => Call;
}

const CODEX = (url: string): readonly string[] => Object.entries({ 'analytics.enabled': false, model_provider: 'massgen', 'model_providers.massgen.name': 'massgen', 'model_providers.massgen.base_url': `${url}/v1`, 'model_providers.massgen.env_key': 'KEY', 'model_providers.massgen.wire_api': 'responses' }).flatMap(([key, value]) => ['-c', `${key}=${String(value)}`]);

const CLIS: readonly AgentCli[] = [
  { name: 'Codex', dialect: 'Responses', package: '@openai/codex', program: '@openai/codex/bin/codex.js', call: (url, question) => ({ args: ['exec', '--skip-git-repo-check', '--sandbox', 'read-only', '--json', '-m', 'massgen', ...CODEX(url), question], env: { KEY: 'any', CODEX_HOME: 'home' } }) },
  { name: 'Claude Code', dialect: 'Messages', package: '@anthropic-ai/claude-agent-sdk', program: `@anthropic-ai/claude-agent-sdk-${process.platform}-${process.arch}/claude`, call: (url, question) => ({ args: ['-p', question, '--model', 'massgen', '--output-format', 'json'], env: { ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: 'any', CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' } }) },
  {
    name: 'Continue',
    dialect: 'Chat Completions',
    package: '@continuedev/cli',
    program: '@continuedev/cli/dist/cn.js',
    call: (url, question) => ({ args: ['--config', 'cn.yaml', '-p', question], env: { CONTINUE_TELEMETRY_ENABLED: '0' }, files: { 'cn.yaml': `name: local\nversion: 0.0.1\nschema: v1\nmodels: [{name: massgen, provider: openai, model: massgen, apiBase: ${url}/v1, apiKey: any, roles: [chat]}]\n` } }),
  },
];

/** Answered from knowledge, by arithmetic, and by doing as told. */
const QUESTIONS: readonly (readonly [string, string])[] = [
  ['What is the capital of Peru? Only its name, please.', 'Lima'],
  ['How much is 17 times 23?', '391'],
  ['Repeat this exactly: copper lantern 42', 'copper lantern 42'],
];

const LIMIT_MS = 60_000;

function install({ package: name }: AgentCli, folder: string): { readonly modules: string; readonly version: string } {
  const home = path.join(folder, name.replaceAll('/', '-'));
  const modules = path.join(home, 'node_modules');
  const manifest = path.join(modules, name, 'package.json');
  if (!existsSync(manifest)) {
    mkdirSync(home, { recursive: true });
    say(`installing ${name}`);
    execFileSync('npm', ['install', '--prefix', home, '--no-audit', '--no-fund', '--no-save', name], { stdio: ['ignore', 'ignore', 'inherit'] });
  }
  return { modules, version: (JSON.parse(readFileSync(manifest, 'utf8')) as { readonly version: string }).version };
}

/** What a program says to a question, in a folder and an environment of its own. */
async function ask(cli: AgentCli, modules: string, url: string, question: string): Promise<string> {
  const cwd = mkdtempSync(path.join(tmpdir(), 'massgen-cli-'));
  try {
    const { args, env, files = {} } = cli.call(url, question);
    mkdirSync(path.join(cwd, 'home'));
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(cwd, name), text);
    const program = path.join(modules, cli.program);
    const command = program.endsWith('.js') ? [process.execPath, program] : [program];
    const child = spawn(command[0] ?? '', [...command.slice(1), ...args], { cwd, env: { PATH: process.env['PATH'] ?? '', HOME: path.join(cwd, 'home'), ...env }, stdio: ['ignore', 'pipe', 'pipe'], timeout: LIMIT_MS, killSignal: 'SIGKILL' });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (said += text));
    const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
    return code === 0 ? said : `ended with ${String(code)}: ${said}`;
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

interface Row {
  readonly name: string;
  readonly version: string;
  readonly dialect: string;
  /** Questions that were answered as they should be, of how many, by form of massgen. */
  readonly answered: Readonly<Record<string, readonly [number, number]>>;
}

async function examine(cli: AgentCli, folder: string, targets: Readonly<Record<string, string>>): Promise<Row> {
  const { modules, version } = install(cli, folder);
  const answered: Record<string, readonly [number, number]> = {};
  for (const [form, url] of Object.entries(targets)) {
    let good = 0;
    for (const [question, expected] of QUESTIONS) {
      const said = await ask(cli, modules, url, question);
      // The question itself may be in what a program says.
      const isAnswered = said.replaceAll(question, '').includes(expected) && !said.startsWith('ended with');
      if (isAnswered) good += 1;
      else say(`${cli.name} (${form}) to “${question}”: ${said.slice(-1500)}`);
    }
    answered[form] = [good, QUESTIONS.length];
  }
  say(`${cli.name} ${version}: ${JSON.stringify(answered)}`);
  return { name: cli.name, version, dialect: cli.dialect, answered };
}

const cache = path.resolve(process.argv[2] ?? path.join(ROOT, '.cache/agent-clis'));
const work = mkdtempSync(path.join(tmpdir(), 'massgen-clis-'));
const double = await startCapableModel();
const served = await Promise.all(Object.entries(configurations(double.url)).map(async ([form, config]) => [form, await serveMassgen(path.join(work, form), config)] as const));
try {
  const rows: Row[] = [];
  for (const cli of CLIS) rows.push(await examine(cli, cache, Object.fromEntries(served.map(([form, { url }]) => [form, url]))));
  writeFileSync(RESULTS, `${JSON.stringify(rows, undefined, 2)}\n`);
  execFileSync(process.execPath, [path.join(ROOT, 'scripts/generate.js')], { stdio: 'inherit' });
  process.exitCode = rows.every(({ answered }) => Object.values(answered).every(([good, all]) => good === all)) ? 0 : 1;
} finally {
  await Promise.all(served.map(([, target]) => target.stop()));
  await double.close();
  rmSync(work, { recursive: true, force: true });
}
