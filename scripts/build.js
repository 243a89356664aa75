// Builds dist/ (declarations of the public API by tsc, code bundled into a few files, since opening 150 small ones costs a fifth of a cold
// start) and oclif.manifest.json. With --if-stale it does nothing when no source is newer than the last build.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { bundledPackages } from './bundled-packages.js';
import { licencesOf } from './licences.js';
import { writeMerged } from './merge-chunks.js';
import { patchedPackages } from './patched-packages.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const stamp = path.join(root, 'dist/.built');

function newest(folder) {
  return readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((latest, entry) => Math.max(latest, statSync(path.join(entry.parentPath, entry.name)).mtimeMs), 0);
}

function isFresh() {
  if (!existsSync(stamp) || !existsSync(path.join(root, 'oclif.manifest.json'))) return false;
  const built = statSync(stamp).mtimeMs;
  return ['src', 'scripts'].every((folder) => newest(folder) < built) && ['package.json', 'tsconfig.json'].every((file) => statSync(path.join(root, file)).mtimeMs < built);
}

function run(args) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

/** One entry for embedders, one for the binary and one a command; what they share goes into chunks, dynamic imports stay lazy, most packages stay outside. */
async function bundle(outdir) {
  const folder = path.join(root, 'src/commands');
  const files = readdirSync(folder, { recursive: true }).filter((file) => /\.tsx?$/.test(file) && !/^(ui|base)\b/.test(file));
  const entries = Object.fromEntries(files.map((file) => [`commands/${file.replace(/\.tsx?$/, '')}`, `src/commands/${file}`]));
  const built = await build({
    absWorkingDir: root,
    entryPoints: { index: 'src/index.ts', server: 'src/server/index.ts', cli: '@oclif/core/execute', ...entries },
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    plugins: [bundledPackages, patchedPackages],
    define: { 'process.env.NODE_ENV': '"production"', __dirname: 'import.meta.dirname', __filename: 'import.meta.filename' },
    metafile: true,
    write: false,
    chunkNames: 'chunks/[name]-[hash]',
    logLevel: 'warning',
  });
  await writeMerged(built, { root, outdir });
  writeFileSync(path.join(outdir, 'THIRD_PARTY_LICENSES.txt'), licencesOf(built.metafile, root));
}

/** What the server's pages of documentation are made of. */
function documentationFiles(outdir) {
  const require = createRequire(import.meta.url);
  const swagger = path.dirname(require.resolve('swagger-ui-dist/package.json'));
  const redoc = path.dirname(require.resolve('redoc/package.json'));
  mkdirSync(path.join(outdir, 'docs'));
  const files = [path.join(swagger, 'swagger-ui.css'), path.join(swagger, 'swagger-ui-bundle.js'), path.join(redoc, 'bundles/redoc.standalone.js')];
  for (const file of files) copyFileSync(file, path.join(outdir, 'docs', path.basename(file)));
}

/** AG2's side of the backend `ag2`, which Python runs as it is. */
function pythonFiles(outdir) {
  const from = path.join(root, 'src/backends/wires/ag2');
  mkdirSync(path.join(outdir, 'ag2'));
  for (const file of readdirSync(from).filter((name) => name.endsWith('.py'))) copyFileSync(path.join(from, file), path.join(outdir, 'ag2', file));
}

if (!(process.argv.includes('--if-stale') && isFresh())) {
  // Built aside and swapped in, so that a running massgen or another build never sees half of it.
  const next = path.join(root, `dist.${process.pid}.tmp`);
  // Also when a step fails, which ends this process at once.
  process.once('exit', () => rmSync(next, { recursive: true, force: true }));
  run([createRequire(import.meta.url).resolve('typescript/bin/tsc'), '-p', 'tsconfig.build.json', '--outDir', next]);
  await bundle(next);
  documentationFiles(next);
  pythonFiles(next);
  rmSync(path.join(root, 'dist'), { recursive: true, force: true });
  renameSync(next, path.join(root, 'dist'));
  run(['scripts/manifest.js']);
  run(['scripts/man-page.js', 'dist/massgen.1']);
  writeFileSync(stamp, '');
}
