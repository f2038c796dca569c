import { apiKey } from './start-parley.ts';

/** Uploads a file over REST, as an admin. */
export async function uploadFile<Body>(
  url: string,
  name: string,
  content: string,
  fields: Record<string, string> = {},
) {
  const form = new FormData();
  for (const [field, value] of Object.entries(fields)) form.set(field, value);
  form.set('file', new Blob([content]), name);
  const response = await fetch(`${url}/api/v1/documents/upload`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}` },
    body: form,
  });
  return { status: response.status, body: (await response.json()) as Body };
}
