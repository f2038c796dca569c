import { extendZodWithOpenApi, OpenAPIRegistry, OpenApiGeneratorV31 } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import { problem } from '../../protocol/errors.ts';
import type { Config } from '../config.ts';
import type { Endpoint } from './endpoint.ts';

// schemas made before this line, all of protocol, lack its method but are read all the same
extendZodWithOpenApi(z);

type Document = ReturnType<OpenApiGeneratorV31['generateDocument']>;

/** The REST API as OpenAPI 3.1, from the schemas that validate it. */
export function describeApi({ publicUrl }: Pick<Config, 'publicUrl'>, endpoints: Endpoint[]): Document {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', 'apiKey', { type: 'http', scheme: 'bearer' });
  registry.registerComponent('securitySchemes', 'session', {
    type: 'apiKey',
    in: 'cookie',
    name: `${publicUrl.startsWith('https:') ? '__Secure-' : ''}parley.session_token`,
  });
  const problemRef = registry.register('Problem', z.object(problem.shape));
  for (const endpoint of endpoints) registry.registerPath(describeEndpoint(endpoint, problemRef));
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'Parley',
      version: '1',
      description:
        'Errors are RFC 9457 problems. A POST by staff takes an Idempotency-Key: the same request again within a day gets the first answer.',
    },
    servers: [{ url: `${publicUrl}/api/v1` }],
  });
}

type Path = Parameters<OpenAPIRegistry['registerPath']>[0];

function describeEndpoint({ description, access }: Endpoint, problemRef: z.ZodType): Path {
  const { method, path, tag, summary, params, query, body, multipart } = description;
  const isStaff = access !== 'public';
  const idempotencyKey = z.object({ 'Idempotency-Key': z.string().min(1).max(255).optional() });
  const shownPath = path.replace(/:(\w+)/g, '{$1}');
  return {
    method,
    path: shownPath,
    tags: [tag],
    summary,
    operationId: `${method} ${path}`.replace(/[^A-Za-z]+(\w?)/g, (_, letter: string) => letter.toUpperCase()),
    security: isStaff ? [{ apiKey: [] }, { session: [] }] : [],
    request: {
      ...(params instanceof z.ZodObject ? { params } : {}),
      ...(query instanceof z.ZodObject ? { query } : {}),
      ...(method === 'post' && isStaff ? { headers: idempotencyKey } : {}),
      ...(body && !multipart ? { body: { required: true, content: { 'application/json': { schema: body } } } } : {}),
      ...(multipart
        ? { body: { required: true, content: { 'multipart/form-data': { schema: filePart(body) } } } }
        : {}),
    },
    responses: {
      ...Object.fromEntries(
        Object.entries(description.responses).map(([status, { description: text, schema }]) => [
          status,
          { description: text, ...(schema ? { content: { 'application/json': { schema } } } : {}) },
        ]),
      ),
      default: {
        description: isStaff && access === 'admin' ? 'A problem; 403 for agents who are no admins' : 'A problem',
        content: { 'application/problem+json': { schema: problemRef } },
      },
    },
  };
}

/** The part `file`, beside the other fields where they are described. */
function filePart(fields: z.ZodType | undefined): z.ZodType {
  const file = z.string().openapi({ type: 'string', format: 'binary' });
  return fields instanceof z.ZodObject ? fields.extend({ file }) : z.object({ file });
}
