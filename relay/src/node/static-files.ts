import { serveStatic } from '@hono/node-server/serve-static'
import type { Gateway } from '../gateways/gateway.js'

/** Serves the files of a folder, `index.html` for `/`. */
export function staticFiles(folder: string): Gateway {
  return ({ routes }) => {
    // Files that begin with a dot are private: .env, .git. The path may still be escaped.
    routes.get('*', (c, next) => (/\/(?:\.|%2e)(?!well-known\/)/i.test(c.req.path) ? c.notFound() : next()))
    routes.get('*', serveStatic({ root: folder }))
  }
}
