import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type ConsoleWorld, startConsoleWorld } from '../support/browser-world.ts';
import { openConsole } from '../support/console-page.ts';
import { closePages, lookEverywhere } from '../support/watch-page.ts';

let world: ConsoleWorld;
beforeAll(async () => {
  world = await startConsoleWorld();
});
afterAll(() => world?.stop());
afterEach((context) => closePages(world.browser, context));

const file = (text: string) => ({ name: 'ice-axes.txt', mimeType: 'text/plain', buffer: Buffer.from(text) });

it('says that a file is there already, and lets one choose where only its name is', async () => {
  const console = await openConsole(world.browser, world.parley.url, {
    storageState: world.session,
    reducedMotion: 'reduce',
    expected: [/status of 409 .*\/documents\/upload\)/],
  });
  const { page } = console;
  await console.goTo('/knowledge');
  const picker = page.getByLabel('Files to upload');
  const uploads = page.getByRole('list', { name: 'Uploads' });
  const documents = page.getByRole('list', { name: 'Documents' }).getByRole('listitem').filter({ hasText: 'ice axes' });
  await picker.setInputFiles(file('Ice axes cost five euros.'));
  await documents.getByText('Indexed', { exact: true }).waitFor();

  await picker.setInputFiles(file('Ice axes cost five euros.'));
  await uploads.getByText('This file is there already:').getByRole('link', { name: 'ice axes' }).waitFor();
  expect(await lookEverywhere(page, 'upload-there-already')).toEqual([]);
  await uploads.getByRole('button', { name: 'Dismiss ice-axes.txt' }).click();
  await uploads.waitFor({ state: 'detached' });

  const taken = uploads.getByText('A file of this name is there already, with other content:');
  await picker.setInputFiles(file('Ice axes cost six euros.'));
  await taken.getByRole('link', { name: 'ice axes' }).waitFor();
  expect(await lookEverywhere(page, 'upload-name-taken')).toEqual([]);
  await uploads.getByRole('button', { name: 'Replace it' }).click();
  await uploads.waitFor({ state: 'detached' });
  await documents.getByText('Indexed', { exact: true }).waitFor();
  expect(await documents.count()).toBe(1);

  await picker.setInputFiles(file('Ice axes cost seven euros.'));
  await uploads.getByRole('button', { name: 'Keep both' }).click();
  await documents.nth(1).getByText('Indexed', { exact: true }).waitFor();

  await documents.nth(1).getByRole('link').click();
  await page.getByText('Ice axes cost six euros.').waitFor();
  expect(console.errors).toEqual([]);
});
