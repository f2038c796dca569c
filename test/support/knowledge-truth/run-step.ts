import { transaction } from '../../../server/db/transaction.ts';
import { AppError } from '../../../server/errors.ts';
import { deleteDocument, patchDocument } from '../../../server/knowledge/documents.ts';
import { retryIndex } from '../../../server/knowledge/index-health.ts';
import { listDeletedSpaces } from '../../../server/knowledge/removal-queries.ts';
import { listDueFillings } from '../../../server/knowledge/space-queries.ts';
import { activateSpace, deleteSpace, openSpaces } from '../../../server/knowledge/spaces.ts';
import { foldStats } from '../../../server/knowledge/stats-queries.ts';
import { deleteSpace as deleteSpaceJob } from '../../../workers/delete-space.ts';
import { fillSpace } from '../../../workers/fill-space.ts';
import { indexDocument } from '../../../workers/index-document.ts';
import { type Death, dyingPool } from '../dying-pool.ts';
import { commonWord, type Knowledge, type Model, newWord } from './model.ts';
import type { SingleStep, Step } from './steps.ts';

type JobDeps = Knowledge['deps'] & Model['configured'];

/** Does what the step says, to the knowledge base and to the model. A job that is killed leaves what it leaves. */
export async function runStep(knowledge: Knowledge, model: Model, step: Step): Promise<void> {
  if (step.kind === 'together') await Promise.all(step.steps.map((one) => runSingle(knowledge, model, one)));
  else await runSingle(knowledge, model, step);
}

async function runSingle(knowledge: Knowledge, model: Model, step: SingleStep): Promise<void> {
  const { workspaceId } = model;
  switch (step.kind) {
    case 'write':
      return write(knowledge, model, step);
    case 'patch':
      return patch(knowledge, model, step);
    case 'delete': {
      const document = model.documents.get(step.slot);
      if (!document) return;
      model.documents.delete(step.slot);
      model.gone.push(...document.versions.map((version) => version.word));
      return deleteDocument(knowledge.deps, { workspaceId, documentId: document.id });
    }
    case 'index': {
      const documentId = model.documents.get(step.slot)?.id;
      if (!documentId) return;
      return mortal(knowledge, model, step.death, (deps) => indexDocument(deps, { workspaceId, documentId }));
    }
    case 'fill':
      await knowledge.deps.db.query('update embedding_spaces set fill_requested_at = now() where workspace_id = $1', [
        workspaceId,
      ]);
      return mortal(knowledge, model, step.death, (deps) => fillAll(deps, workspaceId));
    case 'configure':
      model.configured = model.encodersFor(step);
      return openSpaces({ ...knowledge.deps, ...model.configured });
    case 'activate':
      return mortal(knowledge, model, step.death, async (deps) => {
        const spaceId = await pickSpace(deps, workspaceId, step.which);
        if (spaceId) await unlessRefused(activateSpace(deps, { workspaceId, spaceId, force: step.force }));
      });
    case 'delete space':
      return mortal(knowledge, model, step.death, async (deps) => {
        const spaceId = await pickSpace(deps, workspaceId, step.which);
        if (spaceId) await unlessRefused(deleteSpace(deps, { workspaceId, spaceId }));
        for (const space of await listDeletedSpaces(deps.db, 10)) await deleteSpaceJob(deps, space);
      });
    case 'leases end':
      return endLeases(knowledge, workspaceId);
  }
}

async function write(knowledge: Knowledge, model: Model, step: Extract<SingleStep, { kind: 'write' }>): Promise<void> {
  const { slot, audience, status, locale } = step;
  const word = newWord();
  const sections = Array.from(
    { length: 12 },
    (_, at) => `## Section ${at}\n\n${commonWord} ${newWord()} ${'and more words here '.repeat(25)}`,
  );
  const body = step.long ? sections.join('\n\n') : `${commonWord} ${newWord()} and little else.`;
  const place = { audience, status, locale };
  const before = model.documents.get(slot);
  const externalId = before?.externalId ?? newWord();
  const { document } = await knowledge.write(model.workspaceId, { externalId, title: `Title ${word}`, body, ...place });
  const version = { word, body, locale };
  if (before) model.gone.push(...before.versions.map((one) => one.word));
  const versions = [...(before?.versions ?? []), version];
  model.documents.set(slot, { id: document.id, externalId, versions, seen: before?.seen ?? 0, ...place });
}

