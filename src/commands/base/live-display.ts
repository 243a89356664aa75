import { readFileSync } from 'node:fs';

type Environment = Readonly<Record<string, string | undefined>>;

const isOn = (value: string | undefined): boolean => value !== undefined && !['', '0', 'false'].includes(value);

/** Runs of a CI are read later, as text; the names are those that Ink goes by. */
export const isCi = (env: Environment): boolean => isOn(env['CI']) || (env['CI'] === undefined && Object.keys(env).some((name) => name === 'CONTINUOUS_INTEGRATION' || name.startsWith('CI_')));

/** A job in the background must leave the terminal alone: setting its mode would stop the process. Known on Linux only; elsewhere it is taken to be in front. */
function isInFront(): boolean {
  try {
    const fields = readFileSync('/proc/self/stat', 'utf8').replace(/^.*\) /su, '').split(' ');
    const [group, terminalGroup] = [fields[2], fields[5]];
    return terminalGroup === group || terminalGroup === '-1';
  } catch {
    return true;
  }
}

/** Why there can be no live view here; undefined when there can. */
export function noLiveView(env: Environment, stderr: Pick<NodeJS.WriteStream, 'isTTY'>): string | undefined {
  if (!stderr.isTTY) return 'standard error is no terminal';
  if (env['TERM'] === 'dumb') return 'TERM is dumb';
  if (isCi(env)) return 'this is a CI';
  return isInFront() ? undefined : 'this is a background job';
}

