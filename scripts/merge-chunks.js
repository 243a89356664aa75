// esbuild makes a chunk of whatever the same entries need, which are two hundred files, most of them tiny, and opening one costs more than
// compiling it. Here chunks that are loaded together anyway become one file; nothing is held twice, and what is lazy stays lazy.
import path from 'node:path';
import { isBuiltin } from 'node:module';
import { rollup } from '@rollup/wasm-node';
import { transform } from 'esbuild';

/** Opening one more file takes about as long as compiling so much code that is not needed (measured, see docs/decisions/0016). */
const FILE_BYTES = 30_000;

/** What one process surely loads, though by dynamic imports, by the sources of its entries: the binary, and `massgen run` up to its first request. */
const BINARY = ['@oclif/core/lib/execute.js', 'wsl-utils/index.js'];
const RUN = ['src/commands/run.ts', 'src/index.ts', 'openai/index.mjs'];

/** Loading a package may take long (`string-width` compiles patterns of all emoji) or do something (Ink's debugger asks for one that is not there): nobody loads one in vain. */
const PACKAGE = /(?:^|\/)node_modules\//;

const isChunk = (file) => path.posix.basename(path.posix.dirname(file)) === 'chunks';
const importsOf = ({ imports }, kind) => imports.filter((each) => each.kind === kind && !each.external).map(({ path: file }) => file);

function closureOf(outputs, file, seen = new Set()) {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const next of importsOf(outputs[file], 'import-statement')) closureOf(outputs, next, seen);
  return seen;
}

const intersection = ([first = new Set(), ...rest]) => new Set([...first].filter((each) => rest.every((other) => other.has(each))));

/** For each entry, static or dynamic, the files that are loaded when it is. */
function needsOf(outputs) {
  const entries = Object.keys(outputs).filter((file) => outputs[file].entryPoint !== undefined);
  const filesOf = (sources) => sources.flatMap((source) => {
    const entry = entries.find((file) => outputs[file].entryPoint.endsWith(source));
    if (entry === undefined) throw new Error(`merging chunks: ${source} is no entry any more`);
    return [...closureOf(outputs, entry)];
  });
  const isCommand = (file) => outputs[file].entryPoint.startsWith('src/commands/') && !isChunk(file);
  const needs = new Map(entries.map((file) => [file, new Set([...closureOf(outputs, file), ...(isCommand(file) ? filesOf(BINARY) : [])])]));
  needs.set('run', new Set(filesOf([...BINARY, ...RUN])));
  // What all that import an entry dynamically have loaded before is there already. A few rounds reach the entries that such entries import.
  for (let round = 0; round < 4; round += 1) {
    for (const entry of entries.filter(isChunk)) {
      const importers = Object.keys(outputs).filter((file) => importsOf(outputs[file], 'dynamic-import').includes(entry));
      const before = [...needs].filter(([name, need]) => name !== entry && importers.some((file) => need.has(file))).map(([, need]) => need);
      needs.set(entry, new Set([...needs.get(entry), ...intersection(before)]));
    }
  }
  return [...needs.values()];
}

/** The chunks of an esbuild metafile, and which needs they are part of. */
function chunksOf(outputs) {
  const needs = needsOf(outputs);
  const isOutside = ({ kind, external, path: name }) => kind === 'import-statement' && external && !isBuiltin(name);
  return Object.keys(outputs).filter(isChunk).map((file) => ({
    files: [file],
    bytes: outputs[file].bytes,
    neededBy: needs.map((need) => need.has(file)),
    imports: importsOf(outputs[file], 'import-statement'),
    isCostly: outputs[file].imports.some(isOutside) || Object.keys(outputs[file].inputs).some((input) => PACKAGE.test(input)),
  }));
}

/** What all processes together save, in bytes, where two are one file; none loads a package for it, or more than it may save. */
function savingOf(one, other) {
  const mayBring = ({ bytes, isCostly }) => bytes < FILE_BYTES && !isCostly;
  let saving = 0;
  for (const [index, needsOne] of one.neededBy.entries()) {
    const needsOther = other.neededBy[index];
    if (needsOne && needsOther) saving += FILE_BYTES;
    if (needsOne === needsOther) continue;
    const unneeded = needsOne ? other : one;
    if (!mayBring(unneeded)) return 0;
    saving -= unneeded.bytes;
  }
  return saving;
}

