// Who may know whom. A room may import itself, what its row lists, and (unless it is pure) packages and Node's own modules.
// A file in two rooms, such as a wire in backends, keeps the rules of both.
const ERRORS = '^src/errors\\.ts$';
const CONTRACT = '^src/backends/contract\\.ts$';
const PROTOCOL = '^src/orchestrator/(protocol|prompt)\\.ts$';
const ORCHESTRATOR_DOOR = '^src/orchestrator/(index|protocol)\\.ts$';
const COMPOSITION = '^src/(index\\.ts$|compose(\\.ts$|/))';
// Files that know no wire, no engine and no session, so that any room of their layer may use them.
const SMALL_BACKENDS = '^src/backends/(context-overflow|failure|hosts|http-failure|one-line|rate-limit-wait|secrets|spec)\\.ts$';
const SMALL_ORCHESTRATOR = '^src/orchestrator/(final-words|json-map|message-length|stop-signal|tool-words|watch-silence)\\.ts$';
const COORDINATION = '^src/orchestrator/coordination/';
const CONFIG = '^src/orchestrator/config/';
const TOOLS = '^src/orchestrator/tools/';
const TOOL_PROFILES = '^src/orchestrator/agents/tool-profiles\\.ts$';
const SERVER_FILES = '^src/server/[^/]+\\.ts$';
const facts = [PROTOCOL, CONTRACT, ERRORS];

const ROOMS = {
  errors: { at: ERRORS, sees: [], pure: true },
  contract: { at: CONTRACT, sees: [ERRORS], pure: true },
  backends: { at: '^src/backends/', sees: [ERRORS] },
  smallBackends: { at: SMALL_BACKENDS, sees: [CONTRACT, ERRORS] },
  transport: { at: '^src/backends/transport/', sees: [SMALL_BACKENDS, ERRORS] },
  wires: { at: '^src/backends/wires/', sees: [CONTRACT, '^src/backends/transport/', SMALL_BACKENDS, ERRORS] },
  processes: { at: '^src/backends/wires/process/', sees: [CONTRACT, SMALL_BACKENDS, ERRORS] },
  rows: { at: '^src/backends/rows/', sees: ['^src/backends/(wires/|spec\\.ts$)'] },
  guards: { at: '^src/backends/guards/', sees: [CONTRACT, '^src/backends/resolve\\.ts$', SMALL_BACKENDS, ERRORS] },
  protocol: { at: PROTOCOL, sees: [CONTRACT, ERRORS], pure: true },
  coordination: { at: COORDINATION, sees: facts, pure: true },
  orchestrator: { at: '^src/orchestrator/', sees: [CONTRACT, ERRORS] },
  smallOrchestrator: { at: SMALL_ORCHESTRATOR, sees: [COORDINATION, ...facts] },
  engine: { at: '^src/orchestrator/engine/', sees: [COORDINATION, `${TOOLS}(contract|run-tools)\\.ts$`, SMALL_ORCHESTRATOR, ...facts] },
  session: { at: '^src/orchestrator/session/', sees: [COORDINATION, `${CONFIG}(dotenv|mask|nearest)\\.ts$`, SMALL_ORCHESTRATOR, ...facts] },
  projections: { at: '^src/orchestrator/session/projections/', sees: [COORDINATION, '^src/orchestrator/session/[^/]+\\.ts$', `${CONFIG}mask\\.ts$`, SMALL_ORCHESTRATOR, ...facts] },
  reading: { at: '^src/orchestrator/session/read/', sees: [COORDINATION, '^src/orchestrator/session/make-folders\\.ts$', `${CONFIG}(dotenv|nearest)\\.ts$`, SMALL_ORCHESTRATOR, ...facts] },
  config: { at: CONFIG, sees: [TOOL_PROFILES, `${TOOLS}(rules/|(custom|mcp|workspace)/settings\\.ts$|workspace/shared/workspace-path\\.ts$)`, SMALL_ORCHESTRATOR, ...facts] },
  agentFiles: { at: '^src/orchestrator/agents/', sees: [CONFIG, ERRORS] },
  tools: { at: TOOLS, sees: [TOOL_PROFILES, '^src/orchestrator/session/make-folders\\.ts$', SMALL_ORCHESTRATOR, ...facts] },
  agentCommands: { at: `${TOOLS}commands/`, sees: [`${TOOLS}([^/]+\\.ts$|workspace/paths/)`, SMALL_ORCHESTRATOR, ...facts] },
  server: { at: '^src/server/', sees: [ORCHESTRATOR_DOOR, ERRORS] },
  http: { at: '^src/server/http/', sees: [SERVER_FILES, ORCHESTRATOR_DOOR, ERRORS] },
  served: { at: '^src/server/runs/', sees: [SERVER_FILES, '^src/server/http/', ORCHESTRATOR_DOOR, ERRORS] },
  ui: { at: '^src/commands/ui/', sees: [ORCHESTRATOR_DOOR, ERRORS] },
  composition: { at: COMPOSITION, sees: ['^src/(backends|orchestrator|server)/', ERRORS] },
  commands: { at: '^src/commands/(?!ui/)', sees: [COMPOSITION, '^src/(commands/ui|orchestrator|server)/', ERRORS] },
};

