import type { Request, Response } from 'express';
import { allowPage } from '../security-headers.ts';

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (letter) => escapes[letter] ?? letter);

/** A page that says one thing, for when there is nothing else to show. `line` may name a command. */
export function sendPlainPage(
  req: Request,
  res: Response,
  page: { status: number; title: string; line: string; command?: string; frameAncestors?: string[] },
): void {
  const nonce = allowPage(res, { host: req.headers.host, frameAncestors: page.frameAncestors ?? ["'self'"] });
  const command = page.command ? `<p><code>${escapeHtml(page.command)}</code></p>` : '';
  res.setHeader('Cache-Control', 'no-store');
  res
    .status(page.status)
    .type('html')
    .send(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(page.title)}</title>
<style nonce="${nonce}">
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 36rem; margin: 15vh auto; padding: 0 24px; }
  h1 { font-size: 20px; } code { font-size: 14px; border: 1px solid; border-radius: 8px; padding: 4px 8px; }
</style>
<h1>${escapeHtml(page.title)}</h1>
<p>${escapeHtml(page.line)}</p>
${command}
</html>
`);
}

/** Parts of the web that have not been built yet. */
export function sendNotBuilt(req: Request, res: Response, what: string, frameAncestors?: string[]): void {
  sendPlainPage(req, res, {
    status: 503,
    title: `${what} is not built yet`,
    line: 'Run this in the folder of Parley, then load the page again:',
    command: 'npm run build',
    ...(frameAncestors ? { frameAncestors } : {}),
  });
}
