import type { Context } from 'hono'

/** Refuses a method, naming those that a path takes; who asks with OPTIONS is only told. */
export function onlyBy(c: Context, allow: string): Response {
  const headers = { Allow: `${allow}, OPTIONS` }
  return c.req.method === 'OPTIONS' ? c.body(null, 204, headers) : c.text(`this path takes ${allow}\n`, 405, headers)
}
