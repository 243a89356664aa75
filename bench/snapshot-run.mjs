// Copies a workspace of so many files in each way that there is, and with `cp -r`, and prints what each took: {"cp": {"ms": …, "cpu": …}, "linked": …, "copied": …, …}.
// What is shown or logged is a folder made of the copy, for a peer or for the log; `cp` does that by copying its copy.
// node bench/snapshot-run.mjs <bundle> <empty folder> <files>
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const [bundle, folder, countText] = process.argv.slice(2);
const count = Number(countText);
const A_FOLDER = 100;
const { Snapshots } = await import(bundle);
const workspace = path.join(folder, 'workspace');
const fileAt = (index) => path.join(workspace, `folder-${Math.floor(index / A_FOLDER)}`, `file-${index}.txt`);
for (let index = 0; index < count; index++) {
  if (index % A_FOLDER === 0) fs.mkdirSync(path.dirname(fileAt(index)), { recursive: true });
  fs.writeFileSync(fileAt(index), `${index} `.repeat(50 + (index % 400)));
}
spawnSync('sync', [folder]);

/** Of this process, and of those that it waited for: Linux tells that in hundredths of a second. */
function cpuMs() {
  const { user, system } = process.cpuUsage();
  const [childUser, childSystem] = fs.readFileSync('/proc/self/stat', 'utf8').replace(/^.*\) /s, '').split(' ').slice(13, 15).map(Number);
  return (user + system) / 1000 + (childUser + childSystem) * 10;
}

const taken = {};
async function time(name, act) {
  const [from, cpu] = [performance.now(), cpuMs()];
  await act();
  taken[name] = { ms: performance.now() - from, cpu: cpuMs() - cpu };
}

async function snapshot(snapshots, rev) {
  const { files } = await snapshots.take('a', 'agent1', rev, workspace);
  if (files !== count) throw new Error(`${files} files of ${count} were copied`);
}

function cp(from, to) {
  const { status } = spawnSync('cp', ['-r', from, path.join(folder, to)]);
  if (status !== 0) throw new Error('cp failed');
}

const copied = new Snapshots({ folder: path.join(folder, 'copied'), byLink: false });
await time('cp', () => cp(workspace, 'cp'));
await time('cp of cp', () => cp(path.join(folder, 'cp'), 'cp-of-cp'));
await time('copied', () => snapshot(copied, 1));
await time('shown', () => copied.at('a', 1).show(path.join(folder, 'shown')));
await time('logged', () => copied.at('a', 1).log(path.join(folder, 'logged')));
for (let index = 0; index < count; index += count / 100) fs.writeFileSync(fileAt(index), 'changed');
await time('copied again', () => snapshot(copied, 2));
await time('logged again', () => copied.at('a', 2).log(path.join(folder, 'logged-again')));
// Last, for it gives the files of the workspace second names.
const linked = new Snapshots({ folder: path.join(folder, 'linked'), byLink: true });
await time('linked', () => snapshot(linked, 1));
console.log(JSON.stringify(taken));
