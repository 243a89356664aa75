"""Runs a command on a pseudo-terminal. Reads orders as JSON lines, writes what the terminal gets to stdout, and what becomes of it as JSON lines to stderr."""
import fcntl, json, os, pty, select, signal, struct, sys, termios

columns, rows, command = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
pid, fd = pty.fork()
if pid == 0:
    # The size must stand before anybody asks for it.
    os.read(0, 1)
    os.execvp(command[0], command)

def resize(columns, rows):
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))

def mode():
    local = termios.tcgetattr(fd)[3]
    return 'cooked' if local & termios.ICANON and local & termios.ECHO else 'raw'

def tell(**what):
    print(json.dumps(what), file=sys.stderr, flush=True)

resize(columns, rows)
os.write(fd, b'\n')
orders = os.fdopen(0, 'rb', buffering=0)
open_orders = True
status = None
while True:
    ready, _, _ = select.select([fd] + ([orders] if open_orders else []), [], [], 0.05)
    if fd in ready:
        try:
            data = os.read(fd, 65536)
        except OSError:
            data = b''
        if data:
            os.write(1, data)
        elif status is None:
            _, status = os.waitpid(pid, 0)
            break
    if orders in ready:
        line = orders.readline()
        if not line:
            open_orders = False
        else:
            order = json.loads(line)
            if 'send' in order: os.write(fd, order['send'].encode())
            if 'resize' in order: resize(*order['resize'])
            if 'signal' in order: os.kill(pid, getattr(signal, order['signal']))
    found, state = os.waitpid(pid, os.WNOHANG | os.WUNTRACED)
    if found and os.WIFSTOPPED(state):
        tell(stopped=True, mode=mode())
    elif found:
        status = state
        end = mode()
        while select.select([fd], [], [], 0.1)[0]:
            try:
                data = os.read(fd, 65536)
            except OSError:
                break
            if not data: break
            os.write(1, data)
        tell(ended=True, code=os.waitstatus_to_exitcode(status), mode=end)
        sys.exit(0)
tell(ended=True, code=os.waitstatus_to_exitcode(status), mode=mode())
