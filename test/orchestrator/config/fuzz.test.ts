import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkConfig } from '../../../src/orchestrator/config/check.js';
import { readDocument } from '../../../src/orchestrator/config/formats/read-document.js';
import { formatIssues, type Issue } from '../../../src/orchestrator/config/issue.js';
import { maskConfig } from '../../../src/orchestrator/config/mask.js';
import { parseText } from '../../../src/orchestrator/config/parse.js';
import { planRun } from '../../../src/orchestrator/config/plan.js';
import { cpuMs } from '../../support/cpu-ms.js';

const originals = [
  `# a team
x-base: &base { type: openai, temperature: 0.5 }
agents:
  - id: agent_a
    backend: { <<: *base, model: gpt-5-mini, api_key: "\${KEY:-none}" }
    system_message: >-
      Some text
      that goes on.
  - id: agent_b
    backend:
      type: scripted
      script:
        - answer: "one: {{task}}"
          usage: { input: 1, output: 2 }
        - vote: { agent: agent1, reason: 'it is' }
orchestrator:
  voting_sensitivity: balanced
  budget: { max_cost_usd: 1.5 }
  coordination:
    max_orchestration_restarts: 1
timeout_settings: { orchestrator_timeout_seconds: 60 }
`,
  '{"agent": {"id": "a", "backend": {"type": "openai", "stop": ["x"], "reasoning": {"effort": "low"}}}, "prompt": "hi"}\n',
];

const foreign: readonly (readonly [file: string, text: string])[] = [
  ['pool.yml', 'agents:\n  a: { type: chat, model: "openai:gpt-4", system_prompt: [x, { type: static, content: y }], toolsets: [{ type: file_access }] }\n  b:\n    type: claude_code\n    model: anthropic:claude\nteams:\n  t: { mode: parallel, members: [a, b] }\n'],
  ['agent.toml', 'name = "x"\n[model]\nprovider = "groq"\nmodel = "m"\napi_key_env = "K"\nsystem_prompt = """a\nb"""\n[capabilities]\ntools = ["file_read", "x"]\n[[fallback_models]]\nprovider = "openai"\n'],
  ['agent.ai', '#!/usr/bin/env ai-agent\n---\nmodels: [openai/gpt-4o, "ollama/x"]\ntemperature: 0.5\nreasoning: low\n---\nDo ${FORMAT} {{ x }}\n'],
];

const fragments = ['\t', ':', ' : ', '- ', '\n', '\r\n', '  ', '{', '}', '[', ']', '&a ', '*a', '*base', '<<: ', '!!x ', '"', "'", '|', '>', '?', '#', '---\n', '...\n', '~', 'null', '${', '${A}', '${A:-', '}', '\0', '\u2028', '\ud800', '💡', '1e999', '.nan', '-1', 'yes', 'agents', '__proto__: ', 'constructor'];

interface Edit {
  readonly at: number;
  readonly remove: number;
  readonly insert: string;
}

const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  remove: fc.nat(12),
  insert: fc.oneof(fc.constantFrom(...fragments), fc.string({ maxLength: 5 }), fc.string({ unit: 'binary', maxLength: 3 })),
});

const edits = fc.array(edit, { minLength: 1, maxLength: 6 });

const apply = (text: string, changes: readonly Edit[]): string =>
  changes.reduce((current, { at, remove, insert }) => {
    const start = Math.floor(at * current.length);
    return current.slice(0, start) + insert + current.slice(start + remove);
  }, text);

const mutated = fc.tuple(fc.constantFrom(...originals), edits).map(([text, changes]) => apply(text, changes));
const mutatedForeign = fc.tuple(fc.constantFrom(...foreign), edits).map(([[file, text], changes]) => [file, apply(text, changes)] as const);

function isPlaced(issue: Issue, text: string): boolean {
  const lines = text.split('\n').length;
  return issue.location !== '' && issue.message !== '' && (issue.line ?? 0) >= 1 && (issue.line ?? 0) <= lines && (issue.column ?? 0) >= 1;
}

async function judgeForeign(file: string, text: string): Promise<{ readonly ok: boolean; readonly issues: readonly Issue[] }> {
  const document = await readDocument(file, text);
  if ('issue' in document) return { ok: false, issues: [document.issue] };
  const { config, issues } = checkConfig(document.value, { A: 'a' }, document);
  formatIssues(issues, file);
  if (config !== undefined) planRun(config);
  return { ok: config !== undefined, issues };
}

