import { errors, jwtVerify } from 'jose';
import { z } from 'zod';
import { exactText, storable } from '../../protocol/common.ts';
import { AppError } from '../errors.ts';

const claims = z.object({
  sub: exactText(255).min(1),
  email: z.email().max(254).optional().catch(undefined),
  name: z
    .string()
    .max(200)
    .transform((text) => storable(text).trim() || undefined)
    .optional()
    .catch(undefined),
});

export type Identity = { externalId: string; email: string | undefined; name: string | undefined };

/**
 * Reads the website's word for who its visitor is: a JWT signed with the inbox's secret. Only HS256 counts, whatever the token's header
 * says; `exp` and `sub` must be there. Throws identity_invalid with a reason that a website's developer can act on.
 */
export async function verifyIdentityToken(token: string, secret: string | null, now: Date): Promise<Identity> {
  if (secret === null) throw invalid('The inbox has no identity secret.');
  let payload: unknown;
  try {
    const options = { algorithms: ['HS256'], requiredClaims: ['exp', 'sub'], clockTolerance: 30, currentDate: now };
    ({ payload } = await jwtVerify(token, new TextEncoder().encode(secret), options));
  } catch (error) {
    throw invalid(reason(error));
  }
  const parsed = claims.safeParse(payload);
  if (!parsed.success) throw invalid('sub is a text of 1 to 255 characters.');
  const { sub, email, name } = parsed.data;
  return { externalId: sub, email, name };
}

function reason(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'It has expired.';
  if (error instanceof errors.JWTClaimValidationFailed) return `The claim ${error.claim} is missing or not valid.`;
  if (error instanceof errors.JWSSignatureVerificationFailed)
    return 'Its signature is not made with this inbox’s secret.';
  if (error instanceof errors.JOSEAlgNotAllowed) return 'It has to be signed with HS256.';
  return 'It is not a signed JWT.';
}

const invalid = (why: string) =>
  new AppError('identity_invalid', { publicMessage: `userJwt was not accepted. ${why}` });
