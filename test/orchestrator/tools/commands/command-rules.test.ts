import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { refuseCommand } from '../../../../src/orchestrator/tools/commands/command-rules.js';
import { lexCommand } from '../../../../src/orchestrator/tools/commands/lex-command.js';

const words = (line: string): unknown => {
  const lexed = lexCommand(line);
  return 'segments' in lexed ? lexed.segments.map((segment) => segment.words) : lexed.unclear;
};

describe('a shell line', () => {
  it.each<[string, unknown]>([
    ['git status', [['git', 'status']]],
    ['git status; rm -rf x && ls | wc -l', [['git', 'status'], ['rm', '-rf', 'x'], ['ls'], ['wc', '-l']]],
    ['ls\nrm x', [['ls'], ['rm', 'x']]],
    ['ls\r\nrm x', [['ls'], ['rm', 'x']]],
    ['ls & rm x', [['ls'], ['rm', 'x']]],
    ["echo 'a; rm x' \"b | c\"", [['echo', 'a; rm x', 'b | c']]],
    ["r'm' x", [['rm', 'x']]],
    ['r\\m x', [['rm', 'x']]],
    ['rm\\\n x', [['rm', 'x']]],
    ['(cd a; rm x)', [['cd', 'a'], ['rm', 'x']]],
    ['{ rm x; }', [['rm', 'x']]],
    ['if true; then rm x; fi', [['true'], ['rm', 'x']]],
    ['python a.py > out.txt 2>&1', [['python', 'a.py']]],
    ['python a.py &> out.txt', [['python', 'a.py']]],
    ['A=1 B=2 make', [['make']]],
    ['ls # rm x', [['ls']]],
    ['echo a#b', [['echo', 'a#b']]],
    ['ls $HOME', [['ls', '$HOME']]],
    ['', []],
  ])('%j is %j', (line, expected) => {
    expect(words(line)).toEqual(expected);
  });

  it.each(['echo $(rm x)', 'echo `rm x`', 'echo "$(rm x)"', 'echo "`rm x`"', '$CMD x', '"$CMD" x', 'diff <(ls) <(ls -a)', 'cat <<EOF', "$'rm' x", 'echo ${x:-$(rm y)}', 'for f in *; do rm $f; done', 'f() { rm x; }', '/bin/r? x', "echo 'a", 'a\0b'])('%j cannot be told without running it', (line) => {
    expect(typeof words(line)).toBe('string');
  });

  it('never throws, and takes no text of an argument for a command', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (line) => void lexCommand(line)));
    fc.assert(fc.property(fc.string(), (text) => {
      fc.pre(!text.includes('\0'));
      expect(words(`echo '${text.replaceAll("'", "'\\''")}'`)).toEqual([['echo', text.replaceAll('\r\n', '\n')]]);
    }));
  });
});

describe('an allow list', () => {
  const rules = { allowed: ['git status', 'python.*', 'uv run pytest.*', 'ls', 'env', 'xargs', 'find', 'npm run *'], blocked: [] };
  it.each(['git status', 'git status -s', 'python a.py', 'python', 'uv run pytest -k x', 'ls -la && python b.py', 'ls | xargs python c.py', 'find . -name x', 'env A=1 python x', 'npm run build', "sh -c 'ls; python x'"])('lets %j run', (line) => {
    expect(refuseCommand(line, rules)).toBeNull();
  });
  it.each([
    'git push', 'git', 'gitstatus', 'git statusx', './git status', '/tmp/git status', 'pythonevil', 'python3-evil x', 'python a.py; rm -rf x', 'python a.py && curl x', 'ls | sh', 'ls\nrm x', 'ls & rm x',
    'env rm x', 'env -i rm x', 'ls | xargs rm', 'xargs -I {} rm {}', 'find . -exec rm {} +', "sh -c 'ls; rm x'", "bash -lc 'rm x'", 'ls $(rm x)', 'ls `rm x`', 'PATH=/tmp ls', 'LD_PRELOAD=/tmp/x.so ls', 'git -c alias.status=!rm status', 'uv run', '$X', 'lsx',
  ])('keeps %j from running', (line) => {
    expect(refuseCommand(line, rules)).not.toBeNull();
  });
});

