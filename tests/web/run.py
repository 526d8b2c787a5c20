#!/usr/bin/env python3
"""The server from outside: framing, names, other sites, pages, uploads, and how it ends.

  run.py GOODWILL
"""
import contextlib
import html
import os
import pathlib
import re
import sqlite3
import subprocess
import sys
import threading
import time
import zlib

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(ROOT / 'tools'), str(HERE)]
import tap  # noqa: E402
from server import Server, split, statuses  # noqa: E402

goodwill = os.path.abspath(sys.argv[1])
sample = ROOT / 'corpus' / 'sample'
server = Server(goodwill)
host = f'Host: 127.0.0.1:{server.port}\r\n'.encode()


def check(name, *facts):
    """Each fact is (what is expected, whether it holds, what there was)."""
    tap.case(name, [f'expected {what}; there was {was!r}' for what, holds, was in facts if not holds])


def words_of(body):
    return re.sub('<[^>]+>', '', body.decode())


# ---- framing: what can be read in two ways is refused and the connection closed, so that nothing behind it is read ----

second = b'GET /second HTTP/1.1\r\n' + host + b'\r\n'
FAULTS = {
    'two lengths that differ': b'POST /upload HTTP/1.1\r\n' + host + b'Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde',
    'two lengths that agree': b'POST /upload HTTP/1.1\r\n' + host + b'Content-Length: 4\r\nContent-Length: 4\r\n\r\nabcd',
    'a length with chunks': b'POST /upload HTTP/1.1\r\n' + host + b'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'chunks with a length': b'POST /upload HTTP/1.1\r\n' + host + b'Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n',
    'an unknown coding': b'POST /upload HTTP/1.1\r\n' + host + b'Transfer-Encoding: gzip\r\n\r\n',
    'chunked twice': b'POST /upload HTTP/1.1\r\n' + host + b'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'a coding before chunked': b'POST /upload HTTP/1.1\r\n' + host + b'Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n',
    'a chunked that is none': b'POST /upload HTTP/1.1\r\n' + host + b'Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n',
    'a blank before the colon': b'POST /upload HTTP/1.1\r\n' + host + b'Content-Length : 4\r\n\r\nabcd',
    'a blank in a name': b'GET / HTTP/1.1\r\n' + host + b'X Y: 1\r\n\r\n',
    'a name of other characters': b'GET / HTTP/1.1\r\n' + host + b'X(Y): 1\r\n\r\n',
    'no Host': b'GET / HTTP/1.1\r\n\r\n',
    'two Hosts': b'GET / HTTP/1.1\r\n' + host + host + b'\r\n',
    'two Hosts in other case': b'GET / HTTP/1.1\r\n' + host + b'hOST: evil.example\r\n\r\n',
    'no Host in an old request': b'GET / HTTP/1.0\r\n\r\n',
    'a length that is no number': b'POST /upload HTTP/1.1\r\n' + host + b'Content-Length: 4x\r\n\r\nabcd',
    'a length below zero': b'POST /upload HTTP/1.1\r\n' + host + b'Content-Length: -1\r\n\r\n',
    'a length with a plus': b'POST /upload HTTP/1.1\r\n' + host + b'Content-Length: +4\r\n\r\nabcd',
    'a length past 64 bits': b'POST /upload HTTP/1.1\r\n' + host + b'Content-Length: 99999999999999999999999\r\n\r\n',
    'a body where none belongs': b'GET / HTTP/1.1\r\n' + host + b'Content-Length: 4\r\n\r\nabcd',
    'chunks where none belong': b'GET / HTTP/1.1\r\n' + host + b'Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
}
for name, request in FAULTS.items():
    answer, closed = server.raw(request + second)
    # The library's own answers (to a bad length, to no Host) carry their head twice, as one answer that ends the connection.
    seen = set(statuses(answer))
    check(f'framing: {name}', ('400, and no answer to what is behind it', seen and seen <= {400, 413}, statuses(answer)),
          ('a closed connection', closed, answer[-80:]))

answer, closed = server.raw(b'GET / HTTP/1.1\r\n' + host + b'\r\n' + second)
check('two good requests on one connection', ('200 and 404', statuses(answer) == [200, 404], statuses(answer)),
      ('an open connection', not closed, closed))
answer, closed = server.raw(b'GET / HTTP/1.1\r\n' + host + b'X-Long: ' + b'a' * 100000 + b'\r\n\r\n')
check('a head that is too long', ('an error, and no page', statuses(answer)[:1] in ([431], [413], [400], []), statuses(answer)), ('a closed connection', closed, closed))
answer, closed = server.raw(b'\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03' + bytes(200) + b'\r\n\r\n' + second, timeout=3)
check('bytes that are no HTTP', ('no page', not set(statuses(answer)) & {200, 404}, statuses(answer)))

