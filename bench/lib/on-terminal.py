"""Runs a command on a pseudo-terminal of COLUMNS x ROWS and reads all it draws; one line of JSON says what it took: on-terminal.py COLUMNS ROWS COMMAND..."""
import fcntl, json, os, pty as terminal, struct, sys, termios, time

columns, rows, command = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
started = time.time()
pid, fd = terminal.fork()
if pid == 0:
    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))
    os.execvp(command[0], command)
drawn = 0
while True:
    try:
        data = os.read(fd, 65536)
    except OSError:
        break
    if not data:
        break
    drawn += len(data)
_, status, used = os.wait4(pid, 0)
print(json.dumps({'code': os.waitstatus_to_exitcode(status), 'wallMs': 1000 * (time.time() - started), 'cpuMs': 1000 * (used.ru_utime + used.ru_stime), 'mib': used.ru_maxrss / 1024, 'drawn': drawn}))
