import { serveStatic } from '@hono/node-server/serve-static'
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
 * Serves the files of a folder, `index.html` for `/`, and `file.br` or `file.gz` in place of `file`
 * to browsers that accept it.
 */
export function staticFiles(folder: string): Gateway {
  return ({ routes }) => {
    // Files that begin with a dot are private: .env, .git. The path may still be escaped.
    routes.get('*', (c, next) => (/\/(?:\.|%2e)(?!well-known\/)/i.test(c.req.path) ? c.notFound() : next()))
    routes.get('*', async (c, next) => {
      await next()
      for (const [name, value] of Object.entries(safeguards)) c.header(name, value)
    })
    routes.get('*', serveStatic({ root: folder, precompressed: true }))
  }
}
