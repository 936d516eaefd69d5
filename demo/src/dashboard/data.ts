import type { Message } from '@wildcast/client'
import { Gauges } from './gauges.js'
import { Meters } from './meters.js'
import { Names } from './names.js'

/** Lines of a chart: as many as there are colors. */
export const mostLines = 6

const mostRows = 12

/**
 * The last minute of everything that is shown. Not in a store, since it changes with every message:
 * charts and tables read it a few times a second.
 */
export const sensors = { names: new Names(mostLines), gauges: new Gauges(mostLines) }
export const prices = { names: new Names(mostLines), gauges: new Gauges(mostLines), now: new Map<string, number>() }
export const packers = { names: new Names(mostLines), meters: new Meters(mostLines), labels: new Map<string, string>() }
export const latency = { names: new Names(mostLines), gauges: new Gauges(mostLines) }

/** Messages a second: 0 is what the relay publishes to brokers, 1 what this page receives. */
export const throughput = new Gauges(2)

/** Messages a second that this page receives. */
export const received = new Meters(1)

/** Of the price stream: 0 is what was published, 1 what was received, in messages a second. */
export const delivered = new Meters(2)

/** Bytes a second that this page receives. */
export const bandwidth = new Meters(1)

/** Of the quotes that this page receives: 0 is messages a second, 1 bytes a second. */
export const quoteRates = new Meters(2)

/** Messages since the page was loaded, by broker and first segment, such as `redis price`. */
export const groups = new Map<string, number>()

/** The newest messages, the oldest first. */
export const rows: Message[] = []

/** Orders that this page has taken from the queue. */
export const taken = { count: 0 }

let filter = ''

/** Keeps only messages as rows from now on whose subject contains a text. */
export function filterRows(text: string): void {
  filter = text
  rows.splice(0, rows.length, ...rows.filter(({ subject }) => subject.includes(text)))
}

/** Makes a message a row, and counts it in its group. */
export function record(message: Message): void {
  if (message.subject.includes(filter)) rows.push(message)
  if (rows.length > mostRows * 8) rows.splice(0, rows.length - mostRows)
  const end = message.subject.indexOf('.')
  const group = `${message.broker} ${end < 0 ? message.subject : message.subject.slice(0, end)}`
  groups.set(group, (groups.get(group) ?? 0) + 1)
}

/** The rows to show, the newest first. */
export function newestRows(): readonly Message[] {
  return rows.slice(-mostRows).reverse()
}
