#!/usr/bin/env python3
"""Compiles .html templates to C.  How to write one: src/web/template.h.

  templates.py --depfile D OUT.h OUT.c FOLDER        every .html file below FOLDER

Promise: what a hole prints is escaped for the place where it stands (text, attribute, part of a URL); a hole where no
escape is safe (script, style, event handler, unquoted attribute, start of a URL) stops the build, and so does a field
that the view has not declared, or that the template never shows.
"""
import argparse
import os
import re

import generate

TYPES = {'text': 'Str', 'int': 'int64_t', 'hundredths': 'int', 'bool': 'bool', 'html': 'Html', 'url': 'Url'}
URL_ATTRIBUTES = {'href', 'src', 'action', 'formaction', 'poster', 'cite', 'data', 'ping', 'hx-get', 'hx-post', 'hx-put',
                  'hx-patch', 'hx-delete', 'hx-action', 'hx-push-url', 'hx-replace-url'}
SAFE_HX = {'hx-confirm', 'hx-target', 'hx-indicator', 'hx-select'}
SAFE_AFTER_TEXT = SAFE_HX | {'http-equiv', 'content'}


class Wrong(Exception):
    """line, reason"""


def camel(name):
    return ''.join(part.capitalize() for part in name.split('_'))


class Field:
    def __init__(self, name, kind, of, line):
        self.name, self.kind, self.of, self.line = name, kind, of, line     # of: View for list and view
        self.shown = False


class View:
    """A struct of the generated header: a template's own, or the items of a list declared in one."""
    def __init__(self, c_name, template=None):
        self.c_name, self.template, self.field = c_name, template, {}


class Place:
    """Where in the HTML we are, as far as escaping needs to know."""
    def __init__(self):
        self.state, self.tag, self.attribute, self.quote, self.begun, self.word, self.raw = 'text', '', '', '', False, '', ''

    def key(self):
        return self.state, self.tag, self.attribute, self.quote, self.raw

    def feed(self, text, line):
        for i, c in enumerate(text):
            if c == '\n':
                line += 1
            getattr(self, '_' + self.state)(c, text, i, line)
        if self.state == 'text' and text.endswith('<'):
            raise Wrong(line, 'a tag cannot be named by a hole')

    def _text(self, c, text, i, line):
        if c != '<':
            return
        rest = text[i + 1:i + 4]
        if rest.startswith('!--'):
            self.state = 'comment'
        elif rest[:1].isalpha() or rest[:1] == '/':
            self.state, self.tag = 'tag_name', ''

    def _comment(self, c, text, i, line):
        if c == '>' and text[max(0, i - 2):i] == '--':
            self.state = 'text'

    def _tag_name(self, c, text, i, line):
        if c.isspace():
            self.state, self.word = 'tag', ''
        elif c == '>':
            self._close()
        else:
            self.tag += c.lower()

    def _tag(self, c, text, i, line):
        if c == '>':
            self._close()
        elif c == '=':
            self.state, self.attribute, self.quote, self.begun = 'before_value', self.word.lower(), '', False
        elif c.isspace() or c == '/':
            if not re.match(r'\s*=', text[i:]):
                self.word = ''
        else:
            self.word += c

    def _before_value(self, c, text, i, line):
        if c in '"\'':
            self.state, self.quote = 'value', c
        elif not c.isspace():
            raise Wrong(line, f'the value of {self.attribute} needs quotes')

    def _value(self, c, text, i, line):
        if c == self.quote:
            self.state, self.attribute, self.quote, self.word = 'tag', '', '', ''
        else:
            self.begun = True

    def _raw(self, c, text, i, line):
        if c == '<' and text[i + 1:i + 2 + len(self.raw)].lower() == '/' + self.raw:
            self.state, self.raw, self.tag = 'tag_name', '', ''

    def _close(self):
        self.raw = self.tag if self.tag in ('script', 'style') else ''
        self.state, self.tag = ('raw' if self.raw else 'text'), ''


