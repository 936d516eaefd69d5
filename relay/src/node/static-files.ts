import { serveStatic } from '@hono/node-server/serve-static'
import type { Gateway } from '../gateways/gateway.js'

/** Serves the files of a folder, `index.html` for `/`. */
export function staticFiles(folder: string): Gateway {
  return ({ routes }) => {
    // What begins with a dot is the owner's: .env, .git.
    routes.get('*', (c, next) => (/\/\.(?!well-known\/)/.test(decodeURI(c.req.path)) ? c.notFound() : next()))
    routes.get('*', serveStatic({ root: folder }))
  }
}