async function patch(knowledge: Knowledge, model: Model, step: Extract<SingleStep, { kind: 'patch' }>): Promise<void> {
  const document = model.documents.get(step.slot);
  const newest = document?.versions.at(-1);
  if (!document || !newest) return;
  const { audience = document.audience, status = document.status, locale = document.locale } = step;
  const word = step.title ? newWord() : newest.word;
  const title = `Title ${word}`;
  await patchDocument(knowledge.deps, {
    workspaceId: model.workspaceId,
    documentId: document.id,
    patch: { title, audience, status, locale },
  });
  Object.assign(document, { audience, status, locale });
  if (word === newest.word && locale === newest.locale) return;
  if (step.title) model.gone.push(newest.word);
  document.versions.push({ ...newest, word, locale });
}

async function fillAll(deps: JobDeps, workspaceId: string): Promise<void> {
  const due = await listDueFillings(deps.db, 0, 100);
  for (const one of due.filter((space) => space.workspaceId === workspaceId)) await fillSpace(deps, one);
}

async function pickSpace({ db }: JobDeps, workspaceId: string, which: number): Promise<string | undefined> {
  const { rows } = await db.query<{ id: string }>(
    'select id from embedding_spaces where workspace_id = $1 and deleted_at is null order by id',
    [workspaceId],
  );
  return rows[which % Math.max(1, rows.length)]?.id;
}

async function unlessRefused(command: Promise<unknown>): Promise<void> {
  await command.catch((error: unknown) => {
    if (!(error instanceof AppError) || error.code !== 'transition_not_allowed') throw error;
  });
}

/** Runs the work in a process that may be killed in the middle; only then may it fail. */
async function mortal(
  { deps }: Knowledge,
  { configured }: Model,
  death: Death | null,
  work: (deps: JobDeps) => Promise<void>,
): Promise<void> {
  if (!death) return work({ ...deps, ...configured });
  const dying = dyingPool(deps.db, death);
  try {
    await work({ ...deps, ...configured, db: dying.db });
  } catch (error) {
    if (!dying.isDead()) throw error;
  }
}

async function endLeases({ deps }: Knowledge, workspaceId: string): Promise<void> {
  await deps.db.query(
    `update documents set index_requested_at = now(), index_lease_until = case when index_state = 'running' then now() - interval '1 second' end
     where workspace_id = $1`,
    [workspaceId],
  );
  await deps.db.query(
    `update embedding_spaces set fill_requested_at = now(), fill_lease_until = case when fill_state = 'running' then now() - interval '1 second' end
     where workspace_id = $1`,
    [workspaceId],
  );
}

/** What the workers do at a start with both models, and the sweeper, when nothing disturbs them any more. */
export async function finishEverything(knowledge: Knowledge, model: Model): Promise<void> {
  const { workspaceId } = model;
  model.configured = model.encodersFor({ second: model.configured.encoder.space.model === 'second', alone: false });
  const deps = { ...knowledge.deps, ...model.configured };
  await openSpaces(deps);
  for (let round = 0; round < 4; round += 1) {
    await endLeases(knowledge, workspaceId);
    await retryIndex(deps, workspaceId);
    for (const { id } of model.documents.values()) await indexDocument(deps, { workspaceId, documentId: id });
    await fillAll(deps, workspaceId);
    for (const space of await listDeletedSpaces(deps.db, 10)) await deleteSpaceJob(deps, space);
  }
  await transaction(deps.db, (tx) => foldStats(tx, workspaceId));
  knowledge.jobs.length = 0;
  knowledge.spaceJobs.length = 0;
}