def printed(place, kind, line):
    """The C that prints a value of this kind here: '%s' stands for the value."""
    if kind == 'bool':
        raise Wrong(line, 'a bool has no text: use {{?x}}…{{/x}}')
    plain = {'int': 'buf_i64(out, %s);', 'hundredths': 'buf_hundredths(out, %s);'}
    if place.state == 'text':
        return {'text': 'buf_html(out, %s);', 'url': 'buf_html(out, %s.text);', 'html': 'buf_add(out, %s.bytes);', **plain}[kind]
    if place.state == 'raw':
        if kind == 'html':
            return 'buf_add(out, %s.bytes);'
        raise Wrong(line, f'only our own html may stand inside <{place.raw}>')
    if place.state != 'value':
        raise Wrong(line, f'no hole may stand here ({place.state.replace("_", " ")}): put it in text or in a quoted attribute')
    name = place.attribute
    if kind == 'html':
        raise Wrong(line, 'html cannot stand in an attribute')
    if name.startswith('on') or name.startswith('hx-on') or name in ('srcdoc', 'srcset'):
        raise Wrong(line, f'no hole is safe in {name}')
    if kind in plain:
        return plain[kind]
    if name in URL_ATTRIBUTES:
        if kind == 'url':
            if place.begun:
                raise Wrong(line, f'a url must be the whole of {name}; make it a text to have it encoded as a part')
            return 'buf_html(out, %s.text);'
        if not place.begun:
            raise Wrong(line, f'a text cannot begin {name} (it might name a script): declare it as url, or put the path before it')
        return 'template_url_part(out, %s);'
    if name == 'style' or (name.startswith('hx-') and name not in SAFE_HX):
        raise Wrong(line, f'only a number is safe in {name}')
    if name in SAFE_AFTER_TEXT and not place.begun:
        raise Wrong(line, f'a text cannot begin {name}: put fixed words before it')
    return 'buf_html(out, %s.text);' if kind == 'url' else 'buf_html(out, %s);'


