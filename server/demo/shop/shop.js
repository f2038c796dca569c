// The shop's own script: its buttons talk to the chat, and wait for it when they are pressed before it has loaded.

const loader = document.querySelector('script[src$="/widget/v1.js"]');
const status = document.querySelector('#chat-status');
let loaderFailed = false;

loader?.addEventListener('error', () => {
  loaderFailed = true;
});

/** Calls the chat's API now, or as soon as its loader has run. Says so where there is no chat. */
function callParley(...args) {
  status.textContent = '';
  if (typeof window.Parley === 'function') return window.Parley(...args);
  if (!loader || loaderFailed) return sayUnavailable();
  loader.addEventListener('load', () => window.Parley?.(...args), { once: true });
  loader.addEventListener('error', sayUnavailable, { once: true });
}

function sayUnavailable() {
  status.textContent = 'The chat could not be loaded. Reload the page to try again.';
}

for (const button of document.querySelectorAll('[data-ask]')) {
  button.addEventListener('click', () => callParley('ask', button.dataset.ask || button.textContent.trim()));
}
for (const button of document.querySelectorAll('[data-show-chat]')) {
  button.addEventListener('click', () => callParley('show'));
}
