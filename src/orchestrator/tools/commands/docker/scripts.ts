// What runs in a container, in the words that every /bin/sh knows.

/** Where commands write down who they are; in memory, everybody's. */
export const NOTES = '/run/massgen';

/** Kills what is left of a session: $1 the session, $2 whom to spare. */
const SWEEP = `
sweep() {
  for stat in /proc/[0-9]*/stat; do
    { IFS= read -r line < "$stat"; } 2> /dev/null || continue
    id=\${stat#/proc/}; id=\${id%/stat}
    set -- "$1" "$2" \${line##*) }
    [ "$6" != "$1" ] || [ "$id" = "$2" ] || kill -9 "$id" 2> /dev/null
  done
}
`;

/**
 * Runs a command, $1, and ends what it leaves behind. What \`docker exec\` starts leads a session (runc calls setsid); it
 * writes its number into the file $2, so that it can be ended from outside: ending Docker's client ends nothing there.
 */
export const RUN = `${SWEEP}
echo $$ > "$2"
[ ! -e "$2.end" ] || exit 137
/bin/sh -c "$1"
code=$?
sweep $$ $$; sweep $$ $$
exit $code
`;

/** Ends the command whose file is $1, also one that has not begun yet. */
export const END = `${SWEEP}
: > "$1.end"
read -r leader < "$1" || exit 0
sweep "$leader" 0; sweep "$leader" 0
`;

/** Behind a command that may have had root's rights: ends what it leaves, and what it made in the folder $2 is the user's, $3. */
const SETTLE = `${END}
find "$2" -user 0 -exec chown -h "$3" {} +
`;

/** How what follows is called: the scripts lie in files, so that a list of processes is short. */
const script = (name: string): string => `${NOTES}/${name}`;
export const SCRIPTS = { run: script('run'), end: script('end'), settle: script('settle') } as const;

const put = (name: string, text: string): string => `cat > ${name} << 'END OF SCRIPT'\n${text}END OF SCRIPT\n`;

/**
 * Given to the container's first process, a shell, on its input. The container is as long as that is open: the end of massgen,
 * however it comes, closes it. It takes orphans in, and makes the user known by name. Arguments: user, group, home; `sudo`.
 */
export const KEEPER = `
if [ -n "$1" ]; then
  name=agent; [ "$1" != 0 ] || name=root
  others=$(while IFS=: read -r each secret id rest; do [ "$id" = "$1" ] || [ "$each" = "$name" ] || echo "$each:$secret:$id:$rest"; done < /etc/passwd)
  printf '%s\\n%s:*:%s:%s::%s:/bin/sh\\n' "$others" "$name" "$1" "$2" "$3" > /etc/passwd
  [ -z "$4" ] || [ ! -d /etc/sudoers.d ] || { echo "$name ALL=(ALL) NOPASSWD: ALL" > /etc/sudoers.d/massgen; chmod 440 /etc/sudoers.d/massgen; }
fi 2> /dev/null
${put(SCRIPTS.run, RUN)}${put(SCRIPTS.end, END)}${put(SCRIPTS.settle, SETTLE)}
trap 'exit 0' TERM
exec 3<&0
echo ready
# A command of root's may kill all that it can: the reader, too.
until { (while read -r each; do :; done) <&3 & wait $!; }; do :; done
exit 0
`;

/** Installs packages, by kind; their names are the arguments. */
export const INSTALL = {
  system: `
if command -v apt-get > /dev/null; then export DEBIAN_FRONTEND=noninteractive; apt-get update -qq && apt-get install -y -qq --no-install-recommends "$@" && rm -rf /var/lib/apt/lists/*
elif command -v apk > /dev/null; then apk add --no-cache "$@"
elif command -v dnf > /dev/null; then dnf install -y -q "$@"
elif command -v microdnf > /dev/null; then microdnf install -y "$@"
else echo 'the image has no package manager that is known (apt-get, apk, dnf)' >&2; exit 69; fi`,
  python: `
export PIP_BREAK_SYSTEM_PACKAGES=1 PIP_ROOT_USER_ACTION=ignore PIP_DISABLE_PIP_VERSION_CHECK=1
if python3 -m pip --version > /dev/null 2>&1; then python3 -m pip install --quiet --no-cache-dir "$@"
elif command -v uv > /dev/null; then uv pip install --system --no-cache "$@"
else echo 'the image has neither pip nor uv' >&2; exit 69; fi`,
  npm: `
if command -v npm > /dev/null; then npm install --global --no-audit --no-fund --loglevel=error "$@" && npm cache clean --force > /dev/null 2>&1
else echo 'the image has no npm' >&2; exit 69; fi`,
} as const;