const OUR_CODE = '^(src|bin|scripts|test|bench)/';
// A package that is not installed resolves to its bare name, so both forms are matched.
const packages = (names) => `(^|node_modules/)(${names})(/|$)`;

const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...Object.entries(ROOMS).map(([room, { at, sees, pure }]) =>
      rule(`room-${room}`, 'see the table of rooms in ARCHITECTURE.md', { path: at }, { pathNot: [at, ...sees], ...(pure ? {} : { path: OUR_CODE }) }),
    ),
    rule('no-room', 'every source file lives in a room of the table', { path: '^src/', pathNot: Object.values(ROOMS).map(({ at }) => at) }, {}),
    rule('kinds-of-tools-apart', 'what two kinds of tools share lives in tools/*.ts', { path: `${TOOLS}([^/]+)/`, pathNot: `${TOOLS}commands/` }, { path: `${TOOLS}[^/]+/`, pathNot: `${TOOLS}$1/` }),
    rule('dialects-apart', 'what two dialects share lives in server/runs; the younger ones write replies and requests as the older do', { path: '^src/server/(chat|completions|messages|responses)/' }, { path: '^src/server/(chat|completions|messages|responses)/', pathNot: ['^src/server/$1/', '^src/server/(chat/chat-reply|completions/completion-schema)\\.ts$'] }),
    rule('command-is-an-entry', 'what two commands share lives in commands/base or below', {}, { path: ['^src/commands/[^/]+$', '^bin/'] }),
    rule('no-cycle', 'type imports count', {}, { circular: true }),
    rule('no-orphan', 'nothing imports it and it imports nothing', { orphan: true, path: '^src/', pathNot: ['^src/index\\.ts$', '^src/commands/[^/]+\\.ts$', '\\.d\\.ts$'] }, {}),
    rule('ink-only-in-ui', 'the terminal is one room', { pathNot: '^src/commands/ui/' }, { path: packages('ink|ink-[\\w-]+|@inkjs|react|react-[\\w-]+') }),
    rule('express-only-in-server', 'HTTP is one room', { pathNot: '^src/server/' }, { path: packages('express') }),
    rule(
      'heavy-is-lazy',
      'these cost start-up time: await import() them where they are used',
      { path: '^src/', pathNot: '^src/(commands/ui|server)/' },
      { path: packages('openai|@anthropic-ai/sdk|@google/genai|rate-limiter-flexible|ajv|winston|express|ink|react|@pydantic/genai-prices|@modelcontextprotocol/sdk'), dynamic: false, dependencyTypesNot: ['type-only'] },
    ),
  ],
  options: {
    doNotFollow: { path: ['node_modules', '^test/fixtures/'] },
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
