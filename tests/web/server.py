"""A goodwill server of its own for a test: started on a free port, asked through plain sockets, ended by SIGTERM."""
import atexit
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time


class Server:
    def __init__(self, goodwill, *options):
        self.process = None
        self.folder = tempfile.mkdtemp(prefix='goodwill-web-')
        self.db = os.path.join(self.folder, 't.db')
        self.spool = os.path.join(self.folder, 'spool')
        os.mkdir(self.spool)
        atexit.register(self.clean)                  # also when the test itself breaks off
        self.process = subprocess.Popen([goodwill, 'serve', '--db', self.db, '--port', '0', *options], stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, env=dict(os.environ, TMPDIR=self.spool), text=True)
        line = self.process.stdout.readline()
        found = re.search(r':(\d+) ', line)
        if not found:
            raise SystemExit(f'the server did not start: {line}{self.process.stderr.read()}')
        self.port = int(found.group(1))

    def break_off(self, data):
        """Sends these bytes and resets the connection."""
        with socket.create_connection(('127.0.0.1', self.port), 15) as s:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
            s.sendall(data)
            time.sleep(0.1)

    def raw(self, data, timeout=15):
        """All that comes back until the server closes or says nothing more; and whether it closed."""
        with socket.create_connection(('127.0.0.1', self.port), timeout) as s:
            s.sendall(data)
            got = b''
            try:
                while True:
                    part = s.recv(65536)
                    if not part:
                        return got, True
                    got += part
                    s.settimeout(0.5)
            except ConnectionResetError:
                return got, True
            except TimeoutError:
                return got, False

    def ask(self, path, method='GET', headers=None, body=b''):
        """(status, headers, body) of one request, the connection closed after it."""
        head = {'Host': f'127.0.0.1:{self.port}', 'Connection': 'close', **(headers or {})}
        if body or method == 'POST':
            head['Content-Length'] = str(len(body))
        text = f'{method} {path} HTTP/1.1\r\n' + ''.join(f'{k}: {v}\r\n' for k, v in head.items() if v is not None) + '\r\n'
        got, _ = self.raw(text.encode() + body, timeout=30)
        return split(got)

    def upload(self, name, data):
        return self.ask(f'/upload?name={name}', 'POST', {'Content-Type': 'application/octet-stream'}, data)

    def end(self):
        """Exit status and what it wrote to standard error."""
        self.process.send_signal(signal.SIGTERM)
        _, err = self.process.communicate(timeout=20)
        return self.process.returncode, err

    def clean(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def split(answer):
    head, _, body = answer.partition(b'\r\n\r\n')
    lines = head.decode('latin-1').split('\r\n')
    words = lines[0].split(' ', 2)
    headers = {}
    for line in lines[1:]:
        name, _, value = line.partition(':')
        headers.setdefault(name.lower(), value.strip())
    return int(words[1]) if len(words) > 1 and words[1].isdigit() else 0, headers, body


def statuses(answer):
    """Of every response in the bytes."""
    return [int(s) for s in re.findall(rb'HTTP/1\.1 (\d{3})', answer)]
