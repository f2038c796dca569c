/** A model that reads the question with each text, and says how well the text answers it. */
export type Reranker = {
  /**
   * One score from 0 to 1 for each text, in their order. Never throws: undefined where there is none to trust (the server is away,
   * too slow, or its answer does not fit the texts), and then the order stays as it was. The signal ends the waiting.
   */
  rerank(query: string, texts: string[], signal?: AbortSignal): Promise<number[] | undefined>;
};
