import { createParley } from './parley.ts';
import { readSettings } from './settings.ts';

declare global {
  interface Window {
    /** Ours, or a stub that keeps the calls made before we came. */
    Parley?: ReturnType<typeof createParley> | { q?: unknown[] };
    ParleySettings?: unknown;
  }
}

const before = window.Parley;
const script = document.currentScript;
if (script instanceof HTMLScriptElement && !(before && 'version' in before)) {
  const parley = createParley(new URL('./', script.src).href);
  window.Parley = parley;
  if (readSettings(window.ParleySettings, {})) parley('boot');
  for (const call of before?.q ?? []) parley(...Array.from(call as ArrayLike<unknown>));
}
