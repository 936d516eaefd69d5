import type { MessagePort } from 'node:worker_threads'
import { loadExports } from './load-module.js'

/** How a relay loads the modules that a configuration names. */
export interface Modules {
  /** Resolves with the exports of a module; each call loads it again. */
  load(file: string): Promise<Readonly<Record<string, unknown>>>
  /** Opens a loader for a component's thread. @default the thread loads modules by Node */
  openLoader?(): ThreadLoader
}

/** How a thread loads modules with help of the main thread. */
export interface ThreadLoader {
  /** The URL of a module that exports `openLoader`, an `OpenLoader`. */
  readonly module: string
  /** Goes to the thread, and closes with it. */
  readonly port: MessagePort
}

/** Runs in the thread. Returns a function that loads a module's exports by its absolute path. */
export type OpenLoader = (port: MessagePort) => Modules['load']

/** Node's own loader. */
export const nodeModules: Modules = { load: loadExports }
