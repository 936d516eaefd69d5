// The thread in which `wildcast check` loads the hooks of [auth]. It does not call them.
import { workerData } from 'node:worker_threads'
import { loadHooks } from '../load-hooks.js'
import { sendProblems } from './send-problems.js'

const { module } = workerData as { readonly module: string }

sendProblems(module, async () => {
  await loadHooks(module)
  return []
})
