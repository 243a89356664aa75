// What bundled packages do that takes long in Node and is not needed before the first request of `massgen run`, or does not work from a bundle.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** The SDKs of OpenAI and Anthropic make `Headers` for every request, which loads all of Node's `fetch`. */
const SDK_HEADERS = /[\\/](?:openai|@anthropic-ai[\\/]sdk)[\\/](?:client|internal[\\/]headers)\.mjs$/;
const OWN_HEADERS = `import { Headers } from ${JSON.stringify(fileURLToPath(new URL('sdk-headers.js', import.meta.url)))};\n`;

/** oclif sorts the commands as people would, which loads the tables of all languages. Names of commands are plain. */
const OCLIF_PLUGIN = /[\\/]@oclif[\\/]core[\\/]lib[\\/]config[\\/]plugin\.js$/;

/** Whether `DEV` is set in the environment, for which Ink looks for a debugger and for its own package.json. */
const INK_DEV = /[\\/]ink[\\/]build[\\/]utils\.js$/;

async function withPlainSort(file) {
  const text = await readFile(file, 'utf8');
  const plain = text.replace('a.id.localeCompare(b.id)', '(a.id < b.id ? -1 : 1)');
  if (plain === text) throw new Error(`${file} does not sort as it did: see scripts/patched-packages.js`);
  return plain;
}

/** An esbuild plugin. */
export const patchedPackages = {
  name: 'patched-packages',
  setup(build) {
    build.onLoad({ filter: SDK_HEADERS }, async ({ path }) => ({ contents: OWN_HEADERS + (await readFile(path, 'utf8')), loader: 'js' }));
    build.onLoad({ filter: INK_DEV }, () => ({ contents: 'export const isDev = () => false;', loader: 'js' }));
    build.onLoad({ filter: OCLIF_PLUGIN }, async ({ path }) => ({ contents: await withPlainSort(path), loader: 'js' }));
  },
};
