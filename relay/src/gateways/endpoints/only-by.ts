import type { Context } from 'hono'

/** Refuses a method and names those that a path takes; OPTIONS only gets the names. */
export function onlyBy(c: Context, allow: string): Response {
  const headers = { Allow: `${allow}, OPTIONS` }
  return c.req.method === 'OPTIONS' ? c.body(null, 204, headers) : c.text(`this path takes ${allow}\n`, 405, headers)
}
