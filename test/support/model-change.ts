import type { EmbeddingSpace, IndexHealth } from '../../protocol/spaces.ts';
import type { EncoderDeps } from '../../server/knowledge/encoders.ts';
import { readIndexHealth } from '../../server/knowledge/index-health.ts';
import { search } from '../../server/knowledge/search.ts';
import { activateSpace, deleteSpace, openSpaces } from '../../server/knowledge/spaces.ts';
import { fillSpace } from '../../workers/fill-space.ts';
import { indexDocument } from '../../workers/index-document.ts';
import { startKnowledge } from './knowledge-fixture.ts';
import { createWordEncoder, encodersOf, type WordEncoder } from './word-encoder.ts';

type Knowledge = Awaited<ReturnType<typeof startKnowledge>>;
type As = Knowledge['deps'] & EncoderDeps;

export const isPositive = (value: unknown): boolean => typeof value === 'number' && value > 0;

/**
 * A workspace whose model changes: `old` is the model that was configured first, `next` the one that EMBEDDING_MODEL names later.
 * `begin` gives a test a workspace and models of its own.
 */
export class ModelChange {
  old = createWordEncoder('old', 24);
  next = createWordEncoder('next', 32);
  workspaceId = '';
  #knowledge: Knowledge | undefined;

  get knowledge(): Knowledge {
    if (!this.#knowledge) throw new Error('not started');
    return this.#knowledge;
  }

  async start(): Promise<void> {
    this.#knowledge = await startKnowledge();
  }

  async stop(): Promise<void> {
    await this.#knowledge?.stop();
  }

  async begin(): Promise<void> {
    const { jobs, spaceJobs, deps } = this.knowledge;
    this.old = createWordEncoder('old', 24);
    this.next = createWordEncoder('next', 32);
    jobs.length = 0;
    spaceJobs.length = 0;
    this.workspaceId = await this.knowledge.createWorkspace();
    await deps.db.query('delete from search_vectors');
    await deps.db.query('delete from embedding_spaces');
  }

  /** As before the change, as after it, and as after it without the old model's key. */
  withOld = (): As => this.#with(this.old);
  withNext = (): As => this.#with(this.next, this.old);
  withoutOld = (): As => this.#with(this.next);

  #with(configured: WordEncoder, ...others: WordEncoder[]): As {
    return { ...this.knowledge.deps, ...encodersOf(configured, ...others) };
  }

  async index(as: As): Promise<void> {
    const { jobs } = this.knowledge;
    for (let job = jobs.shift(); job; job = jobs.shift()) await indexDocument(as, job);
  }

  /** Documents about a word each, found by the old model. */
  async writeAll(count: number): Promise<void> {
    for (let number = 0; number < count; number += 1) {
      await this.write({ externalId: `n${number}`, title: `Topic ${number}`, body: `All about word${number}.` });
    }
    await this.index(this.withOld());
  }

  write(document: Parameters<Knowledge['write']>[1]) {
    return this.knowledge.write(this.workspaceId, document);
  }

  activate(spaceId: string, force = false): Promise<void> {
    return activateSpace(this.withNext(), { workspaceId: this.workspaceId, spaceId, force });
  }

  remove(spaceId: string): Promise<void> {
    return deleteSpace(this.withNext(), { workspaceId: this.workspaceId, spaceId });
  }

  fill(spaceId: string, as = this.withNext(), stopping?: AbortSignal): Promise<void> {
    return fillSpace(as, { workspaceId: this.workspaceId, spaceId }, stopping);
  }

  /** What the jobs would see when their time has come. */
  async makeDue(): Promise<void> {
    await this.knowledge.deps.db.query(`update embedding_spaces set fill_requested_at = now() - interval '1 minute'`);
  }

  /** From the old model to the next one, with that many documents. */
  async change(count = 3): Promise<{ oldSpace: EmbeddingSpace; nextSpace: EmbeddingSpace }> {
    await this.writeAll(count);
    await openSpaces(this.withNext());
    await this.knowledge.runSpaceJobs(this.withNext());
    return { oldSpace: await this.spaceOf('old'), nextSpace: await this.spaceOf('next') };
  }

  health(as = this.withNext()): Promise<IndexHealth> {
    return readIndexHealth(as, this.workspaceId);
  }

  async spaceOf(model: string, as = this.withNext()): Promise<EmbeddingSpace> {
    const space = (await this.health(as)).spaces.find((one) => one.model === `test:${model}`);
    if (!space) throw new Error(`no space of ${model}`);
    return space;
  }

  find(query: string, as = this.withNext()) {
    return search(as, { workspaceId: this.workspaceId, query, history: [], limit: 5, audiences: ['public'] });
  }

  async countVectors(spaceId: string): Promise<number | null> {
    const { rowCount } = await this.knowledge.deps.db.query(
      'select from search_vectors v join embedding_spaces s on s.key = v.space_key where s.id = $1',
      [spaceId],
    );
    return rowCount;
  }
}
