import type { Request, Response } from 'express';
import multer, { MulterError } from 'multer';
import { z } from 'zod';
import { audience, id, listQuery, pageOf, storable } from '../../../protocol/common.ts';
import {
  document,
  documentPatch,
  documentStatus,
  documentWithBody,
  indexState,
  newDocument,
  newDocuments,
  uploadBytesMax,
  uploadedDocument,
  uploadFields,
} from '../../../protocol/knowledge.ts';
import type { Deps } from '../../deps.ts';
import { AppError } from '../../errors.ts';
import {
  createDocument,
  createDocuments,
  deleteDocument,
  getDocument,
  getDocuments,
  patchDocument,
  reindexDocument,
} from '../../knowledge/documents.ts';
import { fileTooLarge } from '../../knowledge/recognise-file.ts';
import { uploadDocument } from '../../knowledge/upload-document.ts';
import { type Endpoint, staffEndpoint } from '../endpoint.ts';

const tag = 'Knowledge';
const params = z.object({ id });
const query = listQuery.extend({
  status: documentStatus.optional(),
  indexState: indexState.optional(),
  audience: audience.optional(),
  externalId: z.string().max(300).transform(storable).optional(),
  q: z.string().max(200).transform(storable).optional(),
});

const readUpload = multer({
  storage: multer.memoryStorage(),
  limits: { fileSize: uploadBytesMax, files: 1, fields: 20, fieldSize: 10_000, parts: 30 },
  // the browser writes names as UTF-8
  defParamCharset: 'utf8',
}).single('file');

/** The part `file` in memory, and the other parts as text. Throws AppError. */
function receiveFile(req: Request, res: Response): Promise<{ name: string; bytes: Uint8Array }> {
  return new Promise((resolve, reject) => {
    readUpload(req, res, (error: unknown) => {
      if (error instanceof MulterError && error.code === 'LIMIT_FILE_SIZE') return reject(fileTooLarge());
      if (error) {
        const publicMessage = 'Send multipart/form-data with the file in a part named "file".';
        return reject(new AppError('invalid_input', { publicMessage, cause: error }));
      }
      if (!req.file) return reject(new AppError('invalid_input', { publicMessage: 'The part "file" is missing.' }));
      resolve({ name: storable(req.file.originalname.slice(-300)), bytes: req.file.buffer });
    });
  });
}

/** Empty parts of a form mean that nothing was chosen. */
function readFields(body: unknown): z.infer<typeof uploadFields> {
  const given = Object.entries(z.record(z.string(), z.unknown()).catch({}).parse(body)).filter(
    ([, value]) => value !== '',
  );
  const parsed = uploadFields.safeParse(Object.fromEntries(given));
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
  throw new AppError('invalid_input', { publicMessage: errors[0]?.message ?? 'A field does not fit.', errors });
}

export function documentsEndpoints(deps: Pick<Deps, 'db' | 'queues'>): Endpoint[] {
  return [
    staffEndpoint(
      'admin',
      {
        method: 'post',
        path: '/documents',
        tag,
        summary: 'Add a document, or replace the one with the same externalId',
        body: newDocument,
        responses: {
          201: { description: 'Added; it is being indexed', schema: document },
          200: {
            description: 'Replaced as a new version; the old one is found until the new one is indexed',
            schema: document,
          },
        },
      },
      async ({ body, principal }) => {
        const made = await createDocument(deps, { workspaceId: principal.workspaceId, document: body });
        return { status: made.created ? 201 : 200, body: made.document };
      },
    ),
    staffEndpoint(
      'admin',
      {
        method: 'post',
        path: '/documents/batch',
        tag,
        summary: 'Add or replace up to 100 documents, all or none',
        body: newDocuments,
        responses: {
          202: { description: 'Taken; they are being indexed', schema: z.object({ data: z.array(document) }) },
        },
      },
      async ({ body, principal }) => {
        const { workspaceId } = principal;
        return { status: 202, body: { data: await createDocuments(deps, { workspaceId, documents: body.documents }) } };
      },
    ),
    staffEndpoint(
      'admin',
      {
        method: 'post',
        path: '/documents/upload',
        tag,
        summary: 'Upload a pdf, docx, md, html, txt or csv file',
        multipart: true,
        responses: {
          202: {
            description: 'Taken, and being read and indexed; or the document that holds it already',
            schema: uploadedDocument,
          },
        },
      },
      async ({ req, res, principal }) => {
        const file = await receiveFile(req, res);
        const fields = readFields(req.body);
        const { workspaceId } = principal;
        const { document: body, duplicate } = await uploadDocument(deps, { workspaceId, file, fields });
        return { status: 202, body: { ...body, duplicate } };
      },
    ),
    staffEndpoint(
      'staff',
      {
        method: 'get',
        path: '/documents',
        tag,
        summary: 'List documents, the last changed first',
        query,
        responses: { 200: { description: 'A page of documents', schema: pageOf(document) } },
      },
      async ({ query: { limit, cursor, ...filter }, principal }) => ({
        status: 200,
        body: await getDocuments(deps, { workspaceId: principal.workspaceId, filter, limit, cursor }),
      }),
    ),
    staffEndpoint(
      'staff',
      {
        method: 'get',
        path: '/documents/:id',
        tag,
        summary: 'One document with its text',
        params,
        responses: { 200: { description: 'The document', schema: documentWithBody } },
      },
      async ({ params: { id: documentId }, principal }) => ({
        status: 200,
        body: await getDocument(deps, { workspaceId: principal.workspaceId, documentId }),
      }),
    ),
    staffEndpoint(
      'admin',
      {
        method: 'patch',
        path: '/documents/:id',
        tag,
        summary: 'Change a document. Audience and status hold at once, content when it is indexed.',
        params,
        body: documentPatch,
        responses: { 200: { description: 'The document', schema: document } },
      },
      async ({ params: { id: documentId }, body, principal }) => ({
        status: 200,
        body: await patchDocument(deps, { workspaceId: principal.workspaceId, documentId, patch: body }),
      }),
    ),
    staffEndpoint(
      'admin',
      {
        method: 'delete',
        path: '/documents/:id',
        tag,
        summary: 'Delete a document; it is found no longer',
        params,
        responses: { 204: { description: 'Deleted' } },
      },
      async ({ params: { id: documentId }, principal }) => {
        await deleteDocument(deps, { workspaceId: principal.workspaceId, documentId });
        return { status: 204 };
      },
    ),
    staffEndpoint(
      'admin',
      {
        method: 'post',
        path: '/documents/:id/reindex',
        tag,
        summary: 'Index a document again, for instance after it failed',
        params,
        responses: { 202: { description: 'In line to be indexed', schema: document } },
      },
      async ({ params: { id: documentId }, principal }) => ({
        status: 202,
        body: await reindexDocument(deps, { workspaceId: principal.workspaceId, documentId }),
      }),
    ),
  ];
}