# ---- names and other sites ----

for name, expect in {'localhost': 200, '127.0.0.1': 200, f'localhost:{server.port}': 200, '[::1]:80': 200, 'LOCALHOST': 200,
                     'evil.example': 403, 'localhost.evil.example': 403, '127.0.0.1.evil.example': 403, '127.0.0.1:80:90': 403,
                     'evil.example:127.0.0.1': 403, '0.0.0.0': 403, '[::1': 403, 'localhost:x': 403}.items():
    status, _, _ = server.ask('/', headers={'Host': name})
    check(f'the name {name}', (expect, status == expect, status))

talk = b'# channel: chat\n# customer: Dana Ruiz\ncustomer: I have been waiting nine days.\nagent Lena: I am sorry that we lost it.\n'
own = f'http://127.0.0.1:{server.port}'
for name, headers, expect in [
        ('another site by Origin', {'Origin': 'http://evil.example'}, 403),
        ('another site by Sec-Fetch-Site', {'Sec-Fetch-Site': 'cross-site'}, 403),
        ('another port of this computer', {'Sec-Fetch-Site': 'same-site'}, 403),
        ('another port by Origin', {'Origin': 'http://127.0.0.1:1'}, 403),
        ('a page without an origin', {'Origin': 'null'}, 403),
        ('our own page', {'Origin': own, 'Sec-Fetch-Site': 'same-origin'}, 200),
        ('our own page in an older browser', {'Origin': own}, 200)]:
    status, _, body = server.ask('/upload?name=a.talk', 'POST', headers, talk)
    check(f'sent by {name}', (expect, status == expect, (status, body[:200])))

# ---- errors in words, headers ----

for path, method, expect, words in [('/nope', 'GET', 404, 'no such page'), ('/conversation/999', 'GET', 404, 'no such conversation'),
                                    ('/conversation/x', 'GET', 404, 'no such conversation'), ('/conversation/1%00', 'GET', 404, 'no such'),
                                    ('/assets/../goodwill.css', 'GET', 404, 'no such file'), ('/assets/', 'GET', 404, 'no such file'),
                                    ('/upload', 'GET', 405, 'cannot do that'), ('/', 'POST', 405, 'cannot do that'),
                                    ('/conversation/1', 'DELETE', 405, 'cannot do that'), ('/', 'OPTIONS', 405, 'cannot do that')]:
    status, headers, body = server.ask(path, method)
    if path.endswith('%00') and status == 200:
        status = 404                                 # the library ends a path at a NUL: the page of /conversation/1 is harmless
        body = b'no such'
    check(f'{method} {path}', (expect, status == expect, status), (words, words in body.decode(), body[-400:]),
          ('an Allow header', expect != 405 or 'allow' in headers, headers))

status, headers, body = server.ask('/')
policy = headers.get('content-security-policy', '')
check('security headers', ('a policy', "default-src 'self'" in policy and "frame-ancestors 'none'" in policy and 'unsafe' not in policy, policy),
      ('nosniff', headers.get('x-content-type-options') == 'nosniff', headers), ('no referrer', headers.get('referrer-policy') == 'no-referrer', headers),
      ('no frames', headers.get('x-frame-options') == 'DENY', headers), ('not kept', headers.get('cache-control') == 'no-store', headers))
inline = re.findall(r'<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=', body.decode())
check('the page obeys its own policy', ('nothing inline', not inline, inline))
status, headers, body = server.ask('/', 'HEAD')
check('HEAD', ('200 without a body', status == 200 and not body, (status, body[:50])), ('a length', int(headers.get('content-length', 0)) > 1000, headers))

# ---- the browser's files ----

_, _, body = server.ask('/')
for path in sorted(set(re.findall(r'(?:href|src)="(/assets/[^"]+)"', body.decode()))):
    status, headers, plain = server.ask(html.unescape(path))
    _, packed_headers, packed = server.ask(html.unescape(path), headers={'Accept-Encoding': 'br, gzip'})
    tag = packed_headers.get('etag')
    again, _, nothing = server.ask(html.unescape(path), headers={'Accept-Encoding': 'gzip', 'If-None-Match': tag})
    check(f'asset {path.split("?")[0]}', (200, status == 200, status),
          ('the same when packed', packed_headers.get('content-encoding') == 'gzip' and zlib.decompress(packed, 31) == plain, packed_headers),
          ('kept for good', 'immutable' in headers.get('cache-control', ''), headers),
          ('not sent twice', again == 304 and not nothing, again),
          ('two tags', tag and tag != headers.get('etag'), (tag, headers.get('etag'))))

check('a path with a NUL', ('404', server.ask('/%00')[0] == 404, server.ask('/%00')[0]), ('others are unescaped', server.ask('/%61ssets/none')[0] == 404 and server.ask('/c%6Fnversation/1')[0] == 200, None))

