import type { Db } from '../db/pool.ts';
import { type Calibration, calibrationSchema } from './confidence.ts';
import type { EmbeddingSpaceKey } from './encoder.ts';

const ofSpace = 'workspace_id = $1 and provider = $2 and model = $3 and dimensions = $4';
const spaceValues = (workspaceId: string, space: EmbeddingSpaceKey) => [
  workspaceId,
  space.provider,
  space.model,
  space.dimensions,
];

/**
 * True for one caller when the documents have changed enough since the last calibration: by a tenth of what there was. A claim of
 * a minute: what is left longer was begun by a process that died.
 */
export async function claimCalibration(
  db: Db,
  workspaceId: string,
  space: EmbeddingSpaceKey,
  documents: number,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update embedding_spaces set calibration_started_at = now()
     where ${ofSpace} and abs($5 - calibrated_documents) * 10 > calibrated_documents
       and (calibration_started_at is null or calibration_started_at < now() - interval '1 minute')`,
    [...spaceValues(workspaceId, space), documents],
  );
  return rowCount === 1;
}

/** Ends a claim without a calibration. `isLeft`: the sweeper finds it, and has it taken up again. */
export async function releaseCalibration(
  db: Db,
  workspaceId: string,
  space: EmbeddingSpaceKey,
  isLeft: boolean,
): Promise<void> {
  await db.query(
    `update embedding_spaces set calibration_started_at = case when $5 then now() - interval '1 minute' end where ${ofSpace}`,
    [...spaceValues(workspaceId, space), isLeft],
  );
}

/** A claim that was left is not taken up any more: nothing is due. */
export async function forgetCalibration(db: Db, workspaceId: string, space: EmbeddingSpaceKey): Promise<void> {
  await db.query(
    `update embedding_spaces set calibration_started_at = null
     where ${ofSpace} and calibration_started_at < now() - interval '1 minute'`,
    spaceValues(workspaceId, space),
  );
}

/**
 * For the sweeper: workspaces whose calibration was begun and left by a process that stopped or died. Where documents are still being
 * indexed, their jobs take it up.
 */
export async function listLeftCalibrations(db: Db, limit: number): Promise<string[]> {
  const { rows } = await db.query<{ workspaceId: string }>(
    `select s.workspace_id as "workspaceId" from embedding_spaces s
     where s.state = 'active' and s.calibration_started_at < now() - interval '1 minute' and not exists (
       select from documents d where d.workspace_id = s.workspace_id and d.index_state in ('pending', 'running'))
     order by s.calibration_started_at limit $1`,
    [limit],
  );
  return rows.map((row) => row.workspaceId);
}

export async function saveCalibration(
  db: Db,
  workspaceId: string,
  space: EmbeddingSpaceKey,
  calibration: Calibration,
  documents: number,
): Promise<void> {
  await db.query(
    `update embedding_spaces set calibration = $5, calibrated_documents = $6, calibration_started_at = null where ${ofSpace}`,
    [...spaceValues(workspaceId, space), JSON.stringify(calibration), documents],
  );
}

export type CalibratedSpace = {
  workspaceId: string;
  workspaceName: string;
  spaceId: string;
  calibration: Calibration | undefined;
};

/** Every workspace that has vectors of this model, by name, with the calibration that its searches use. */
export async function listCalibratedSpaces(db: Db, space: EmbeddingSpaceKey): Promise<CalibratedSpace[]> {
  const { rows } = await db.query<Omit<CalibratedSpace, 'calibration'> & { calibration: unknown }>(
    `select w.id as "workspaceId", w.name as "workspaceName", s.id as "spaceId", s.calibration
     from embedding_spaces s join workspaces w on w.id = s.workspace_id
     where s.provider = $1 and s.model = $2 and s.dimensions = $3 order by w.name, w.id`,
    [space.provider, space.model, space.dimensions],
  );
  return rows.map((row) => ({
    ...row,
    calibration: row.calibration ? calibrationSchema.parse(row.calibration) : undefined,
  }));
}

/**
 * How much of a search's score the vectors of this space decide, from 0 to 1; null goes back to what suits their provider. False
 * where there is no such space.
 */
export async function saveSemanticShare(
  db: Db,
  workspaceId: string,
  spaceId: string,
  share: number | null,
): Promise<boolean> {
  const { rowCount } = await db.query(
    'update embedding_spaces set semantic_share = $3 where workspace_id = $1 and id = $2',
    [workspaceId, spaceId, share],
  );
  return rowCount === 1;
}

/** `twins`: the documents with its title, itself among them. */
export type SampleDocument = { title: string; text: string; terms: Buffer[]; twins: string[] };

/** Live documents, the same ones each time, spread evenly by the hash of their id, with the beginning of their text. */
export async function sampleDocuments(db: Db, workspaceId: string, limit: number): Promise<SampleDocument[]> {
  const { rows } = await db.query<SampleDocument>(
    `select v.title, left(coalesce(v.markdown, v.body), 2000) as text,
       array(select t.id::text from documents t where t.workspace_id = d.workspace_id and lower(t.title) = lower(d.title)) as twins,
       array(select r.terms from search_rows r join chunks c on c.workspace_id = r.workspace_id and c.id = r.chunk_id
             where r.document_id = d.id and r.workspace_id = d.workspace_id and r.scope <> 1 order by c.position limit 50) as terms
     from documents d
     join document_versions v on v.workspace_id = d.workspace_id and v.document_id = d.id and v.version = d.live_version
     where d.workspace_id = $1 and d.status = 'published' and d.live_version is not null
     order by md5(d.id::text) limit $2`,
    [workspaceId, limit],
  );
  return rows;
}
