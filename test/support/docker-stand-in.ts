import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Docker's command line as far as massgen uses it: writes down how it was called, and runs here what should run in a container. */
const SCRIPT = `#!/bin/sh
here=$(dirname "$0")
echo "$*" >> "$here/calls"
fail() { cat "$1" >&2; printf "\\nRun 'docker run --help' for more information\\n" >&2; exit 125; }
case $1 in
  info)
    [ ! -e "$here/podman" ] || case $3 in *SecurityOptions*) exit 125 ;; esac
    cat "$here/info" ;;
  image)
    [ ! -e "$here/no-daemon" ] || fail "$here/no-daemon"
    for image; do :; done
    grep -qx "$image" "$here/images" || { echo "Error response from daemon: No such image: $image" >&2; exit 1; }
    echo sha256:1 ;;
  pull) fail "$here/no-pull" ;;
  run)
    [ ! -e "$here/no-run" ] || fail "$here/no-run"
    env > "$here/environment"
    echo $$ > "$here/client"
    echo ready
    cat > "$here/keeper"
    echo gone >> "$here/calls" ;;
  exec)
    while [ "$1" != /bin/sh ]; do shift; done
    case $2 in
      */run) exec /bin/sh -c "$3" ;;
      -c) [ ! -e "$here/no-install" ] || fail "$here/no-install" ;;
    esac ;;
  commit) echo "$3" >> "$here/images" ;;
esac
`;

/** A stand-in for the program `docker` in a folder of its own. */
export interface DockerStandIn {
  readonly program: string;
  /** How it was called, a line each. */
  readonly calls: () => readonly string[];
  /** Makes it complain: of the daemon, a pull, a run, an installation. */
  readonly complain: (what: 'daemon' | 'pull' | 'run' | 'install', how: string) => void;
  /** What `docker info` says of its security options. */
  readonly says: (options: readonly string[]) => void;
  /** Makes it Podman, which answers this of its security. */
  readonly isPodman: (security: string) => void;
  /** The process that holds the newest container. */
  readonly client: () => number;
  /** The variables that the client knew when a container was started. */
  readonly environment: () => string;
}

export function dockerStandIn(folder: string, ...images: readonly string[]): DockerStandIn {
  const at = (name: string): string => path.join(folder, name);
  writeFileSync(at('docker'), SCRIPT, { mode: 0o755 });
  writeFileSync(at('info'), '[]');
  writeFileSync(at('no-pull'), 'Error response from daemon: no such host.');
  writeFileSync(at('images'), '');
  for (const image of images) appendFileSync(at('images'), `${image}\n`);
  return {
    program: at('docker'),
    calls: () => (existsSync(at('calls')) ? readFileSync(at('calls'), 'utf8').trimEnd().split('\n') : []),
    complain: (what, how) => {
      writeFileSync(at(`no-${what}`), how);
    },
    says: (options) => {
      writeFileSync(at('info'), JSON.stringify(options));
    },
    isPodman: (security) => {
      writeFileSync(at('podman'), '');
      writeFileSync(at('info'), security);
    },
    client: () => Number(readFileSync(at('client'), 'utf8')),
    environment: () => readFileSync(at('environment'), 'utf8'),
  };
}
