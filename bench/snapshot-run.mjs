// Copies a workspace of so many files in each way that there is, and with `cp -r`, and prints the ms of each: {"cp": …, "linked": …, "copied": …, "copied again": …}.
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

const taken = {};
async function time(name, act) {
  const from = performance.now();
  await act();
  taken[name] = performance.now() - from;
}

async function snapshot(snapshots, rev) {
  const { files } = await snapshots.take('a', 'agent1', rev, workspace);
  if (files !== count) throw new Error(`${files} files of ${count} were copied`);
}

const copied = new Snapshots({ folder: path.join(folder, 'copied'), byLink: false });
const ways = {
  cp: () => {
    const { status } = spawnSync('cp', ['-r', workspace, path.join(folder, 'cp')]);
    if (status !== 0) throw new Error('cp failed');
  },
  copied: () => snapshot(copied, 1),
  // Last, for it gives the files of the workspace second names.
  linked: () => snapshot(new Snapshots({ folder: path.join(folder, 'linked'), byLink: true }), 1),
};
await time('cp', ways.cp);
await time('copied', ways.copied);
for (let index = 0; index < count; index += count / 100) fs.writeFileSync(fileAt(index), 'changed');
await time('copied again', () => snapshot(copied, 2));
await time('linked', ways.linked);
console.log(JSON.stringify(taken));
