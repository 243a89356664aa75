import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { noGrowingSpread } from './scripts/lint/no-growing-spread.js';

const COORDINATION = 'coordination is a function of state and input: let the engine do this and hand in the result';
const IMPURE_GLOBALS = [
  ...['process', 'globalThis', 'console', 'fetch', 'crypto', 'performance', 'Date'],
  ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'],
];

const noProcessExit = { object: 'process', property: 'exit', message: 'throw a MassgenError; the edge turns it into an exit code' };
const noMocks = ['mock', 'unstable_mockModule', 'doMock', 'setMock'].map((property) => ({
  object: 'jest',
  property,
  message: 'pass a fake through the deps of what is tested',
}));

export default defineConfig(
  { ignores: ['dist/', 'coverage/', '.cache/', 'src/orchestrator/config/generated/', 'src/server/generated/', 'test/fixtures/', 'bench/results/'] },
  {
    files: ['src/**/*.{ts,tsx}', 'test/**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      // A switch counts once: exhaustive ones over our unions are the house form.
      'complexity': ['error', { max: 15, variant: 'modified' }],
      'eqeqeq': ['error', 'always', { null: 'ignore' }],
      'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'no-console': 'error',
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true, named: true, defaultFrom: true, namedFrom: true, namespaceFrom: true } }],
      'no-restricted-properties': ['error', noProcessExit],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // It mistakes a class for another when a package's types hold a second copy of it.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    files: ['src/commands/*.ts', 'src/commands/config/*.ts', 'src/commands/logs/*.ts'],
    rules: { 'no-restricted-exports': 'off' },
  },
  {
    files: ['src/orchestrator/coordination/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', ...IMPURE_GLOBALS.map((name) => ({ name, message: COORDINATION }))],
      'no-restricted-properties': ['error', noProcessExit, { object: 'Math', property: 'random', message: COORDINATION }],
    },
  },
  {
    // What every call, event or request passes.
    files: ['src/orchestrator/{coordination,engine,session}/*.ts', 'src/backends/*.ts', 'src/backends/transport/*.ts', 'src/backends/guards/with-*.ts', 'src/backends/wires/{chat,sampled,read,openai}*.ts', 'src/server/{http,runs,chat}/*.ts', 'src/compose/run-parts.ts'],
    plugins: { massgen: { rules: { 'no-growing-spread': noGrowingSpread } } },
    rules: { 'massgen/no-growing-spread': 'error' },
  },
  {
    files: ['test/**/*.{ts,tsx}'],
    rules: {
      'complexity': 'off',
      'max-lines-per-function': 'off',
      'no-restricted-properties': ['error', noProcessExit, ...noMocks],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['**/*.{js,mjs,cjs}'],
    rules: {
      'no-dupe-keys': 'error',
      'no-unreachable': 'error',
      'no-unused-vars': ['error', { argsIgnorePattern: '^_', caughtErrors: 'none', ignoreRestSiblings: true }],
      'no-var': 'error',
      'prefer-const': 'error',
    },
  },
);