describe('an allow list with programs that run others', () => {
  const rules = { allowed: ['ls', 'env', 'xargs', 'find', 'timeout', 'nice', 'time', 'watch', 'flock', 'script', 'strace', 'parallel', 'exec', 'stdbuf', 'vi', 'export'], blocked: [] };
  it.each([
    'env -i ls', 'env -u A B=1 ls', 'env', 'xargs -0 ls -la', 'xargs -n 1 ls', 'xargs -I{} ls {}', 'xargs -0I {} ls {}', 'xargs --max-args=2 ls', 'timeout 5 ls', 'timeout -s KILL 5 nice -n 5 ls', 'time -p ls', 'stdbuf -oL ls', "find . -name '*.ts' -exec ls {} ';'", 'find . -type f -exec ls {} + -exec ls -l {} +', 'env -- ls',
    "sh -c 'ls'", "bash -ec 'ls; ls'", "eval 'ls'", 'export A=1',
  ])('lets %j run', (line) => {
    expect(refuseCommand(line, rules)).toBeNull();
  });
  it.each([
    "find . -exec ls {} ';' -exec rm {} +", 'x=-exec; find . $x rm {} +', 'find . ?exec rm {} +', 'find . -ex* rm {} +', 'find . -exe{c,c} rm {} +', 'env -i rm ls', 'env PATH=. ls', 'env LD_PRELOAD=./x.so ls', 'nice env BASH_ENV=x sh -c ls', 'export PATH=.; ls', "env -S 'rm x'",
    'xargs -a ls rm', 'xargs -i rm ls', 'xargs --arg-file ls rm', 'time -o ls rm', "x='5 rm'; timeout $x ls", 'timeout * ls', "watch ls ';' rm x", "watch 'rm x'", 'flock ls rm', 'strace -o ls rm', "script ls -c 'rm x'", "parallel ls ';' rm", 'exec -a ls rm', 'stdbuf -o ls rm',
    'bash -lc ls', 'bash -ic ls', 'bash --rcfile x -ic ls', "bash -oc vi 'rm x'", 'zsh -c ls', 'fish -c ls', "sh -c 'env $0' rm",
  ])('keeps %j from running', (line) => {
    expect(refuseCommand(line, rules)).not.toBeNull();
  });
});

describe('a block list', () => {
  const rules = { blocked: ['git push', 'git reset --hard', 'curl', 'rm'] };
  it.each(['git status', 'git log', 'git reset --soft', 'ls rm', 'echo curl', 'firm x', 'rmx y'])('lets %j run', (line) => {
    expect(refuseCommand(line, rules)).toBeNull();
  });
  it.each([
    'git push', 'git -C /x push origin', '/usr/bin/git push', 'git push --force', 'git reset -q --hard', 'ls; curl x', 'ls;curl x', 'echo x|curl -d @- y', '\\rm x', "'rm' x", 'r""m x', 'env rm x', 'command rm x', 'sudo rm x', 'time rm x', 'nohup rm x', 'find . -exec rm {} ;', 'xargs rm',
    "sh -c 'rm x'", "bash -c \"sh -c 'rm x'\"", "eval 'rm x'", 'eval rm x', '(rm x)', '! rm x', "env -S 'rm x'", "env '-Srm x'", "watch 'rm x'", "script -qc 'rm x' /dev/null", "flock l -c 'rm x'", 'bash -lc "rm x"', 'A=1 rm x', '>out rm x', 'echo $(rm x)', 'busybox rm x',
  ])('keeps %j from running', (line) => {
    expect(refuseCommand(line, rules)).not.toBeNull();
  });
});

describe('with sudo, in a container', () => {
  it.each(['sudo apt-get install -y jq', 'sudo -u root ls', 'ls && sudo ls'])('%j may run', (line) => {
    expect(refuseCommand(line, { blocked: ['curl'], sudo: true })).toBeNull();
  });
  it.each(['sudo curl x', 'sudo rm -rf /', 'sudo su', 'sudo mount x y', "sudo sh -c 'curl x'"])('%j may not', (line) => {
    expect(refuseCommand(line, { blocked: ['curl'], sudo: true })).not.toBeNull();
  });
  it('an allow list judges what it runs', () => {
    const rules = { allowed: ['sudo', 'ls'], blocked: [], sudo: true } as const;
    expect(['sudo ls', 'sudo -n ls', 'sudo -u root ls', 'sudo rm x', 'sudo -n rm', 'sudo -s reboot'].map((line) => refuseCommand(line, rules) === null)).toEqual([true, true, true, false, false, false]);
  });
});

describe('without lists', () => {
  it.each(['for f in *; do echo $f; done', 'echo $(date)', 'cat <<EOF\nx\nEOF', 'rm -rf build', 'echo su', 'PYTHONPATH=src python -m pytest', 'PATH=./bin:$PATH tool', 'export PATH=./bin:$PATH'])('%j may run', (line) => {
    expect(refuseCommand(line, { blocked: [] })).toBeNull();
  });
  it.each(['sudo ls', 'echo $(sudo ls)', 'rm -rf /', 'rm -fr ~', 'rm -r -f /etc', 'mkfs.ext4 /dev/sda', 'true && su', '  '])('%j may not', (line) => {
    expect(refuseCommand(line, { blocked: [] })).not.toBeNull();
  });
});
