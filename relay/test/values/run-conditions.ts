import { seededRandom } from '../loss/random.js'
import type { RecordedCondition } from './check-conditions.js'
import { type Asker, openAsker } from './raw-client.js'

export interface ConditionRunOptions {
  /** The relays, which share a store. */
  readonly urls: readonly string[]
  readonly seed: number
  readonly clients: number
  /** Writes of each client. */
  readonly writes: number
  /** Runs again and again while the clients write, for instance to cut a link. */
  readonly disturb?: (() => Promise<void> | void) | undefined
}

/** How often `disturb` runs. */
const disturbances = 8

/** Clients that compete for one subject write and delete it on conditions, and record it all. */
export async function runConditions(options: ConditionRunOptions): Promise<readonly RecordedCondition[]> {
  const { urls, seed, clients, writes, disturb } = options
  const random = seededRandom(seed)
  let time = 0
  let done = 0
  const history: RecordedCondition[] = []
  const compete = async ({ ask }: Asker): Promise<void> => {
    let known: string | undefined
    for (let i = 0; i < writes; i++, done++) {
      const deletes = random() < 0.3
      const ifRevision = conditionFor(random(), known)
      const from = ++time
      const { kind, fields } = await ask('Publish', {
        subject: 'contended',
        message: deletes ? '' : `${seed}-${from}`,
        retain: true,
        ...(ifRevision === null ? { when: null } : { when_revision: ifRevision }),
      })
      const { revision, code } = fields
      if (code === 'broker_down') continue // nothing was done
      const one = { deletes, ifRevision, from, revision }
      if (kind === 'Ack')
        history.push({ ...one, to: ++time, outcome: revision === undefined ? 'unchanged' : 'written' })
      else if (code === 'condition_failed') history.push({ ...one, to: ++time, outcome: 'refused' })
      else if (code === 'interrupted') history.push({ ...one, outcome: 'unknown' })
      else throw new Error(`a write was answered with ${code}`)
      known = revision
    }
  }
  const disturbed = async (): Promise<void> => {
    for (let i = 1; i <= disturbances && disturb; i++) {
      while (done < (i * clients * writes) / (disturbances + 1)) await new Promise((resolve) => setImmediate(resolve))
      await disturb()
    }
  }
  const askers = await Promise.all(
    Array.from({ length: clients }, (_, i) => openAsker(urls[i % urls.length] as string)),
  )
  await Promise.all([disturbed(), ...askers.map(compete)])
  return history
}

/** Mostly the known revision, or no value; at times no condition, or a wrong one. */
function conditionFor(chance: number, known: string | undefined): string | null | undefined {
  if (chance < 0.15) return undefined
  if (chance < 0.2) return '0000000000-000000000'
  return chance < 0.5 ? null : (known ?? null)
}
