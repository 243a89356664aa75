// Shares of a V8 CPU profile.

/** Functions of the session log in the built code: what is called by the engine, and what goes on by itself after an await. */
const LOG = new Set(['openSessionLog', 'serialiseEvent', 'keep', 'flushSoon', 'flushAll', 'loadYaml', 'createTurnProjection', 'claimedFiles', 'replaceFile', 'pretty']);
const IS_LOG_CLASS = new Set(['grow', 'attempt']);
const SKIPPED = new Set(['(idle)', '(root)']);

const isLog = ({ functionName, url }) => url.includes('/dist/') && (LOG.has(functionName) || IS_LOG_CLASS.has(functionName));
/** The peer tidies up when it exits: that is no part of an orchestration. */
const isExit = ({ functionName, url }) => functionName === 'exit' && url.startsWith('node:internal/process');

/** The share, 0 to 1, of the time in the profile's second half that was spent in or below functions of the session log. Throws when none of them is found. */
export function logShare({ nodes, samples, timeDeltas }) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children }) => (children ?? []).map((child) => [child, id])));
  const under = (id, test) => {
    for (let at = id; at !== undefined; at = parents.get(at)) if (test(byId.get(at).callFrame)) return true;
    return false;
  };
  const total = timeDeltas.reduce((sum, delta) => sum + delta, 0);
  const spent = new Map();
  let clock = 0;
  for (const [index, id] of samples.entries()) {
    clock += timeDeltas[index];
    if (clock > total / 2) spent.set(id, (spent.get(id) ?? 0) + timeDeltas[index]);
  }
  let all = 0;
  let log = 0;
  for (const [id, micros] of spent) {
    if (SKIPPED.has(byId.get(id).callFrame.functionName) || under(id, isExit)) continue;
    all += micros;
    if (under(id, isLog)) log += micros;
  }
  if (log === 0) throw new Error('no function of the session log is in the profile; lib/profile.mjs names them');
  return log / all;
}