function judge(text: string): { readonly ok: boolean; readonly issues: readonly Issue[] } {
  const parsed = parseText(text);
  if ('issue' in parsed) return { ok: false, issues: [parsed.issue] };
  const checked = checkConfig(parsed.value, { A: 'a' }, parsed);
  formatIssues(checked.issues, 'f.yaml');
  if (checked.config === undefined) return { ok: false, issues: checked.issues };
  expect(planRun(checked.config).agents.length).toBeGreaterThan(0);
  maskConfig(checked.given);
  return { ok: true, issues: checked.issues };
}

describe('a damaged configuration', () => {
  it('loads or is refused with places, and is never more than that', () => {
    fc.assert(
      fc.property(mutated, (text) => {
        const { ok, issues } = judge(text);
        expect(issues.every((issue) => isPlaced(issue, text))).toBe(true);
        expect(issues.some((issue) => issue.severity === 'error')).toBe(!ok);
      }),
      { numRuns: 3000 },
    );
  });

  it('of another language is converted or refused with places, too', async () => {
    await fc.assert(
      fc.asyncProperty(mutatedForeign, async ([file, text]) => {
        const { ok, issues } = await judgeForeign(file, text);
        expect(issues.every((issue) => isPlaced(issue, text))).toBe(true);
        expect(issues.some((issue) => issue.severity === 'error')).toBe(!ok);
      }),
      { numRuns: 2000 },
    );
  });

  it('is judged whatever JSON it holds', () => {
    const key = fc.constantFrom('agents', 'agent', 'id', 'backend', 'type', 'orchestrator', 'script', 'price', '__proto__', 'api_key', 'x-y', 'models');
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof({ maxDepth: 5 }, fc.jsonValue({ maxDepth: 1 }), fc.array(tie('tree'), { maxLength: 4 }), fc.dictionary(key, tie('tree'), { maxKeys: 6 })),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        const { ok, issues } = judge(JSON.stringify(value));
        expect(issues.some((issue) => issue.severity === 'error')).toBe(!ok);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['nothing but unknown keys', Array.from({ length: 60_000 }, (_unused, index) => `k${index}:`).join('\n')],
    ['nothing but unset variables', `agents:\n${'  - "${X}${Y}"\n'.repeat(50_000)}`],
    ['nothing but open references', `prompt: "${'${A:-'.repeat(150_000)}"`],
    ['nothing but dashes', '- '.repeat(400_000)],
    ['nothing but brackets', '['.repeat(900_000)],
    ['one long line', `a: ${'x'.repeat(1_000_000)}`],
    ['nothing but empty lines', '\n'.repeat(1_000_000)],
    ['brackets at the margin', `a: [\n${'1,\n'.repeat(200_000)}]\n`],
    ['anchors of anchors', `a0: &a0 [1]\n${Array.from({ length: 90 }, (_unused, index) => `a${index + 1}: &a${index + 1} [${`*a${index},`.repeat(10)}]`).join('\n')}`],
    ['agents of one name', `agents:\n${'  - { id: a, backend: { type: openai } }\n'.repeat(20_000)}`],
  ])('is judged quickly: %s', async (_what, text) => {
    expect(await cpuMs(() => judge(text.slice(0, 1_048_576)))).toBeLessThan(15_000);
  });

  it.each([
    ['tools of tools', `x0: &x0 [a]\n${Array.from({ length: 90 }, (_unused, index) => `x${index + 1}: &x${index + 1} [${`*x${index},`.repeat(10)}]`).join('\n')}\nagents:\n  a: { model: "openai:m", mcp_servers: *x90, retries: *x90 }\n`],
    ['teams of teams', `agents:\n  a: { model: "openai:m" }\nteams:\n  t: { mode: parallel, members: [${'t, '.repeat(50_000)}a] }\n`],
    ['teams in teams', `agents:\n  a: { model: "openai:m" }\nteams:\n${Array.from({ length: 15_000 }, (_unused, index) => `  t${index}: { mode: parallel, members: [t${index + 1}, t0] }`).join('\n')}\n`],
    ['thousands of agents', `agents:\n${Array.from({ length: 15_000 }, (_unused, index) => `  a${index}: { model: "x:y", strange: 1 }`).join('\n')}\n`],
  ])('of another language is judged quickly: %s', async (_what, text) => {
    let issues = 0;
    const cost = await cpuMs(async () => {
      issues = (await judgeForeign('pool.yml', text)).issues.length;
    });
    expect(issues).toBeGreaterThan(0);
    expect(cost).toBeLessThan(15_000);
  });
});
