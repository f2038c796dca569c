import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { Principal } from '../staff/principal.ts';

type Schema = z.ZodType | undefined;
type Output<S extends Schema> = S extends z.ZodType ? z.output<S> : undefined;

export type EndpointContext<P extends Schema, Q extends Schema, B extends Schema> = {
  params: Output<P>;
  query: Output<Q>;
  body: Output<B>;
  req: Request;
  res: Response;
  /** Aborted when the client goes away. */
  signal: AbortSignal;
};

export type Description<P extends Schema, Q extends Schema, B extends Schema> = {
  method: 'get' | 'post' | 'patch' | 'delete';
  /** Below /api/v1, with `:name` for parameters. */
  path: string;
  tag: string;
  summary: string;
  params?: P;
  query?: Q;
  body?: B;
  /** `multipart/form-data` with a part `file`, read by the handler. */
  multipart?: boolean;
  /** The largest body that is read, in bytes; one megabyte unless it says more. */
  bodyBytesMax?: number;
  /** Limits how often one address may call it. */
  limit?: 'widgetSession' | 'invitation';
  /** The answer holds a secret that is shown once: kept for a repeated request only in sealed form. */
  secretAnswer?: boolean;
  /** By status; undefined: no content. Written into the OpenAPI document. */
  responses: Record<number, { description: string; schema?: z.ZodType }>;
};

export type Reply = { status: number; body?: unknown };

/**
 * One call of the REST API: described once, validated and documented from the same schemas. `access`: who may call it;
 * `staff` is any agent, `admin` is admins and owners, `public` is anyone (the handler checks on its own).
 */
export type Endpoint = {
  description: Description<Schema, Schema, Schema>;
  access: 'public' | 'staff' | 'admin';
  handle(context: EndpointContext<Schema, Schema, Schema> & { principal: Principal | undefined }): Promise<Reply>;
};

/** For staff: the handler receives who calls, already checked. */
export function staffEndpoint<P extends Schema = undefined, Q extends Schema = undefined, B extends Schema = undefined>(
  access: 'staff' | 'admin',
  description: Description<P, Q, B>,
  handler: (context: EndpointContext<P, Q, B> & { principal: Principal }) => Promise<Reply>,
): Endpoint {
  return {
    description,
    access,
    handle: (context) => {
      if (!context.principal) throw new Error('a staff endpoint ran without a principal');
      return handler({ ...(context as EndpointContext<P, Q, B>), principal: context.principal });
    },
  };
}

export function publicEndpoint<
  P extends Schema = undefined,
  Q extends Schema = undefined,
  B extends Schema = undefined,
>(description: Description<P, Q, B>, handler: (context: EndpointContext<P, Q, B>) => Promise<Reply>): Endpoint {
  return { description, access: 'public', handle: (context) => handler(context as EndpointContext<P, Q, B>) };
}
