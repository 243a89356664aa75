"""Runs a command on a pseudo-terminal. Reads orders as JSON lines, and writes as JSON lines, in the order in which it happens, what the terminal gets and what becomes of the command."""
import base64, fcntl, json, os, pty, select, signal, struct, sys, termios

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
    print(json.dumps(what), flush=True)

def pass_on():
    """Whether there was something, and the terminal is still there."""
    try:
        data = os.read(fd, 65536)
    except OSError:
        return False
    if data: tell(got=base64.b64encode(data).decode())
    return bool(data)

def pass_on_all():
    while select.select([fd], [], [], 0)[0] and pass_on(): pass

def end_all(*_):
    """Nobody looks any more: the command and whatever it has started end with this."""
    try:
        os.killpg(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    except OSError:
        pass
    os._exit(1)

signal.signal(signal.SIGTERM, end_all)
resize(columns, rows)
os.write(fd, b'\n')
orders = os.fdopen(0, 'rb', buffering=0)
open_orders = True
status = None
while status is None:
    ready, _, _ = select.select([fd] + ([orders] if open_orders else []), [], [], 0.05)
    if fd in ready and not pass_on():
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
    if found:
        pass_on_all()
        if os.WIFSTOPPED(state): tell(stopped=True, mode=mode())
        else: status = state
tell(ended=True, code=os.waitstatus_to_exitcode(status), mode=mode())
