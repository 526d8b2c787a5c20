"""Chromium without a window, spoken to through a pipe (--remote-debugging-pipe): pages opened, looked at and used.

Messages of the DevTools protocol, each JSON and a NUL byte, go in on the browser's descriptor 3 and come out on 4.
"""
import json
import os
import select
import shutil
import subprocess
import tempfile
import time

FLAGS = ['--headless=new', '--disable-gpu', '--no-first-run', '--disable-extensions', '--disable-background-networking',
         '--disable-component-update', '--disable-sync', '--hide-scrollbars', '--remote-debugging-pipe', 'about:blank']


def found():
    return shutil.which('chromium')


class Browser:
    def __init__(self):
        self.profile = tempfile.mkdtemp(prefix='goodwill-browser-')
        to_read, self.write_fd = os.pipe()
        self.read_fd, to_write = os.pipe()

        def descriptors():
            a, b = os.dup(to_read), os.dup(to_write)
            os.dup2(a, 3)
            os.dup2(b, 4)
        command = [found(), f'--user-data-dir={self.profile}', *(['--no-sandbox'] if os.geteuid() == 0 else []), *FLAGS]
        self.process = subprocess.Popen(command, preexec_fn=descriptors, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_read)
        os.close(to_write)
        self.rest, self.number, self.session, self.events = b'', 0, None, []
        target = self.call('Target.createTarget', url='about:blank')['targetId']
        self.session = self.call('Target.attachToTarget', targetId=target, flatten=True)['sessionId']
        for domain in ('Page', 'Runtime', 'Log', 'DOM'):
            self.call(f'{domain}.enable')

    def message(self, until):
        while b'\0' not in self.rest:
            left = until - time.monotonic()
            if left <= 0 or not select.select([self.read_fd], [], [], left)[0]:
                raise TimeoutError('the browser says nothing')
            part = os.read(self.read_fd, 1 << 20)
            if not part:
                raise EOFError('the browser ended')
            self.rest += part
        text, _, self.rest = self.rest.partition(b'\0')
        return json.loads(text)

    def call(self, method, seconds=60, **params):
        self.number += 1
        order = {'id': self.number, 'method': method, 'params': params}
        if self.session:
            order['sessionId'] = self.session
        os.write(self.write_fd, json.dumps(order).encode() + b'\0')
        until = time.monotonic() + seconds
        while True:
            got = self.message(until)
            if got.get('id') == self.number:
                if 'error' in got:
                    raise RuntimeError(f'{method}: {got["error"]}')
                return got['result']
            self.events.append(got)

    def run(self, script):
        """The value of a JavaScript expression; promises are waited for."""
        got = self.call('Runtime.evaluate', expression=script, returnByValue=True, awaitPromise=True)
        if 'exceptionDetails' in got:
            raise RuntimeError(str(got['exceptionDetails']))
        return got['result'].get('value')

    def until(self, script, seconds=30):
        """Asks again and again until the expression is true; false when it never was."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                if self.run(script):
                    return True
            except RuntimeError:
                pass                                    # between two pages there is nothing to ask
            time.sleep(0.05)
        return False

    def open(self, url):
        self.call('Page.navigate', url=url)
        return self.until(f'document.readyState === "complete" && location.href !== "about:blank"')

    def size(self, width, height=1000):
        self.call('Emulation.setDeviceMetricsOverride', width=width, height=height, deviceScaleFactor=1, mobile=False)

    def media(self, scheme='light', medium='screen'):
        self.call('Emulation.setEmulatedMedia', media=medium, features=[{'name': 'prefers-color-scheme', 'value': scheme}])

    def choose_files(self, selector, paths):
        root = self.call('DOM.getDocument')['root']['nodeId']
        node = self.call('DOM.querySelector', nodeId=root, selector=selector)['nodeId']
        self.call('DOM.setFileInputFiles', files=[str(p) for p in paths], nodeId=node)

    def complaints(self):
        """What the page logged as an error since it was last asked."""
        self.run('1')
        told = [e['params'] for e in self.events if e.get('method') in ('Runtime.exceptionThrown', 'Log.entryAdded')]
        self.events = []
        return [t for t in told if t.get('entry', {}).get('level', 'error') == 'error']

    def close(self):
        try:
            self.session = None
            self.call('Browser.close', seconds=5)
        except (TimeoutError, EOFError, OSError):
            self.process.kill()
        self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)
