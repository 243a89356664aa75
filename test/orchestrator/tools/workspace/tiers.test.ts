import { afterEach, describe, expect, it } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { openWorkspaces, temporaryFolders, type WorkspacesWorld } from '../../../support/workspaces.js';

const folders = temporaryFolders();
const opened: WorkspacesWorld[] = [];
afterEach(async () => {
  for (const { workspaces } of opened.splice(0)) await workspaces.close();
  folders.clear();
});

function open(): WorkspacesWorld {
  const world = openWorkspaces(folders.make(), { backends: { ada: { cwd: 'work1' }, bob: { cwd: 'work2' } }, shared: { coordination: { use_two_tier_workspace: true } } });
  opened.push(world);
  return world;
}

const accept = (agent: string): object => ({ type: 'answer-accept', agent, turn: 1, rev: 1, label: 'x', text: '', via: 'tool' });
const show = (agent: string, seen: object): object => ({ type: 'call-start', agent, turn: 1, call: 1, seen });
const deliver = (agent: string, source = 'presentation'): object => ({ type: 'answer-final', agent, label: 'x', text: '', source, marks: [] });

describe('a workspace in two parts', () => {
  const delivered = (world: WorkspacesWorld): readonly string[] => readdirSync(world.at('turn_1/final/ada'), { recursive: true, encoding: 'utf8' }).sort();

  it('delivers what is in deliverable, and shows the others all of it', async () => {
    const world = open();
    await world.write('ada', 'scratch/try.txt', '1');
    await world.write('ada', 'deliverable/out/report.md', 'R');
    await world.tell(accept('ada'), show('bob', { ada: 1 }));
    expect(readdirSync(`${world.workspaces.infoOf('bob')!.peers}/agent1`).sort()).toEqual(['deliverable', 'scratch']);
    await world.tell(deliver('ada'));
    expect(delivered(world)).toEqual(['workspace', 'workspace/out', 'workspace/out/report.md']);
    expect((await world.workspaces.sourceFor('ada')).notes().join('\n')).toContain('only what is in deliverable is given to the user');
  });

  it('delivers the answer’s own deliverable, too', async () => {
    const world = open();
    await world.write('ada', 'deliverable/report.md', 'R');
    await world.tell(accept('ada'), { type: 'winner-select', agent: 'ada', rev: 1 });
    await world.write('ada', 'deliverable/later.md', 'L');
    await world.tell(deliver('ada', 'winner'));
    expect(delivered(world)).toEqual(['workspace', 'workspace/report.md']);
  });

  it('with drafts only delivers nothing and says where they are; with nothing it says nothing', async () => {
    const world = open();
    expect(await world.tell(deliver('bob'))).toEqual([]);
    await world.write('ada', 'scratch/try.txt', '1');
    expect(await world.tell(deliver('ada'))).toEqual([`ada has left nothing in deliverable; its drafts are in ${world.workspaces.infoOf('ada')!.workspace}`]);
    expect(delivered(world)).toEqual([]);
  });

  it('has its parts again when the team starts again', async () => {
    const world = open();
    await world.write('ada', 'scratch/try.txt', '1');
    await world.tell({ type: 'attempt-start', attempt: 2 });
    expect(readdirSync(world.workspaces.infoOf('ada')!.workspace).sort()).toEqual(['.massgen-workspace', 'deliverable', 'scratch']);
  });
});
