import { apiKey } from './start-parley.ts';

export type Answer<Body> = { status: number; body: Body };

/** REST as a program outside the project would use it. */
export function createRestClient(url: string, key: string | undefined = apiKey) {
  async function call<Body>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<Body>> {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  }
  return {
    get: <Body>(path: string) => call<Body>('GET', path),
    post: <Body>(path: string, body?: unknown, headers?: Record<string, string>) =>
      call<Body>('POST', path, body ?? {}, headers),
    patch: <Body>(path: string, body: unknown) => call<Body>('PATCH', path, body),
    delete: <Body>(path: string) => call<Body>('DELETE', path),
  };
}
export type RestClient = ReturnType<typeof createRestClient>;
