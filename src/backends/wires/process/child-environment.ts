import type { Environment } from '../../spec.js';

/** What any program needs to run at all, to reach the network and to keep its own files. */
const PLAIN =
  /^(?:PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_\w+|TZ|TERM|TMPDIR|TEMP|TMP|XDG_\w+|(?:HTTPS?|ALL|NO)_PROXY|SSL_CERT_(?:FILE|DIR)|NODE_EXTRA_CA_CERTS|REQUESTS_CA_BUNDLE|DOCKER_(?:CONFIG|HOST|CERT_PATH|TLS_VERIFY|CONTEXT)|SYSTEMROOT|SYSTEMDRIVE|WINDIR|COMSPEC|PATHEXT|USERPROFILE|HOMEDRIVE|HOMEPATH|APPDATA|LOCALAPPDATA|PROGRAMFILES(?:\(X86\))?|PROGRAMDATA)$/i;

/**
 * The environment of a child: what every program needs, and `more`. All else stays here, keys above all: a child knows
 * only the one that is meant for it.
 */
export function childEnvironment(env: Environment, more: Environment = {}): Record<string, string> {
  const plain = Object.entries(env).filter(([name]) => PLAIN.test(name));
  return Object.fromEntries([...plain, ...Object.entries(more)].filter((entry): entry is [string, string] => entry[1] !== undefined));
}
