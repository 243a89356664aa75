import { createHash } from 'node:crypto';

/** What every vendor takes as the name of a tool. */
const LEGAL = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/u;
const LONGEST = 64;

/** Names that mean something to coordination. */
const RESERVED: ReadonlySet<string> = new Set(['new_answer', 'vote', 'submit', 'restart_orchestration']);

/** A name as vendors take it: itself where it is one, else a legal one that no other name becomes. */
export function legalName(name: string): string {
  if (LEGAL.test(name) && !RESERVED.has(name)) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 8);
  const plain = name.normalize('NFKD').replace(/[^A-Za-z0-9_-]+/gu, '_').replace(/^[^A-Za-z_]+/u, '_');
  return `${plain.slice(0, LONGEST - hash.length - 1)}_${hash}`;
}
