import type { UpgradingServer } from '@wildcast/relay'
import type { Plugin, ViteDevServer } from 'vite'
import { allowsHost } from './allows-host.js'
import { DevRelay } from './dev-relay.js'
import { openDoor } from './door.js'
import { filesAffected } from './files-affected.js'
import { openInTurn } from './open-in-turn.js'
import { openReports } from './reports.js'
import { environmentName, viteModules } from './vite-modules.js'

/** The options of `wildcast`. */
export interface WildcastOptions {
  /**
   * The configuration: a file, relative to Vite's root, or its keys as an object. Without `brokers`
   * an object has one in memory.
   * @default `wildcast.toml`, or another usual name, if it exists; else a broker in memory
   */
  readonly config?: string | Readonly<Record<string, unknown>> | undefined
  /**
   * The prefix of all paths of the relay, such as `/relay`.
   * @default none: `/ws`, `/publish/…`
   */
  readonly path?: string | undefined
  /**
   * The HTTP server for WebSockets, if Vite is the middleware of another server.
   * @default Vite's own, or that of `server.middlewareMode` or `server.hmr`
   */
  readonly server?: UpgradingServer | undefined
}

/**
 * Runs the relay inside Vite's dev server and its preview, on their own ports. It does nothing in a
 * build.
 * @throws {RangeError} if `path` is invalid
 * @example
 * export default defineConfig({ plugins: [react(), wildcast()] })
 */
export function wildcast(options: WildcastOptions = {}): Plugin {
  const { path = '', config: configuration } = options
  if (!/^(?:\/[\w.~-]+)*$/.test(path)) throw new RangeError(`"${path}" is not a path; use one such as "/relay"`)
  /** By their environments: one plugin may be in several servers. */
  const relays = new WeakMap<object, DevRelay>()

  return {
    name: 'wildcast',
    apply: 'serve',
    config({ plugins }, { isPreview }) {
      if (isPreview || isVitest(plugins)) return {}
      const resolve = { external: ['@wildcast/relay'] }
      return { environments: { [environmentName]: { consumer: 'server', resolve } } }
    },
    configureServer({ config, environments, httpServer, middlewares, watcher, ws }) {
      const environment = environments[environmentName]
      if (!environment) return // Vitest's
      const server = options.server ?? httpServer ?? parentOf(config.server)
      if (!server) config.logger.warn(noWebSockets)
      const door = openDoor({ path, server: server ?? undefined, allowsHost: allowsHost(config.server) })
      middlewares.use(door.middleware)
      const relay = new DevRelay(configuration, {
        root: config.root,
        door,
        reports: openReports(config.logger, ws),
        modules: viteModules(environment),
        watch: (file) => void watcher.add(file),
      })
      relays.set(environment, relay)
      if (httpServer) httpServer.once('listening', () => relay.open())
      else openInTurn(server ?? config.inlineConfig, path, relay)
    },
    configurePreviewServer(server) {
      const { config, httpServer, middlewares } = server
      const door = openDoor({ path, server: httpServer, allowsHost: allowsHost(config.preview) })
      middlewares.use(door.middleware)
      const relay = new DevRelay(configuration, { root: config.root, door, reports: openReports(config.logger) })
      httpServer.once('listening', () => relay.open())
      const close = server.close.bind(server)
      server.close = async () => {
        await Promise.all([relay.close(), close()])
      }
    },
    hotUpdate(update) {
      const relay = relays.get(this.environment)
      if (!relay) return
      const isNew = update.type === 'create'
      if (isNew) this.environment.moduleGraph.invalidateAll() // an import that was not found may be found now
      relay.changed(filesAffected(update), isNew)
      return [] // Vite has nothing else to replace
    },
    async closeBundle() {
      await relays.get(this.environment)?.close()
    },
  }
}

const noWebSockets =
  '[wildcast] Vite has no HTTP server of its own, so the relay has no WebSockets, and clients use plain HTTP; pass ' +
  'your server as server.middlewareMode.server, or as the option "server" of wildcast()'

/** The server that Vite is a middleware of, if the configuration names it. */
function parentOf({ middlewareMode, hmr }: ViteDevServer['config']['server']): UpgradingServer | undefined {
  if (typeof middlewareMode === 'object') return middlewareMode.server
  return typeof hmr === 'object' ? hmr.server : undefined
}

/** Tests that Vitest runs need no relay: they may open one of their own. */
function isVitest(plugin: unknown): boolean {
  if (Array.isArray(plugin)) return plugin.some(isVitest)
  return typeof plugin === 'object' && plugin !== null && 'name' in plugin && plugin.name === 'vitest'
}
