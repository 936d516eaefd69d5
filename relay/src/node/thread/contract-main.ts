// The thread in which `wildcast check` loads the contract. It checks no data.
import { workerData } from 'node:worker_threads'
import { type BrokerKinds, faultsOfContract } from '../contract-rules.js'
import { loadContract } from '../load-contract.js'
import { sendProblems } from './send-problems.js'

const { module, brokers } = workerData as { readonly module: string; readonly brokers: BrokerKinds }

sendProblems(module, async () =>
  faultsOfContract(await loadContract(module), brokers).map((message) => ({ file: module, message })),
)
