import { createSpotlight } from '@mantine/spotlight';

/** `search.open()` from anywhere; the store is the dialog's. */
export const [searchStore, search] = createSpotlight();

/**
 * Marks the first hit, which Enter then opens. Mantine does it only in the moment of typing, when the hits for what was typed
 * are not there yet.
 */
export function selectFirstHit(): void {
  const list = document.getElementById(searchStore.getState().listId);
  list?.querySelector('[data-selected]')?.removeAttribute('data-selected');
  list?.querySelector('[data-action]')?.setAttribute('data-selected', 'true');
  searchStore.updateState((state) => ({ ...state, selected: 0 }));
}
