/** Key-value storage that outlives the page where the browser allows it, and the page's life where it does not. */
export type KeyValue = {
  get(key: string): string | undefined;
  set(key: string, value: string): void;
  remove(key: string): void;
  keys(): string[];
  /** Calls back when another tab has changed something. */
  onChange(listener: () => void): () => void;
};

export function memoryStorage(): KeyValue {
  const values = new Map<string, string>();
  return {
    get: (key) => values.get(key),
    set: (key, value) => void values.set(key, value),
    remove: (key) => void values.delete(key),
    keys: () => [...values.keys()],
    onChange: () => () => undefined,
  };
}

/** Storage may be blocked as a whole (the getter throws) or full (a write throws): what does not fit stays in memory. */
function openLocalStorage(): Storage | undefined {
  try {
    const probe = 'parley:probe';
    localStorage.setItem(probe, '1');
    localStorage.removeItem(probe);
    return localStorage;
  } catch {
    return undefined;
  }
}

export function browserStorage(prefix: string): KeyValue {
  const local = openLocalStorage();
  const memory = memoryStorage();
  if (!local) return memory;
  return {
    get: (key) => memory.get(key) ?? local.getItem(prefix + key) ?? undefined,
    set(key, value) {
      try {
        local.setItem(prefix + key, value);
        memory.remove(key);
      } catch {
        memory.set(key, value);
      }
    },
    remove(key) {
      memory.remove(key);
      local.removeItem(prefix + key);
    },
    keys: () => [
      ...memory.keys(),
      ...Object.keys(local)
        .filter((key) => key.startsWith(prefix))
        .map((key) => key.slice(prefix.length)),
    ],
    onChange(listener) {
      const heard = (event: StorageEvent) => {
        if (event.storageArea === local && (event.key === null || event.key.startsWith(prefix))) listener();
      };
      addEventListener('storage', heard);
      return () => removeEventListener('storage', heard);
    },
  };
}
