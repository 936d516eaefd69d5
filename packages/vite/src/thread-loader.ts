// Runs in the thread of a component: loads its module through Vite.
import type { MessagePort } from 'node:worker_threads'
import type { OpenLoader } from '@wildcast/relay/config'
import type { HotPayload } from 'vite'
import { ESModulesEvaluator, ModuleRunner } from 'vite/module-runner'
import type { Invocation, InvocationAnswer } from './thread-messages.js'

/** Opens a loader of modules that Vite has transformed. */
export const openLoader: OpenLoader = (port) => {
  const runner = new ModuleRunner({ transport: { invoke: invocations(port) }, hmr: false }, new ESModulesEvaluator())
  return (file) => runner.import(file)
}

function invocations(port: MessagePort): (payload: HotPayload) => Promise<InvocationAnswer['answer']> {
  const waiting = new Map<number, (answer: InvocationAnswer['answer']) => void>()
  let count = 0
  port.on('message', ({ id, answer }: InvocationAnswer) => {
    waiting.get(id)?.(answer)
    waiting.delete(id)
  })
  return (payload) =>
    new Promise((resolve) => {
      const id = ++count
      waiting.set(id, resolve)
      port.postMessage({ id, payload } satisfies Invocation)
    })
}
