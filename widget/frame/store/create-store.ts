export type Store<State> = {
  get(): State;
  update(change: (state: State) => State): void;
  /** Called after each change with the state before it. */
  subscribe(listener: (state: State, before: State) => void): () => void;
};

export function createStore<State>(initial: State): Store<State> {
  let state = initial;
  const listeners = new Set<(state: State, before: State) => void>();
  return {
    get: () => state,
    update(change) {
      const before = state;
      state = change(before);
      if (state === before) return;
      const after = state;
      for (const listener of [...listeners]) listener(after, before);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
