// Keys of one letter. Each one moves the focus or clicks a link or button that is on the page: nothing is done here
// that cannot be done without. They are off while one types, under a dialog, with Ctrl, Alt or Meta, and where the
// switch in the table of keys says so (WCAG 2.1.4).
const off = 'accountguard-keys-off';
const isOff = () => localStorage.getItem(off) === 'true';
const find = selector => document.querySelector(selector);
const rows = () => [...document.querySelectorAll('.queue .c-ref a')];

function moveTo(step) {
  const all = rows(), at = all.indexOf(document.activeElement);
  all[Math.min(all.length - 1, Math.max(0, at < 0 ? 0 : at + step))]?.focus();
}

let before = '';
addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || find('dialog[open]')) return;
  if (event.key === 'Escape') {
    const open = find('details.switch[open]');
    if (open) {
      open.open = false;
      open.querySelector('summary').focus();
      return;
    }
  }
  if (event.target.matches('input:not([type=checkbox]), textarea, select')) return;
  if (event.key === 'Escape') {
    if (find('#list input:checked')) find('[data-key=Escape]').click();
    return;
  }
  if (isOff()) return;
  const keys = before === 'g' ? `g ${event.key}` : event.key;
  before = event.key;
  if (keys === 'j' || keys === 'k') {
    event.preventDefault();
    moveTo(keys === 'j' ? 1 : -1);
    return;
  }
  const box = keys === 'x' && document.activeElement.closest('tr.case')?.querySelector('[type=checkbox]');
  if (box) {
    event.preventDefault();
    box.click();
    return;
  }
  const target = find(`[data-key="${CSS.escape(keys)}"]`);
  if (target) {
    event.preventDefault();
    target.focus();
    target.click();
  }
});

addEventListener('click', event => {
  const dialog = event.target.closest('[data-open]')?.dataset.open;
  if (dialog) {
    event.preventDefault();
    document.getElementById(dialog).showModal();
  }
});

// A file that the server would refuse is told of before it is sent.
addEventListener('change', ({ target }) => {
  if (target.dataset.largest) {
    target.setCustomValidity(target.files[0]?.size > Number(target.dataset.largest) ? target.dataset.tooLarge : '');
    target.reportValidity();
  }
});

// This browser remembers that somebody closed the help.
const help = find('[data-help]');
if (help) {
  const closed = `accountguard-help-${help.dataset.help}-closed`;
  help.open = localStorage.getItem(closed) !== 'true';
  help.addEventListener('toggle', () => localStorage.setItem(closed, String(!help.open)));
}

const toggle = find('#keys-on');
toggle.checked = !isOff();
toggle.addEventListener('change', () => localStorage.setItem(off, String(!toggle.checked)));
