import type { UploadedDocument } from '../../protocol/knowledge.ts';
import { ApiError, offlineError, toApiError } from '../api/http.ts';

/** What to do with a file whose name is taken; without one the server refuses it, with the document that has the name. */
export type NameChoice = { keepBoth: true } | { replaces: string };

/**
 * Uploads one file; `onProgress` is told the share that has left, 0 to 1. XHR, because fetch cannot tell. Throws ApiError.
 */
export function uploadFile(
  file: File,
  choice: NameChoice | undefined,
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<UploadedDocument> {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    const body = new FormData();
    if (choice === undefined) body.append('ifNameTaken', 'refuse');
    else if ('replaces' in choice) body.append('replaces', choice.replaces);
    body.append('file', file, file.name);
    xhr.upload.addEventListener('progress', (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    });
    xhr.addEventListener('load', () => {
      if (xhr.status >= 200 && xhr.status < 300) resolve(JSON.parse(xhr.responseText) as UploadedDocument);
      else reject(toApiError(xhr.status, xhr.responseText, xhr.getResponseHeader('retry-after')));
    });
    xhr.addEventListener('error', () => reject(offlineError()));
    xhr.addEventListener('abort', () => reject(new ApiError(0, 'offline', 'The upload was stopped.')));
    signal.addEventListener('abort', () => xhr.abort());
    xhr.open('POST', '/api/v1/documents/upload');
    xhr.send(body);
  });
}
