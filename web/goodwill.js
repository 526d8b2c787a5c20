/* goodwill.js -- what pages can do beyond being read: files dropped or chosen are sent one after the other, with progress;
 * filters apply when they are changed; "all conversations" goes back to the list as it was. */
'use strict';

const drop = document.getElementById('drop');
const results = document.getElementById('drop-results');
const queue = [];
let sending = false;

function line(text) {
  const p = document.createElement('p');
  p.textContent = text;
  return p;
}

/* Sends one file; its line shows how far it is, then what became of it. */
function send(file) {
  return new Promise(resolve => {
    const box = document.createElement('div');
    const bar = document.createElement('progress');
    const words = line(file.name + ': being sent');
    bar.max = 100;
    box.append(words, bar);
    results.prepend(box);

    const request = new XMLHttpRequest();
    request.open('POST', '/upload?name=' + encodeURIComponent(file.name));
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.upload.onprogress = e => { if (e.lengthComputable) bar.value = 100 * e.loaded / e.total; };
    request.upload.onload = () => { words.textContent = file.name + ': being read'; bar.removeAttribute('value'); };
    request.onload = () => {
      if (request.getResponseHeader('Content-Type')?.startsWith('text/html') && request.status !== 500) {
        box.innerHTML = request.responseText;                 /* our own server's, every text in it escaped */
      } else {
        box.replaceChildren(line(file.name + ': could not be added (' + request.status + ')'));
      }
      resolve(request.status === 200);
    };
    request.onerror = () => {
      box.replaceChildren(line(file.name + ': the connection broke off. Is goodwill still running?'));
      resolve(false);
    };
    request.send(file);
  });
}

/* The rows below are those of before: fetched anew once all is in. */
async function refresh() {
  const answer = await fetch(location.href);
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('list');
  const list = document.getElementById('list');
  for (const child of [...list.children]) if (child !== drop) child.remove();
  for (const child of [...fresh.children]) {
    if (child.id === 'drop') continue;
    if (child.classList.contains('list-head')) list.prepend(child);
    else list.append(child);
  }
  watchFilters();
}

async function sendAll(files) {
  queue.push(...files);
  if (sending) return;
  sending = true;
  let added = false;
  while (queue.length) added = await send(queue.shift()) || added;
  sending = false;
  if (added) await refresh();
}

function watchDrop() {
  let depth = 0;                                              /* dragenter and dragleave also come from children */
  const over = on => drop.classList.toggle('over', on);
  const carriesFiles = e => e.dataTransfer?.types.includes('Files');
  document.addEventListener('dragenter', e => { if (carriesFiles(e)) { depth++; over(true); } });
  document.addEventListener('dragleave', e => { if (carriesFiles(e) && --depth <= 0) { depth = 0; over(false); } });
  document.addEventListener('dragover', e => { if (carriesFiles(e)) e.preventDefault(); });
  document.addEventListener('drop', e => {
    if (!carriesFiles(e)) return;
    e.preventDefault();
    depth = 0;
    over(false);
    sendAll(e.dataTransfer.files);
  });
  const chooser = document.getElementById('drop-files');
  chooser.addEventListener('change', () => { sendAll([...chooser.files]); chooser.value = ''; });
}

function watchFilters() {
  const filters = document.getElementById('filters');
  filters?.addEventListener('change', () => {
    const asked = new URLSearchParams([...new FormData(filters)].filter(([, value]) => value));
    location.href = String(asked) ? '/?' + asked : '/';
  });
}

if (drop) watchDrop();
watchFilters();

/* Back to the list as it was: its filters and its page. */
const back = document.getElementById('back');
if (back && sessionStorage.list) back.href = sessionStorage.list;
if (document.getElementById('list')) sessionStorage.list = location.pathname + location.search;
