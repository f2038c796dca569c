import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Document } from '../../protocol/knowledge.ts';
import { ApiError, errorText, mayRetry } from '../api/http.ts';
import { randomId } from '../live/random-id.ts';
import { type NameChoice, uploadFile } from './upload-file.ts';

/** waiting → sending → sent | there | taken | failed; `taken` and `failed` go back to waiting by a person's word. */
export type Upload = {
  id: string;
  file: File;
  state: 'waiting' | 'sending' | 'sent' | 'there' | 'taken' | 'failed';
  share: number;
  /** The one that holds the file already (`there`), or another file of its name (`taken`). */
  document?: Document;
  choice?: NameChoice;
  error?: string;
  /** Sending the same file again may succeed. */
  mayRetry?: boolean;
};

const atOnce = 2;
const sentShownMs = 4_000;

/** Files on their way to the server, two at a time. What was sent leaves the list; the others stay until told. */
export function useUploads() {
  const queries = useQueryClient();
  const [uploads, setUploads] = useState<readonly Upload[]>([]);
  const running = useRef(new Map<string, AbortController>());

  const change = useCallback((id: string, values: Partial<Upload>) => {
    setUploads((all) => all.map((upload) => (upload.id === id ? { ...upload, ...values } : upload)));
  }, []);
  const remove = useCallback((id: string) => {
    running.current.get(id)?.abort();
    setUploads((all) => all.filter((upload) => upload.id !== id));
  }, []);

  useEffect(() => {
    for (const upload of uploads) {
      if (upload.state !== 'waiting' || running.current.size >= atOnce || running.current.has(upload.id)) continue;
      const abort = new AbortController();
      running.current.set(upload.id, abort);
      change(upload.id, { state: 'sending' });
      uploadFile(upload.file, upload.choice, (share) => change(upload.id, { share }), abort.signal)
        .then(async ({ duplicate, ...document }) => {
          change(upload.id, duplicate ? { state: 'there', document } : { state: 'sent', share: 1 });
          if (!duplicate) setTimeout(() => remove(upload.id), sentShownMs);
          // A first reading of the list that is still under way may have begun before this file was there.
          await queries.cancelQueries({ queryKey: ['documents'] });
          await queries.invalidateQueries({ queryKey: ['documents'] });
        })
        .catch((error: unknown) => {
          if (error instanceof ApiError && error.document) {
            change(upload.id, { state: 'taken', document: error.document });
          } else change(upload.id, { state: 'failed', error: errorText(error), mayRetry: mayRetry(error) });
        })
        .finally(() => {
          running.current.delete(upload.id);
          // Looks for the next one.
          setUploads((all) => [...all]);
        });
    }
  }, [uploads, change, remove, queries]);

  const add = (files: readonly File[]) =>
    setUploads((all) => [
      ...all,
      ...files.map((file): Upload => ({ id: randomId(), file, state: 'waiting', share: 0 })),
    ]);
  const retry = (id: string) => change(id, { state: 'waiting', share: 0 });
  const choose = (id: string, choice: NameChoice) => change(id, { state: 'waiting', share: 0, choice });
  return { uploads, add, retry, choose, remove };
}
