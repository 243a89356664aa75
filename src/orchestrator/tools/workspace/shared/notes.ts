import type { Root } from '../paths/rights.js';

const CONTEXT = { write: 'you may write there', read: 'read-only', deliver: 'read-only now; you may write there while you present the final answer' } as const;

function contextNote({ path, right, description, protectedPaths: shielded = [] }: Root): string {
  return `- ${path}${description === undefined ? '' : ` (${description})`}: ${CONTEXT[right]}${shielded.length === 0 ? '' : `; always read-only: ${shielded.join(', ')}`}`;
}

/** What an agent has to know of its folders. */
export function workspaceNotes(roots: readonly Root[], { hasPeers, hasTiers }: { readonly hasPeers: boolean; readonly hasTiers: boolean }): readonly string[] {
  const at = (kind: Root['kind']): string | undefined => roots.find((root) => root.kind === kind)?.path;
  const context = roots.filter(({ kind }) => kind === 'context');
  const [workspace, peers, previous] = [at('workspace'), at('peers'), at('previous')];
  return [
    ...(workspace === undefined ? [] : [`Your workspace is ${workspace}; relative paths of the file tools start there. Keep the files that belong to your answer in it${hasPeers ? ': the other agents see them with your answer' : ''}.`]),
    ...(workspace === undefined || !hasTiers ? [] : ['It has two parts. Try things out in scratch; put what you hand over into deliverable, finished: of your files only what is in deliverable is given to the user.']),
    ...(peers === undefined || !hasPeers ? [] : [`The other agents' files are in ${peers}, read-only, a folder for each agent whose answer you were shown (agent1, agent2, ...). Copy what you want to build on into your workspace.`]),
    ...(previous === undefined ? [] : [`The files that the last turn of this conversation delivered are in ${previous}, read-only.`]),
    ...(context.length === 0 ? [] : [`The user's files:\n${context.map(contextNote).join('\n')}`]),
  ];
}
