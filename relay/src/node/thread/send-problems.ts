import path from 'node:path'
import { parentPort } from 'node:worker_threads'
import type { Problem } from '../config/config-error.js'
import { firstLine } from '../load-module.js'
import { ModuleFault } from './module-fault.js'

/** For a thread that loads a module: sends the problems to the main thread. */
export function sendProblems(module: string, find: () => Promise<readonly Problem[]>): void {
  const send = (problems: readonly Problem[]): void =>
    parentPort?.postMessage(problems.map((problem) => ({ ...problem, file: path.relative('', problem.file) })))
  find().then(send, (cause: unknown) =>
    send([
      cause instanceof ModuleFault
        ? { file: cause.file, line: cause.line, message: cause.why }
        : { file: module, message: firstLine(cause) },
    ]),
  )
}
