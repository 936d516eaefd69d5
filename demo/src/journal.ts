import type { ClientCore, OnError } from '@wildcast/client'
import { create } from 'zustand'

export type Tone = 'good' | 'warn' | 'bad' | 'quiet'

/** Something that happened. */
export interface Entry {
  readonly id: number
  readonly at: number
  readonly tone: Tone
  readonly text: string
}

const mostEntries = 60
let count = 0

/** The newest entries, the newest first. */
export const useJournal = create<{ readonly entries: readonly Entry[] }>()(() => ({ entries: [] }))

/** Adds an entry. */
export function note(tone: Tone, text: string): void {
  const entry = { id: ++count, at: Date.now(), tone, text }
  useJournal.setState(({ entries }) => ({ entries: [entry, ...entries].slice(0, mostEntries) }))
}

let lostAt: number | undefined

/** When the connection was lost, in milliseconds since 1970. Undefined while the page is online. */
export const offlineSince = (): number | undefined => lostAt

/** Writes down each change of the connection while the page is open. */
export function watchConnection(client: Pick<ClientCore, 'onStatus'>): void {
  client.onStatus((status) => {
    lostAt = status.state === 'online' ? undefined : (lostAt ?? status.since)
    if (status.state === 'online') note('good', `online, over ${status.transport ?? 'a transport of its own'}`)
    if (status.state === 'closed') note('bad', `closed: ${status.reason?.message ?? 'by the page'}`)
    if (status.state === 'waiting') {
      const restMs = status.nextRetryAt - Date.now()
      const when = restMs < 50 ? 'at once' : `in ${(restMs / 1000).toFixed(1)} s`
      note('warn', `offline (${status.reason.message}); attempt ${status.attempt + 1} ${when}`)
    }
  })
}

const expected: readonly Parameters<OnError>[1]['stage'][] = ['outbox', 'contract', 'token']

/**
 * Writes down background failures. The page shows outages in its badge, and the outcome of each
 * message beside it: those are no errors of its code, so they don't go to the console. Neither do
 * refused tokens, nor what other programs have sent against the contract.
 */
export const writeDown: OnError = (error, { stage }) => {
  if (stage === 'transport') return // the status of the connection shows it
  note('bad', `${stage}: ${error.message}`)
  if (!expected.includes(stage)) console.error('wildcast', stage, error)
}
