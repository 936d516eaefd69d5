import { serveStatic } from '@hono/node-server/serve-static'
import type { Gateway } from '../gateways/gateway.js'

/** Serves the files of a folder, `index.html` for `/`. */
export function staticFiles(folder: string): Gateway {
  return ({ routes }) => {
    routes.get('*', serveStatic({ root: folder }))
  }
}