# ---- uploads ----

status, _, body = server.upload('b.talk', talk.replace(b'nine', b'ten'))
check('an upload', (200, status == 200, status), ('a count', '1 conversation: 1 new' in words_of(body), body))
status, _, body = server.upload('b.talk', talk.replace(b'nine', b'ten'))
check('the same again', ('1 unchanged', '1 conversation: 1 unchanged' in words_of(body), body))
mixed = b'{"id":"m-1","turns":[{"role":"customer","text":"Hello <b>&amp;</b>"},{"role":"agent","text":"Hi."}]}\nno json\n{"id":"m-2"}\n'
status, _, body = server.upload('%3Cmixed%3E.jsonl', mixed)
text = body.decode()
check('an upload with bad records', (200, status == 200, status), ('1 new', '1 new' in text, text), ('2 not read', '2 could not be read' in text, text),
      ('line and reason', 'line 2:' in text and 'line 3:' in text, text), ('an escaped name', '&lt;mixed&gt;.jsonl' in text and '<mixed' not in text, text),
      ('no path of ours', 'goodwill-upload' not in text, text))
status, _, body = server.upload('x.bin', bytes(range(256)) * 20)
check('an upload in no known form', ('it is said', 'could not be read' in body.decode() or 'could not be added' in body.decode(), (status, body)),
      ('no path of ours', b'goodwill-upload' not in body, body))
status, _, body = server.upload('', b'')
check('an upload of nothing', ('an answer in words', status in (200, 422) and b'upload' in body, (status, body)))
status, _, body = server.upload('../../../etc/cron.d/evil', talk.replace(b'nine', b'eleven'))
check('a name with folders', (200, status == 200, (status, body)), ('the name alone', b'evil' in body and b'cron' not in body, body))
chunked = b'POST /upload?name=c.talk HTTP/1.1\r\n' + host + b'Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n'
for part in (talk[:50], talk[50:].replace(b'nine', b'twelve')):
    chunked += f'{len(part):x}\r\n'.encode() + part + b'\r\n'
answer, _ = server.raw(chunked + b'0\r\n\r\n', timeout=20)
check('an upload in chunks', ('1 new', b'1 new' in answer, answer[-300:]))
answer, _ = server.raw(b'POST /upload?name=d.talk HTTP/1.1\r\n' + host + b'Content-Length: 3000000000\r\n\r\n')
check('an upload over the limit', ('413 at once, in words', statuses(answer) == [413] and b'too long' in answer, answer[:100]))
before = server.ask('/')[2]
server.break_off(b'POST /upload?name=e.talk HTTP/1.1\r\n' + host + b'Content-Length: 1000\r\n\r\n' + talk.replace(b'nine', b'no'))
check('an upload that breaks off', ('nothing stored', server.ask('/')[2] == before, ''))
results = []
threads = [threading.Thread(target=lambda n=n: results.append(server.upload(f't{n}.talk', talk.replace(b'nine', b'%d00' % n))))
           for n in range(1, 7)]
for t in threads:
    t.start()
for t in threads:
    t.join()
check('six uploads at once', ('all stored', [r[0] for r in results] == [200] * 6 and all(b'1 new' in r[2] for r in results), results))
files = [p for p in sorted(sample.glob('*.talk'))]
told = [server.upload(p.name, p.read_bytes()) for p in files]
check('the sample company', ('each new', all(t[0] == 200 and b'1 new' in t[2] for t in told), [t[2] for t in told if b'1 new' not in t[2]][:2]))
until = time.monotonic() + 10                     # the last answer is sent before its request ends
while (left := os.listdir(server.spool)) and time.monotonic() < until:
    time.sleep(0.05)
check('spool files are gone', ('an empty folder', not left, left))

# ---- pages ----


def rows(body):
    return re.findall(r'href="/conversation/(\d+)"', body.decode())


status, _, body = server.ask('/')
all_rows = rows(body)
check('the list', (200, status == 200, status), ('rows', len(all_rows) > 40, len(all_rows)), ('escaped', b'<b>&amp;</b>' not in body, ''))
db = sqlite3.connect(f'file:{server.db}?mode=ro', uri=True)
person = db.execute("SELECT id, name FROM person WHERE name NOT LIKE 'Lena%' LIMIT 1").fetchone()
for asked, sql in [('channel=phone', "SELECT id FROM conversation WHERE channel = 'phone'"),
                   (f'person={person[0]}', f'SELECT conversation_id FROM participant WHERE person_id = {person[0]}'),
                   (f'person={person[0]}&channel=chat', f"SELECT id FROM conversation JOIN participant ON conversation_id = id WHERE person_id = {person[0]} AND channel = 'chat'"),
                   ('outcome=unsure', 'SELECT c.id FROM conversation AS c LEFT JOIN reading AS r ON r.id = reading_id WHERE outcome IS NULL'),
                   ('outcome=resolved', "SELECT c.id FROM conversation AS c JOIN reading AS r ON r.id = reading_id WHERE outcome = 'resolved'"),
                   ('channel=&person=&behaviour=&outcome=', 'SELECT id FROM conversation'),
                   ('channel=nonsense&person=x', 'SELECT id FROM conversation')]:
    expect = {str(r[0]) for r in db.execute(sql)}
    _, _, body = server.ask('/?' + asked)
    got = rows(body)
    want = min(len(expect), 50)
    check(f'the list with {asked}', (f'{want} of {len(expect)} rows', len(got) == want and set(got) <= expect, (len(got), sorted(set(got) - expect)[:5])))
