import type { Completeness, Publication } from '@wildcast/client'
import { create } from 'zustand'
import { client } from '../bridge.js'
import { note } from '../journal.js'

/** Messages that are kept: the grid of the panel. */
export const mostMessages = 96

const everyMs = 250

/** A numbered message that this page sends to itself. */
export interface Sent {
  readonly n: number
  readonly publication: Publication
  /** How many times it came back. */
  came: number
}

/** The state of a message as it is shown. */
export type Outcome = 'waiting' | 'sent' | 'confirmed' | 'received' | 'rejected' | 'unknown'

/** The newest messages, the oldest first. Read a few times a second. */
export const sent: Sent[] = []

/** Counts over the whole run. */
export const totals = { sent: 0, received: 0, twice: 0 }

interface Run {
  readonly isOn: boolean
  /** The broker that carries the messages; undefined is the default. */
  readonly broker: string | undefined
  readonly completeness: Completeness
}

const nothingYet: Completeness = { continuity: 'catching-up', asOf: undefined, missed: 0 }

export const useRun = create<Run>()(() => ({ isOn: true, broker: undefined, completeness: nothingYet }))

const page = `page-${Math.floor(Math.random() * 0x100000).toString(16)}`
const subject = client.contract.subject('fault.{page}', { page })

/** The outcome of a message: it may come back before its confirmation. */
export function outcomeOf({ publication, came }: Sent): Outcome {
  return came > 0 ? 'received' : publication.state
}

/** Sends messages while the panel is open and the run is on. Returns the undo. */
export function runMessages(): () => void {
  let undo = listen(useRun.getState().broker)
  const stop = useRun.subscribe(({ broker }, before) => {
    if (broker === before.broker) return
    undo()
    undo = listen(broker)
    sent.length = 0
    Object.assign(totals, { sent: 0, received: 0, twice: 0 })
  })
  const timer = setInterval(() => useRun.getState().isOn && sendOne(), everyMs)
  return () => {
    clearInterval(timer)
    stop()
    undo()
  }
}

function sendOne(): void {
  const n = ++totals.sent
  const publication = client.publish(subject, n, { broker: useRun.getState().broker })
  void publication.outcome // shown, so a refusal is handled
  sent.push({ n, publication, came: 0 })
  if (sent.length > mostMessages) sent.shift()
}

function listen(broker: string | undefined): () => void {
  let last: Completeness['continuity'] | undefined
  return client.subscribe(subject, ({ data }) => receive(data), {
    broker,
    onContinuity(completeness) {
      useRun.setState({ completeness })
      const { continuity, missed } = completeness
      if (last !== undefined && continuity !== last) note(tones[continuity], `messages: ${continuity}${told(missed)}`)
      last = continuity
    },
    onError: ({ message }) => note('bad', `the subscription is refused: ${message}`),
  })
}

const tones = { live: 'good', 'catching-up': 'warn', gap: 'bad', stale: 'bad' } as const

const told = (missed: number): string => (missed > 0 ? `, ${missed} missed so far` : '')

function receive(data: number): void {
  const message = sent.find(({ n }) => n === data)
  if (!message) return
  if (message.came++ > 0) totals.twice++
  else totals.received++
}