class Template:
    def __init__(self, path):
        self.path = path
        self.name = os.path.basename(path)[:-len('.html')]
        self.view = View(camel(self.name) + 'View', self.name)
        self.own = [self.view]               # structs declared here
        self.wanted = []                     # (Field, template name, line): resolved when all are read
        with open(path, encoding='utf-8') as f:
            self.source = f.read()
        self.tokens = list(self.split())

    def split(self):
        """('literal' | sign, text, line), lines that hold nothing but a tag taken away."""
        at, line = 0, 1
        for tag in re.finditer(r'\{\{(.*?)\}\}', self.source, re.S):
            begin, end, inner = tag.start(), tag.end(), tag.group(1)
            is_view = re.match(r'view\s', inner + ' ') is not None and '\n' in inner
            sign = 'view' if is_view else inner[:1] if inner[:1] in '#?^/>!' and inner else ''
            literal_end = begin
            if sign:
                line_begin = self.source.rfind('\n', 0, begin) + 1
                rest = re.match(r'[ \t]*(\n|\Z)', self.source[end:])
                if rest and line_begin >= at and not self.source[line_begin:begin].strip(' \t'):
                    literal_end, end = line_begin, end + rest.end()
            if literal_end > at:
                yield 'literal', self.source[at:literal_end], line
            tag_line = 1 + self.source.count('\n', 0, begin)
            if sign != '!':
                yield sign, inner[len('view') if is_view else len(sign):].rstrip() if is_view else inner[len(sign):].strip(), tag_line
            at, line = end, 1 + self.source.count('\n', 0, end)
        if at < len(self.source):
            yield 'literal', self.source[at:], line

    def declare(self, text, line):
        stack = [(-1, self.view)]
        for number, row in enumerate(text.split('\n'), line):
            row = row.split('#', 1)[0].rstrip()
            if not row.strip():
                continue
            indent, words = len(row) - len(row.lstrip()), row.split()
            while len(stack) > 1 and indent <= stack[-1][0]:
                stack.pop()
            depth, view = stack[-1]
            if isinstance(view, Field):      # the first row below `list row`: the items are declared here
                field = view
                self.wanted = [w for w in self.wanted if w[0] is not field]
                view = field.of = View(camel(self.name) + camel(field.row))
                if any(o.c_name == view.c_name for o in self.own):
                    raise Wrong(field.line, f'there are two lists of {field.row}')
                self.own.append(view)
                stack[-1] = (depth, view)
            name = words[0]
            if not re.fullmatch(r'[a-z][a-z0-9_]*', name) or name in view.field:
                raise Wrong(number, f'"{name}" cannot name a field here' + (' twice' if name in view.field else ''))
            if len(words) == 2 and words[1] in TYPES:
                view.field[name] = Field(name, words[1], None, number)
            elif len(words) == 3 and words[1] in ('list', 'view'):
                field = view.field[name] = Field(name, words[1], None, number)
                field.row = words[2]
                self.wanted.append((field, words[2], number))
                if words[1] == 'list':
                    stack.append((indent, field))
            else:
                raise Wrong(number, f'a field is declared as: NAME {" | ".join(TYPES)} | list ROW | view TEMPLATE')

    def compile(self):
        self.body, self.depth, self.place = [], 1, Place()
        self.scopes = [(self.view, 'view')]
        self.open = []                       # (name, sign, line, place key at its begin, begun, pushed scope)
        for sign, text, line in self.tokens:
            {'literal': self.literal, 'view': lambda t, n: None, '#': self.begin, '?': self.begin_if, '^': self.begin_unless,
             '/': self.end, '>': self.include, '': self.hole}[sign](text, line)
        if self.open:
            raise Wrong(self.open[-1][2], f'{{{{{self.open[-1][1]}{self.open[-1][0]}}}}} is never closed')
        if self.place.state != 'text':
            raise Wrong(self.source.count('\n'), 'the template ends inside a tag, comment, script or style')
        for view in self.own:
            for field in view.field.values():
                if not field.shown:
                    raise Wrong(field.line, f'{field.name} is declared but never shown')

    def emit(self, c):
        self.body.append('    ' * self.depth + c)

    def find(self, name, line):
        for view, c in reversed(self.scopes):
            if name in view.field:
                view.field[name].shown = True
                return view.field[name], f'{c}->{name}'
        raise Wrong(line, f'{name} is not in the view: declare it under {{{{view')

    def literal(self, text, line):
        self.place.feed(text, line)
        self.emit('buf_lit(out,\n' + generate.c_string(text, '    ' * (self.depth + 1)) + ');')

    def hole(self, name, line):
        field, c = self.find(name, line)
        if field.kind in ('list', 'view'):
            raise Wrong(line, f'{name} is a {field.kind}: use {{{{#{name}}}}}…{{{{/{name}}}}}')
        self.emit(printed(self.place, field.kind, line) % c)
        if self.place.state == 'value':
            self.place.begun = True

    def push(self, name, sign, line, scoped):
        self.open.append((name, sign, line, self.place.key(), self.place.begun, scoped))
        self.depth += 1

    def begin(self, name, line):
        field, c = self.find(name, line)
        if field.kind == 'list':
            n = len(self.scopes)
            self.emit(f'for (size_t i{n} = 0; i{n} < {c}.count; i{n}++) {{')
            self.push(name, '#', line, True)
            self.emit(f'const {field.of.c_name} *v{n} = &{c}.item[i{n}];')
            self.emit(f'(void)v{n};')
            self.scopes.append((field.of, f'v{n}'))
        elif field.kind == 'view':
            n = len(self.scopes)
            self.emit('{')
            self.push(name, '#', line, True)
            self.emit(f'const {field.of.c_name} *v{n} = &{c};')
            self.emit(f'(void)v{n};')
            self.scopes.append((field.of, f'v{n}'))
        else:
            self.begin_if(name, line)

    def truth(self, name, line):
        field, c = self.find(name, line)
        if field.kind == 'view':
            raise Wrong(line, f'{name} is a view and always there')
        return c + {'list': '.count > 0', 'text': '.len > 0', 'html': '.bytes.len > 0', 'url': '.text.len > 0', 'int': ' != 0',
                    'hundredths': ' != 0', 'bool': ''}[field.kind]

    def begin_if(self, name, line):
        self.emit(f'if ({self.truth(name, line)}) {{')
        self.push(name, '?', line, False)

    def begin_unless(self, name, line):
        self.emit(f'if (!({self.truth(name, line)})) {{')
        self.push(name, '^', line, False)

    def end(self, name, line):
        if not self.open:
            raise Wrong(line, f'{{{{/{name}}}}} closes nothing')
        opened, sign, at, place, begun, scoped = self.open.pop()
        if opened != name:
            raise Wrong(line, f'{{{{/{name}}}}} closes {{{{{sign}{opened}}}}} of line {at}')
        if self.place.key() != place:
            raise Wrong(line, f'{{{{{sign}{opened}}}}} of line {at} begins and ends at different places of the HTML')
        self.place.begun = self.place.begun and begun      # it may have printed nothing
        self.depth -= 1
        if scoped:
            self.scopes.pop()
        self.emit('}')

    def include(self, name, line):
        other = self.templates.get(name)
        if not other:
            raise Wrong(line, f'there is no {name}.html')
        if self.place.state != 'text':
            raise Wrong(line, 'a template can only be included in text')
        view, c = self.scopes[-1]
        if view is not other.view:
            fields = [(f, c + '->' + f.name) for v, c in reversed(self.scopes) for f in v.field.values()
                      if f.kind == 'view' and f.of is other.view]
            if len(fields) > 1:
                raise Wrong(line, f'two fields are views of {name}: use {{{{#field}}}}{{{{>{name}}}}}{{{{/field}}}}')
            if fields:
                fields[0][0].shown = True
                c = '&' + fields[0][1]
            elif not other.view.field:
                c = f'&({other.view.c_name}){{ 0 }}'
            else:
                raise Wrong(line, f'{name} needs its view: declare a field "view {name}" or stand inside a "list {name}"')
        self.emit(f'{name}_html(out, {c});')


