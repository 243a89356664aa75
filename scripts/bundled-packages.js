// Which packages go into the bundle. Ink and React are 500 files: opened one by one they take half a second, and React's development
// build, which is what NODE_ENV gives a user, is slower and keeps what it measures. Everything else stays outside.
import { isBuiltin } from 'node:module';

const BUNDLED = new Set(['ink', 'react', 'string-width', 'wrap-ansi']);

const packageOf = (specifier) => specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
const isPackage = (specifier) => !specifier.startsWith('.') && !specifier.startsWith('/');

/** An esbuild plugin. */
export const bundledPackages = {
  name: 'bundled-packages',
  setup(build) {
    build.onResolve({ filter: /^[^./]/ }, ({ path, kind, importer }) => {
      if (kind === 'entry-point' || !isPackage(path)) return undefined;
      const inside = importer.includes('/node_modules/') || importer.includes('\\node_modules\\');
      // A bundled CommonJS package may `require` what Node brings; an ES module cannot.
      if (isBuiltin(path)) return kind === 'require-call' ? { path, namespace: 'builtin' } : { path, external: true };
      // Ink's own debugger, which nobody installs.
      if (path === 'react-devtools-core') return { path, namespace: 'absent' };
      return inside || BUNDLED.has(packageOf(path)) ? undefined : { path, external: true };
    });
    build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({ contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)})`, loader: 'js' }));
    build.onLoad({ filter: /.*/, namespace: 'absent' }, () => ({ contents: 'export default undefined', loader: 'js' }));
  },
};
