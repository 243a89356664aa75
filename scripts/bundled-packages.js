// Which packages go into the bundle. Ink and React are 500 files: opened one by one they take half a second, and React's development
// build, which is what NODE_ENV gives a user, is slower and keeps what it measures. The others are on the way of `massgen run` to its
// first request, where opening their files is a quarter of the time. Everything else stays outside.
import { isBuiltin } from 'node:module';

const BUNDLED = new Set(['ink', 'react', 'string-width', '@oclif/core', 'fastest-levenshtein', 'openai', '@anthropic-ai/sdk', '@google/genai', 'js-yaml', 'dotenv', 'eventsource-parser', 'proxy-from-env', 'ulid', 'chalk', 'undici']);

/** What bundled packages ask for only where somebody develops with them. */
const ABSENT_HERE = new Set(['typescript', 'ts-node']);

/** oclif's index loads all of it and looks at Node's version; commands need these. */
const OCLIF = `export * as Args from '@oclif/core/args'; export * as Flags from '@oclif/core/flags'; export { Command } from '@oclif/core/command'; export * as Errors from '@oclif/core/errors';`;

/** undici's index loads its `fetch`, its caches and its mocks, too. */
const UNDICI = `export { default as Client } from 'undici/lib/dispatcher/client.js'; export { default as Pool } from 'undici/lib/dispatcher/pool.js'; export { default as buildConnector } from 'undici/lib/core/connect.js';`;

/** Packages of which only a part is wanted. */
const PARTS = { '@oclif/core': OCLIF, undici: UNDICI };

const packageOf = (specifier) => specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
const isPackage = (specifier) => !specifier.startsWith('.') && !specifier.startsWith('/');

/** An esbuild plugin. */
export const bundledPackages = {
  name: 'bundled-packages',
  setup(build) {
    build.onResolve({ filter: /^[^./]/ }, ({ path, kind, importer, resolveDir }) => {
      if (kind === 'entry-point' || !isPackage(path)) return undefined;
      const inside = importer.includes('/node_modules/') || importer.includes('\\node_modules\\');
      // A bundled CommonJS package may `require` what Node brings; an ES module cannot. Who imports `process` opens standard input by it.
      if (isBuiltin(path)) return kind === 'require-call' || /^(?:node:)?process$/.test(path) ? { path, namespace: 'builtin' } : { path, external: true };
      if (inside && ABSENT_HERE.has(path)) return { path, external: true };
      if (!inside && Object.hasOwn(PARTS, path)) return { path, namespace: 'part', pluginData: resolveDir };
      return inside || BUNDLED.has(packageOf(path)) ? undefined : { path, external: true };
    });
    // Ink's way to a debugger that is not here.
    build.onResolve({ filter: /^\.\/devtools\.js$/ }, ({ path, importer }) => (/node_modules[\\/]ink[\\/]/u.test(importer) ? { path, namespace: 'absent' } : undefined));
    // HTTP/2 is offered to nobody, and loading what speaks it takes a third of what undici takes.
    build.onResolve({ filter: /^\.\/client-h2(\.js)?$/ }, ({ path, importer }) => (/node_modules[\\/]undici/u.test(importer) ? { path, namespace: 'absent' } : undefined));
    build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({ contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)})`, loader: 'js' }));
    build.onLoad({ filter: /.*/, namespace: 'part' }, ({ path, pluginData }) => ({ contents: PARTS[path], loader: 'js', resolveDir: pluginData }));
    build.onLoad({ filter: /.*/, namespace: 'absent' }, () => ({ contents: 'export default undefined', loader: 'js' }));
  },
};
