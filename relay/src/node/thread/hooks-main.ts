// The thread in which `wildcast check` loads the hooks of [auth]. It does not call them.
import { parentPort, workerData } from 'node:worker_threads'
import type { Problem } from '../config/config-error.js'
import { loadHooks } from '../load-hooks.js'
import { firstLine } from '../load-module.js'
import { ModuleFault } from './module-fault.js'

const { module } = workerData as { readonly module: string }
const send = (problems: readonly Problem[]): void => parentPort?.postMessage(problems)

loadHooks(module).then(
  () => send([]),
  (cause: unknown) =>
    send([
      cause instanceof ModuleFault
        ? { file: cause.file, line: cause.line, message: cause.why }
        : { file: module, message: firstLine(cause) },
    ]),
)
