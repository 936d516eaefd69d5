import type { Context } from 'hono'

/** Refuses a method, naming those that a path takes. */
export function onlyBy(c: Context, allow: string): Response {
  return c.text(`this path takes ${allow}\n`, 405, { Allow: allow })
}