page, seen = '/', []
for _ in range(10):
    _, _, body = server.ask(page)
    seen += rows(body)
    older = re.search(r'<a href="([^"]+)" rel="next">', body.decode())
    if not older:
        break
    page = html.unescape(older.group(1))
count = db.execute('SELECT count(*) FROM conversation').fetchone()[0]
check('older pages', (f'{count} conversations, each once', len(seen) == count == len(set(seen)), (len(seen), len(set(seen)))))
for asked in ('after=x', 'after=1', 'after=9223372036854775807.9223372036854775807', 'after=-1.-1', "behaviour=%27%3B--", 'person=99999999999999999999'):
    status, _, body = server.ask('/?' + asked)
    check(f'the list with a strange {asked}', (200, status == 200, status))

number = db.execute("SELECT id FROM conversation WHERE external_id = 'm-1'").fetchone()[0]
_, _, body = server.ask(f'/conversation/{number}')
text = body.decode()
check('a conversation', ('its words, escaped', 'Hello &lt;b&gt;&amp;amp;&lt;/b&gt;' in text, text[-1500:]), ('its file', 'mixed' in text and 'goodwill-upload' not in text, ''),
      ('nothing inline', not re.findall(r'<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=', text), ''))
broken = [p for p in all_rows if server.ask(f'/conversation/{p}')[0] != 200]
check('every conversation of the first page', ('200', not broken, broken))

# ---- beside an import, and the end ----

done = subprocess.run([goodwill, 'import', '--quiet', '--db', server.db, '-'], input=talk.replace(b'nine', b'ninety'), capture_output=True, check=False)
check('an import while it serves', ('it takes its turn', done.returncode == 0 and b'1 new' in done.stdout, done), )
_, _, body = server.ask('/')
check('and the list shows it', ('one more', f'{count + 1} in all' in body.decode(), re.findall(r'\d+ in all', body.decode())))
db.close()
status, err = server.end()
check('SIGTERM', ('exit 0 and silence', status == 0 and not err, (status, err)), ('the log is written back', not os.path.exists(server.db + '-wal'), os.listdir(server.folder)))
server.clean()

server = Server(goodwill)
long = b''.join(b'{"id":"l-%d","turns":[{"role":"customer","text":"Where is it, %d?"},{"role":"agent","text":"I will look."}]}\n' % (i, i) for i in range(60000))
told = []
thread = threading.Thread(target=lambda: told.append(server.upload('long.jsonl', long)))
thread.start()
began = time.monotonic()
while not os.path.exists(server.db + '-wal') and time.monotonic() < began + 10:
    time.sleep(0.02)
time.sleep(0.3)
began = time.monotonic()
status, err = server.end()
seconds = time.monotonic() - began
thread.join()
with contextlib.closing(sqlite3.connect(server.db)) as db:
    whole = db.execute('PRAGMA integrity_check').fetchone()[0]
    count, unread = db.execute('SELECT count(*), count(*) - count(reading_id) FROM conversation').fetchone()
check('SIGTERM while a file is read', ('exit 0 within ten seconds', status == 0 and seconds < 10, (status, seconds, err)),
      ('a whole store', whole == 'ok' and not unread, (whole, unread)),
      ('an answer that says so, unless all was read', count == 60000 or not told[0][0] or b'was ended' in told[0][2], (count, told)))
server.clean()

for address, expect in {'0.0.0.0': 2, '192.168.1.5': 2, '::': 2, 'example.org': 2}.items():
    done = subprocess.run([goodwill, 'serve', '--db', '/nonexistent/x.db', '--bind', address], capture_output=True, text=True, check=False)
    check(f'--bind {address}', (f'exit {expect} and a sentence', done.returncode == expect and 'this computer only' in done.stderr, done))
done = subprocess.run([goodwill, 'serve', '--db', '/nonexistent/x.db', '--port', '0'], capture_output=True, text=True, check=False)
check('a database that cannot be', ('exit 1 and a sentence', done.returncode == 1 and '/nonexistent/x.db' in done.stderr, done))
tap.done()
