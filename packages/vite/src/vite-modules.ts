import { MessageChannel } from 'node:worker_threads'
import type { Modules } from '@wildcast/relay/config'
import { createServerModuleRunner, type DevEnvironment } from 'vite'
import { readableError } from './readable-error.js'
import type { Invocation, InvocationAnswer } from './thread-messages.js'

/** The environment of Vite in which the relay's modules are loaded. */
export const environmentName = 'wildcast'

/** Tests run from `src`, which a thread of Node can't load. */
const threadLoader = import.meta.url.endsWith('.ts') ? '../dist/thread-loader.js' : './thread-loader.js'

/** Loads the modules of a relay through Vite: with its plugins, aliases and TypeScript. */
export function viteModules(environment: DevEnvironment): Modules {
  return {
    // Each runner evaluates the modules again.
    async load(file) {
      const runner = createServerModuleRunner(environment, { hmr: false })
      return runner.import(file).catch((cause: unknown) => {
        // The runner marks the errors of Vite. Others are the module's own.
        const isVites = cause instanceof Error && 'runnerError' in cause
        throw isVites ? Object.assign(new Error(), readableError(cause)) : cause
      })
    },
    openLoader() {
      const { port1, port2 } = new MessageChannel()
      port1.on('message', async ({ id, payload }: Invocation) => {
        const given = await environment.hot.handleInvoke(payload)
        const answer = 'error' in given ? { error: readableError(given.error) } : given
        port1.postMessage({ id, answer } satisfies InvocationAnswer)
      })
      port1.unref()
      return { module: new URL(threadLoader, import.meta.url).href, port: port2 }
    },
  }
}
