#!/usr/bin/env python3
"""Pages as a browser shows them: nothing wider than the screen, words with contrast, files added, marks that explain
themselves by keyboard and without scripts, and nothing that the pages' own policy forbids.

  browser.py GOODWILL
"""
import os
import pathlib
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(ROOT / 'tools'), str(HERE)]
import chromium  # noqa: E402
import tap  # noqa: E402
from server import Server  # noqa: E402

if not chromium.found():
    tap.skip('pages in a browser', 'chromium is not installed')
    tap.done()

goodwill = os.path.abspath(sys.argv[1])
sample = sorted((ROOT / 'corpus' / 'sample').glob('*.talk'))
server = Server(goodwill)
site = f'http://127.0.0.1:{server.port}'
report = os.path.join(server.folder, 'report.html')
browser = chromium.Browser()

# The least contrast between words and what is behind them, over all elements that hold words of their own (WCAG 2.2, 1.4.3).
CONTRAST = '''(() => {
  const parse = c => { const n = c.match(/[\\d.]+/g).map(Number); const k = c.startsWith('color(') ? 255 : 1;
                       return [n[0] * k, n[1] * k, n[2] * k, n.length > 3 ? n[3] : 1]; };
  const over = (a, b) => [0, 1, 2].map(i => a[i] * a[3] + b[i] * (1 - a[3])).concat(1);
  const light = c => { const [r, g, b] = c.map(v => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; });
                       return .2126 * r + .7152 * g + .0722 * b; };
  let worst = [99, ''];
  for (const e of document.querySelectorAll('body *')) {
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
    if (e.closest('svg, noscript, option') || !e.checkVisibility({checkOpacity: true})) continue;
    const behind = []; for (let p = e; p; p = p.parentElement) behind.unshift(parse(getComputedStyle(p).backgroundColor));
    const base = behind.reduce((b, c) => over(c, b), [255, 255, 255, 1]), words = over(parse(getComputedStyle(e).color), base);
    const [a, b] = [light(words), light(base)].sort((x, y) => y - x), ratio = (a + .05) / (b + .05);
    if (ratio < worst[0]) worst = [ratio, e.tagName + '.' + e.className + ': ' + e.textContent.trim().slice(0, 40)];
  }
  return worst; })()'''
WIDER = '''[...document.querySelectorAll('body *')].filter(e => e.checkVisibility() && !e.closest('svg, .rejects, .index')
  && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.tagName + '.' + e.className).slice(0, 5)'''


def look(name):
    """At every width and in both lights."""
    problems = []
    for width in (390, 820, 1440):
        browser.size(width)
        browser.media()
        wider = browser.run(WIDER)
        if wider or browser.run('document.documentElement.scrollWidth > innerWidth'):
            problems.append(f'at {width} something is wider than the screen: {wider}')
    for scheme in ('light', 'dark'):
        browser.media(scheme)
        time.sleep(0.4)                                 # colours change over .2 s
        ratio, where = browser.run(CONTRAST)
        if ratio < 4.5:
            problems.append(f'in {scheme}, the contrast of {where} is {ratio:.2f}, not 4.5')
    browser.media()
    problems += [f'the browser complains: {c}' for c in browser.complaints()]
    tap.case(f'{name}: at 390, 820 and 1440, light and dark', problems)


try:
    browser.size(1440)
    browser.open(site + '/')
    look('nothing stored yet')
    tap.case('it says what to do', [] if browser.run("document.body.innerText.includes('Nothing has been heard yet')") else ['it does not'])

    bad = os.path.join(server.folder, 'some bad.jsonl')
    with open(bad, 'w', encoding='utf-8') as f:
        f.write('{"id":"b-1","channel":"chat","turns":[{"role":"customer","text":"Hello"},{"role":"agent","text":"Hi."}]}\noops <img src=x onerror=alert(1)>\n')
    browser.choose_files('#drop-files', [*sample[:12], bad])
    done = browser.until("document.querySelectorAll('.upload-result').length === 13", 60)
    tap.case('files chosen are sent one after the other', [] if done else [browser.run("document.getElementById('drop-results').innerText")])
    shown = browser.run("document.getElementById('drop-results').innerText")
    tap.case('what could not be read is told with its line', [] if 'some bad.jsonl line 2' in shown and '1 could not be read' in shown else [shown])
    rows = browser.until("document.querySelectorAll('.list tbody tr').length === 13", 20)
    tap.case('the list shows them without being asked', [] if rows else [str(browser.run("document.querySelectorAll('.list tbody tr').length"))])
    look('the list, with uploads')

    browser.run("(() => { const s = document.querySelector('select[name=channel]'); s.value = 'chat'; s.dispatchEvent(new Event('change', {bubbles: true})); })()")
    moved = browser.until("location.search === '?channel=chat' && document.readyState === 'complete'")
    kinds = browser.run("[...new Set([...document.querySelectorAll('.row-where')].map(e => e.textContent))]")
    tap.case('a filter applies when it is changed', [] if moved and kinds == ['Chat'] else [str((moved, kinds))])
    browser.run("document.querySelector('.row-who a').click()")
    browser.until("location.pathname.startsWith('/conversation/') && document.readyState === 'complete'")
    look('a conversation')
    back = browser.run("document.getElementById('back').getAttribute('href')")
    tap.case('the way back keeps the filter', [] if back == '/?channel=chat' else [str(back)])

    subprocess.run([goodwill, 'hear', '--quiet', '--html', report, *map(str, sample)], check=True)
    browser.open('file://' + report)
    look('the report')
    marks = browser.run("document.querySelectorAll('.said .w').length")
    tip = browser.run("(() => { const w = document.querySelector('.said .w'); w.focus(); const t = w.querySelector('.tip'); "
                      "return [getComputedStyle(t).display, t.innerText, t.getBoundingClientRect().right <= innerWidth]; })()") if marks else None
    tap.case('a mark explains itself by keyboard', [] if marks and tip[0] == 'block' and '% sure' in tip[1] and tip[2] else [str((marks, tip))])
    browser.size(390)
    tip = browser.run("(() => { document.activeElement.blur(); const all = [...document.querySelectorAll('.said .w')]; const out = []; for (const w of all) "
                      "{ w.focus(); const r = w.querySelector('.tip').getBoundingClientRect(); if (r.right > innerWidth + 1 || r.left < 0) out.push(w.textContent.slice(0, 40)); w.blur(); } return out; })()")
    tap.case('no explanation leaves a small screen', tip)
    browser.media(medium='print')
    seen = browser.run("[...document.querySelectorAll('.tip')].filter(t => getComputedStyle(t).display !== 'none').length")
    tap.case('paper shows the labels and no floating boxes', [] if seen == 0 and browser.run("document.querySelectorAll('.labels li').length") > 0 else [str(seen)])
    loads = browser.run("performance.getEntriesByType('resource').map(e => e.name)")
    tap.case('the report loads nothing', loads)
finally:
    browser.close()
    server.end()
    server.clean()
tap.done()
