// The notices of the packages that a bundle holds: their licences ask for them to be passed on.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

const NOTICE = /^(?:licen[cs]e|copying|notice)(?:[.-].*)?$/i;

/** The folder of the package that a bundled file belongs to. */
function folderOf(input) {
  const [, before, name] = /^(.*node_modules\/)((?:@[^/]+\/)?[^/]+)\//.exec(input) ?? [];
  return before === undefined ? undefined : `${before}${name}`;
}

function noticeOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const texts = readdirSync(folder).filter((file) => NOTICE.test(file)).sort().map((file) => readFileSync(path.join(folder, file), 'utf8').trim());
  return `${name} ${version} (${typeof license === 'string' ? license : 'see below'})\n\n${texts.join('\n\n') || 'No text of its licence comes with the package.'}`;
}

/** One text with the notices of all packages in an esbuild metafile. */
export function licencesOf({ inputs }, root) {
  const folders = [...new Set(Object.keys(inputs).map(folderOf))].filter((folder) => folder !== undefined && existsSync(path.join(root, folder, 'package.json')));
  return `${folders.sort().map((folder) => noticeOf(path.join(root, folder))).join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}
