#!/usr/bin/env python3
"""The build tools refuse what they promise to refuse, and say where."""
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / 'tools'))
import tap  # noqa: E402


def run(tool, files):
    """(exit status, error text, header, source) of the tool run over these files."""
    with tempfile.TemporaryDirectory() as folder:
        below = pathlib.Path(folder) / 'in'
        below.mkdir()
        for name, text in files.items():
            (below / name).write_text(text)
        out = [pathlib.Path(folder) / name for name in ('out.h', 'out.c')]
        done = subprocess.run([sys.executable, ROOT / 'tools' / tool, '--depfile', f'{folder}/out.d', *out, below],
                              stderr=subprocess.PIPE, text=True)
        return (done.returncode, done.stderr.replace(f'{below}/', ''), *(o.read_text() if o.exists() else '' for o in out))


VIEW = '{{view\n  t text\n  n int\n  u url\n  h html\n  b bool\n  rows list row\n    who text\n}}\n{{t}}{{n}}{{u}}{{h}}{{?b}}{{/b}}{{#rows}}{{who}}{{/rows}}'

# What is wrong with a template, and the error: file, line, reason.
WRONG_TEMPLATE = [
    ('an undeclared hole', VIEW + '\n<p>{{other}}</p>', 'a.html:11: error: other is not in the view'),
    ('a field that is never shown', '{{view\n  t text\n  x text\n}}\n{{t}}', 'a.html:3: error: x is declared but never shown'),
    ('a hole in a script', VIEW + '<script>let x = "{{t}}";</script>', 'a.html:10: error: only our own html may stand inside <script>'),
    ('a hole in a style sheet', VIEW + '<style>p { color: {{t}} }</style>', 'only our own html may stand inside <style>'),
    ('a hole in an event handler', VIEW + '<a onclick="go({{n}})">', 'no hole is safe in onclick'),
    ('a text in a style attribute', VIEW + '<p style="color: {{t}}">', 'only a number is safe in style'),
    ('an unquoted attribute', VIEW + '<p title={{t}}>', 'no hole may stand here (before value)'),
    ('an unquoted fixed attribute', VIEW + '<p title=x>', 'the value of title needs quotes'),
    ('a hole for an attribute', VIEW + '<p {{t}}>', 'no hole may stand here (tag)'),
    ('a hole for a tag', VIEW + '<{{t}}>', 'a tag cannot be named by a hole'),
    ('a hole in a comment', VIEW + '<!-- {{t}} -->', 'no hole may stand here (comment)'),
    ('a text that begins an address', VIEW + '<a href="{{t}}">', 'a text cannot begin href'),
    ('a text after what may be nothing', VIEW + '<a href="{{?b}}/x{{/b}}{{t}}">', 'a text cannot begin href'),
    ('an address in the middle of one', VIEW + '<a href="/x/{{u}}">', 'a url must be the whole of href'),
    ('html in an attribute', VIEW + '<p title="{{h}}">', 'html cannot stand in an attribute'),
    ('a text in an htmx value', VIEW + '<p hx-vals="{{t}}">', 'only a number is safe in hx-vals'),
    ('a bool as text', VIEW + '{{b}}', 'a bool has no text'),
    ('a list as text', VIEW + '{{rows}}', 'rows is a list'),
    ('an item field outside its list', VIEW + '{{who}}', 'who is not in the view'),
    ('a section that is not closed', VIEW + '{{?b}}', '{{?b}} is never closed'),
    ('sections closed crosswise', VIEW + '{{?b}}{{?t}}{{/b}}{{/t}}', '{{/b}} closes {{?t}} of line 10'),
    ('a section that ends inside a tag', VIEW + '{{?b}}<p {{/b}}>', 'begins and ends at different places'),
    ('a template that ends inside a tag', VIEW + '<p title="', 'the template ends inside a tag'),
    ('an unknown template', VIEW + '{{>nobody}}', 'there is no nobody.html'),
    ('an unknown type', '{{view\n  t string\n}}\n{{t}}', 'a.html:2: error: a field is declared as'),
    ('a list without items', '{{view\n  t list thing\n}}\n{{#t}}{{/t}}', 'a.html:2: error: there is no thing.html'),
    ('a view that holds itself', '{{view\n  me view a\n}}\n{{>a}}', 'AView holds itself'),
]
for name, template, expect in WRONG_TEMPLATE:
    status, error, *_ = run('templates.py', {'a.html': template})
    tap.case(f'a template is refused: {name}', [] if status and expect in error else [f'expected: {expect}', f'status {status}: {error}'])
status, error, *_ = run('templates.py', {'a.html': VIEW})
tap.case('the same template without the fault is taken', [error] if status else [])

WRONG_SQL = [
    ('a query without a name', {'m.sql': 'SELECT 1;\n'}, 'm.sql:1: error: a query needs a "-- name:" line'),
    ('a name twice', {'m.sql': '-- name: a\nSELECT 1;\n-- name: a\nSELECT 2;\n'}, 'm.sql:3: error: SQL_m_a was already named'),
    ('an empty block', {'m.sql': '-- name: a\n-- what: nothing\n'}, 'm.sql:1: error: the block a is empty'),
    ('a name that is none', {'m.sql': '-- name: A-b\nSELECT 1;\n'}, '"A-b" is not a name'),
    ('a missing step', {'0001_a.sql': 'SELECT 1;', '0003_b.sql': 'SELECT 1;'}, '0003_b.sql:1: error: schema steps must be numbered'),
]
for name, files, expect in WRONG_SQL:
    status, error, *_ = run('sql.py', files)
    tap.case(f'SQL is refused: {name}', [] if status and expect in error else [f'expected: {expect}', f'status {status}: {error}'])
status, error, header, source = run('sql.py', {'0001_a.sql': 'CREATE TABLE t (x);', 'm.sql': '-- about m\n\n-- name: all\n-- what: every t\nSELECT "x"\nFROM t;\n\n-- between\n-- name: one\nSELECT 1;\n'})
tap.case('SQL blocks become constants', [error] if status else [
    f'missing: {want}' for want, text in [('extern const char SQL_m_all[];', header), ('extern const char SQL_m_one[];', header),
                                          ('const char SQL_m_all[] =\n    "SELECT \\"x\\"\\n"\n    "FROM t;\\n";', source),
                                          ('{ 1, "a",\n      "CREATE TABLE t (x);" },', source)] if want not in text])
tap.done()
