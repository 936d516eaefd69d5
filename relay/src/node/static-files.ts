import { serveStatic } from '@hono/node-server/serve-static'
import type { Context } from 'hono'
import type { Gateway } from '../gateways/gateway.js'

/**
 * Browsers must not guess other types, show pages in frames of other origins, or send them a page's
 * path. A content security policy would have to know what the pages load.
 */
const safeguards = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'SAMEORIGIN',
  'referrer-policy': 'strict-origin-when-cross-origin',
}

/**
 * A file whose name contains a hash of its content, as Vite writes it: eight characters of
 * base64url. One of them is a capital within, which no word and no date has.
 */
const hashed = /\/assets\/[^/]*-(?=[\w-]{8}\.)(?=[\w-]+[A-Z])(?=[\w-]*[a-z])[\w-]{8}\.[^/]+$/

/**
 * Serves the files of a folder, `index.html` for `/`, and `file.br` or `file.gz` in place of `file`
 * to browsers that accept it. Browsers keep all, and ask whether a file has changed unless its name
 * contains a hash.
 */
export function staticFiles(folder: string): Gateway {
  return ({ routes }) => {
    // Files that begin with a dot are private: .env, .git. The path may still be escaped.
    routes.get('*', (c, next) => (/\/(?:\.|%2e)(?!well-known\/)/i.test(c.req.path) ? c.notFound() : next()))
    routes.get('*', async (c, next) => {
      await next()
      for (const [name, value] of Object.entries(safeguards)) c.header(name, value)
      if (c.res.status === 200 && c.res.headers.has('last-modified')) await letKeep(c)
    })
    routes.get('*', serveStatic({ root: folder, precompressed: true }))
  }
}

/** Adds the headers for caches to an answer with a file, or answers 304 if the client has it. */
async function letKeep(c: Context): Promise<void> {
  const tag = tagOf(c.res.headers)
  c.header('etag', tag)
  c.header('cache-control', hashed.test(c.req.path) ? 'public, max-age=31536000, immutable' : 'no-cache')
  if (!isOneOf(tag, c.req.header('if-none-match'))) return
  const { body, headers } = c.res
  await body?.cancel() // it closes the file
  c.res = new Response(null, { status: 304, headers })
  for (const name of ['content-length', 'content-type', 'content-encoding']) c.res.headers.delete(name)
}

/** Differs between the versions of a file, and between its encodings. */
function tagOf(headers: Headers): string {
  const time = Date.parse(headers.get('last-modified') ?? '')
  const encoding = headers.get('content-encoding')
  return `W/"${headers.get('content-length')}-${time.toString(36)}${encoding ? `-${encoding}` : ''}"`
}

const isOneOf = (tag: string, given = ''): boolean =>
  given.split(',').some((each) => each.trim() === tag || each.trim() === '*')
