// What the queue says beside what the server rendered: how many rows are selected, and who just took one. Rows never
// move, and nothing depends on it.
const live = document.getElementById('live');
const say = text => { live.textContent = ''; requestAnimationFrame(() => { live.textContent = text; }); };
const fill = (text, ...values) => values.reduce((said, value, i) => said.replace(`{${i}}`, value), text);

const list = document.getElementById('list');
const count = list?.querySelector('[data-count]');
if (count) {
  const tell = () => {
    const picked = list.querySelectorAll('[name=case]:checked').length;
    count.textContent = `: ${picked}`;
    say(list.querySelector('.acts b').textContent);
  };
  list.addEventListener('change', event => event.target.name === 'case' && tell());
  list.addEventListener('reset', () => setTimeout(tell));
}

// Only the cell that says who has the case changes.
const table = document.querySelector('table[data-events]');
function heard(event) {
  const { case: id, auditor } = JSON.parse(event.data);
  const row = table.querySelector(`[data-case="${id}"]`), who = row?.querySelector('.c-who');
  if (!who || (who.dataset.auditor ?? '') === (auditor ?? '')) return;
  const { nobody, you, now, taken, left, login } = table.dataset;
  who.dataset.auditor = auditor ?? '';
  const name = document.createElement(auditor === login ? 'b' : 'span');
  name.textContent = auditor === null ? nobody : auditor === login ? you : auditor;
  if (auditor === null) name.className = 'dim';
  const sub = document.createElement('span');
  sub.className = 'sub live';
  sub.textContent = now;
  who.replaceChildren(name, sub);
  say(fill(auditor === null ? left : taken, name.textContent, row.querySelector('.ref').textContent.trim()));
}

// A page that nobody sees keeps no connection: a browser has few of them for one server.
let stream = null, since = table?.dataset.since;
function watch() {
  stream?.close();
  stream = null;
  if (document.hidden || !table) return;
  stream = new EventSource(`${table.dataset.events}?since=${since}`);
  stream.addEventListener('ready', () => { table.dataset.watching = 'yes'; });
  stream.addEventListener('taken', event => {
    since = event.lastEventId;
    heard(event);
  });
}
watch();
document.addEventListener('visibilitychange', watch);
addEventListener('pagehide', () => stream?.close());

// Work that goes on: its figures are looked up again, and its end shows the whole page anew.
const running = document.querySelector('[data-running]');
async function follow() {
  const answer = await fetch(location.href);
  const said = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('[role=status]');
  if (!answer.ok || !said?.dataset.running) {
    location.reload();
    return;
  }
  running.textContent = said.textContent.trim();
  setTimeout(follow, 2000);
}
if (running) setTimeout(follow, 2000);
