/**
 * Returns the token of a header `Authorization`. `Bearer` is only a name for a token; other schemes
 * are a part of it. RFC 6750, 2.1.
 */
export function bearerToken(authorization: string): string {
  return authorization.replace(/^Bearer +/i, '')
}