/** Whether a way leads from one to the other through a third: as one file, they and the third would need each other. */
function isRoundabout(one, other, groups) {
  const seen = new Set([one]);
  const importedBy = (group) => groups.filter((each) => !seen.has(each) && group.imports.some((file) => each.files.includes(file)));
  const queue = importedBy(one).filter((each) => each !== other);
  for (const group of queue) {
    if (group === other) return true;
    if (seen.has(group)) continue;
    seen.add(group);
    queue.push(...importedBy(group));
  }
  return false;
}

/** Whether all that needs the other has already what one imports: otherwise it would load that too. */
function bringsNothing(one, other, groups) {
  const imported = groups.filter((each) => each !== other && one.imports.some((file) => each.files.includes(file)));
  return imported.every((each) => other.neededBy.every((needs, index) => !needs || each.neededBy[index]));
}

const mayUnite = (one, other, groups) => bringsNothing(one, other, groups) && bringsNothing(other, one, groups) && !isRoundabout(one, other, groups) && !isRoundabout(other, one, groups);

const united = (one, other) => ({
  files: [...one.files, ...other.files],
  bytes: one.bytes + other.bytes,
  neededBy: one.neededBy.map((needs, index) => needs || other.neededBy[index]),
  imports: [...one.imports, ...other.imports],
  isCostly: one.isCostly || other.isCostly,
});

/** Unites, again and again, the two that save most. */
function groupsOf(chunks) {
  let groups = chunks;
  for (;;) {
    const pairs = groups.flatMap((one, index) => groups.slice(index + 1).map((other) => ({ one, other, saving: savingOf(one, other) })));
    const best = pairs.filter(({ saving }) => saving > 0).sort((a, b) => b.saving - a.saving).find(({ one, other }) => mayUnite(one, other, groups));
    if (best === undefined) return groups;
    groups = [...groups.filter((each) => each !== best.one && each !== best.other), united(best.one, best.other)];
  }
}

/** A name for a file out of those of its chunks, which have a name of their own only where they are imported dynamically. */
const nameOf = ({ files }, index) => `${files.length === 1 ? path.basename(files[0]).replace(/-\w+\.js$/, '').replace(/^chunk$/, 'shared') : 'shared'}-${String(index)}`;

/** Bundled CommonJS packages look for others at run time. */
const bannerOf = ({ modules }) => (Object.values(modules).some(({ code }) => /\brequire\b/.test(code)) ? "const require = process.getBuiltinModule('node:module').createRequire(import.meta.url);" : '');

/**
 * Packages without white space and comments: every process keeps the source of what it loads, and one sign beyond Latin-1 in a comment doubles
 * what its file takes. Our own code stays as it is, for stack traces.
 */
const smallPackages = (outputs) => ({
  name: 'small-packages',
  renderChunk: (code, { moduleIds }) => {
    const inputs = moduleIds.flatMap((id) => Object.keys(outputs[id]?.inputs ?? {}));
    if (inputs.length === 0 || !inputs.every((input) => PACKAGE.test(input))) return null;
    return transform(code, { minifyWhitespace: true, charset: 'ascii', legalComments: 'none', lineLimit: 160, format: 'esm', target: 'node20.19' });
  },
});

/** Writes the output of an esbuild build with `write: false` into `outdir`, in fewer files. */
export async function writeMerged({ metafile: { outputs }, outputFiles }, { root, outdir }) {
  const texts = new Map(outputFiles.map((file) => [path.relative(root, file.path).replaceAll(path.sep, '/'), file.text]));
  const groups = groupsOf(chunksOf(outputs));
  const nameOfFile = new Map(groups.flatMap((group, index) => group.files.map((file) => [file, nameOf(group, index)])));
  const inMemory = {
    name: 'esbuild-output',
    resolveId: (id, importer) => (importer === undefined ? id : id.startsWith('.') ? path.posix.join(path.posix.dirname(importer), id) : { id, external: true }),
    load: (id) => texts.get(id),
  };
  const entries = [...texts.keys()].filter((file) => !nameOfFile.has(file));
  const bundle = await rollup({
    input: Object.fromEntries(entries.map((file) => [path.relative(outdir, path.join(root, file)).replace(/\.js$/, ''), file])),
    plugins: [inMemory],
    treeshake: false,
    preserveEntrySignatures: 'strict',
    onwarn: ({ message }) => {
      throw new Error(`merging chunks: ${message}`);
    },
  });
  await bundle.write({ dir: outdir, plugins: [smallPackages(outputs)], format: 'es', banner: bannerOf, manualChunks: (id) => nameOfFile.get(id), entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js', hoistTransitiveImports: false, minifyInternalExports: false });
  await bundle.close();
}