def struct(view):
    rows = []
    for field in view.field.values():
        if field.kind == 'list':
            rows.append(f'    struct {{ const {field.of.c_name} *item; size_t count; }} {field.name};')
        else:
            rows.append(f'    {field.of.c_name if field.kind == "view" else TYPES[field.kind]} {field.name};')
    return f'struct {view.c_name} {{\n' + '\n'.join(rows or ['    char nothing;']) + '\n};\n'


def put_in_order(view, done, doing=()):
    """Adds the view to done, those that stand inside it first."""
    if view in done:
        return
    if view in doing:
        raise Wrong(1, f'{view.c_name} holds itself')
    for field in view.field.values():
        if field.kind == 'view':
            put_in_order(field.of, done, (*doing, view))
    done.append(view)


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument('--depfile', required=True)
    a.add_argument('header')
    a.add_argument('source')
    a.add_argument('folder')
    a = a.parse_args()
    files, folders = generate.walk(a.folder, ('.html',))
    templates = {}
    for path in files:
        template = Template(path)
        if not re.fullmatch(r'[a-z][a-z0-9_]*', template.name):
            generate.fail(path, 1, 'a template is named with small letters, digits and _')
        if template.name in templates:
            generate.fail(path, 1, f'there is another {template.name}.html')
        templates[template.name] = template
    try:
        for template in templates.values():
            template.templates = templates
            views = [t for t in template.tokens if t[0] == 'view']
            if len(views) > 1:
                raise Wrong(views[1][2], 'a template has one {{view')
            for _, text, line in views:
                template.declare(text, line)
        for template in templates.values():
            for field, name, line in template.wanted:
                if name not in templates:
                    raise Wrong(line, f'there is no {name}.html, and no fields are declared below the list')
                field.of = templates[name].view
        names = {}
        for template in templates.values():
            for view in template.own:
                if names.setdefault(view.c_name, template) is not template:
                    raise Wrong(1, f'{view.c_name} is also made from {names[view.c_name].path}')
        views = []
        for template in templates.values():
            for view in template.own:
                put_in_order(view, views)
        for template in templates.values():
            template.compile()
    except Wrong as wrong:
        generate.fail(template.path, *wrong.args)

    guard = 'GOODWILL_' + re.sub(r'\W', '_', os.path.basename(a.header)).upper()
    header = ['/* Written by tools/templates.py from the .html files. */', f'#ifndef {guard}', f'#define {guard}', '',
              '#include "web/template.h"', '']
    header += [f'typedef struct {v.c_name} {v.c_name};' for v in views] + ['']
    header += [struct(v) for v in views]
    header += [f'void {t.name}_html(Buf *out, const {t.view.c_name} *view);    /* {os.path.basename(t.path)} */'
               for t in templates.values()]
    header += ['', '#endif', '']
    source = ['/* Written by tools/templates.py from the .html files. */', f'#include "{os.path.basename(a.header)}"', '']
    for t in templates.values():
        source += [f'void {t.name}_html(Buf *out, const {t.view.c_name} *view)', '{', '    (void)out, (void)view;', *t.body, '}', '']
    generate.write(a.header, '\n'.join(header))
    generate.write(a.source, '\n'.join(source))
    generate.write_depfile(a.depfile, a.source, files + folders + [generate.__file__])


if __name__ == '__main__':
    main()
