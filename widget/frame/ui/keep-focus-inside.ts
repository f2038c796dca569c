const focusable = 'a[href], button:not(:disabled), input, textarea, summary, [tabindex="0"]';

/** Tab goes round inside: from the last to the first and back. */
export function keepFocusInside(event: KeyboardEvent, root: Element): void {
  const all = [...root.querySelectorAll<HTMLElement>(focusable)].filter((element) => element.checkVisibility());
  const first = all[0];
  const last = all.at(-1);
  const here = document.activeElement;
  if (event.shiftKey && (here === first || !root.contains(here))) {
    event.preventDefault();
    last?.focus();
  } else if (!event.shiftKey && (here === last || !root.contains(here))) {
    event.preventDefault();
    first?.focus();
  }
}
