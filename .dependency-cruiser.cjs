// Who may know whom. A room may import itself, what its row lists, and (unless it is pure) packages and Node's own modules.
const ERRORS = '^src/errors\\.ts$';
const CONTRACT = '^src/backends/contract\\.ts$';
const PROTOCOL = '^src/orchestrator/(protocol|prompt)\\.ts$';
const ORCHESTRATOR_DOOR = '^src/orchestrator/(index|protocol)\\.ts$';
const COMPOSITION = '^src/(index\\.ts$|compose(\\.ts$|/))';

const ROOMS = {
  errors: { at: ERRORS, sees: [], pure: true },
  contract: { at: CONTRACT, sees: [ERRORS], pure: true },
  backends: { at: '^src/backends/', sees: [ERRORS] },
  protocol: { at: PROTOCOL, sees: [CONTRACT, ERRORS], pure: true },
  coordination: { at: '^src/orchestrator/coordination/', sees: [PROTOCOL, CONTRACT, ERRORS], pure: true },
  orchestrator: { at: '^src/orchestrator/', sees: [CONTRACT, ERRORS] },
  server: { at: '^src/server/', sees: [ORCHESTRATOR_DOOR, ERRORS] },
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
